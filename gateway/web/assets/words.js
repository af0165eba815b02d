/** Plain words for the names in the contracts. */

import { fromCode } from "/assets/format.js";

/** @typedef {{name: string, word: string, key: string, meaning: string}} LabelWords */

/** @type {Record<string, LabelWords>} */
const LABELS = {
  LABEL_AUTHENTIC: { name: "LABEL_AUTHENTIC", word: "Authentic", key: "authentic", meaning: "The evidence speaks more against manipulation than for it." },
  LABEL_SUSPICIOUS: { name: "LABEL_SUSPICIOUS", word: "Suspicious", key: "suspicious", meaning: "It leans towards manipulation. A person should look." },
  LABEL_MANIPULATED: { name: "LABEL_MANIPULATED", word: "Manipulated", key: "manipulated", meaning: "It speaks clearly for manipulation or synthesis." },
  LABEL_INCONCLUSIVE: { name: "LABEL_INCONCLUSIVE", word: "Inconclusive", key: "inconclusive", meaning: "Too little, too weak or contradictory. We say so rather than guess." },
};

/** @type {Record<string, [string, string]>} */
const CUES = {
  face_spatial: ["Learned face test", "A learned model looks for traces of swapping or synthesis in each face."],
  frequency: ["Frequency spectrum", "Generators and resampling leave patterns in the picture's frequencies."],
  whole_picture: ["Whole picture", "A learned model looks for traces of a generator in all parts of the picture, faces or not."],
  noise_residual: ["Noise pattern", "Parts from another picture carry a different noise."],
  face_motion: ["Learned movement test", "A learned model looks at how each face moves over a second."],
  flow_consistency: ["Face against surroundings", "A face that was put in moves a little apart from the head that it sits on."],
  face_drift: ["Steadiness of the face", "Shape and features of a made face waver from frame to frame."],
  blending_flicker: ["Flicker at the border", "Colours and edges at the border of a swapped face change from frame to frame."],
  voice_spoof: ["Learned voice test", "A learned model listens for traces of synthesis in the voice."],
  lip_sync: ["Lips against sound", "Lips and voice of one recording move together; of two they do not."],
  av_coherence: ["Seams in the sound", "Where pieces of different recordings meet, what is heard changes."],
  exif_consistency: ["Camera data", "Date, camera and settings must fit together."],
  jpeg_structure: ["JPEG encoding", "How the file was compressed tells which kind of program wrote it."],
  software_traces: ["Traces of software", "Editors and generators leave their names in the file."],
  exif_anomaly: ["Unusual camera data", "A learned model knows which fields the files of a camera carry."],
  jpeg_history: ["Earlier compressions", "Saving a photo as JPEG again leaves traces in its numbers."],
  region_consistency: ["Compression across the picture", "Parts from another photo were compressed differently."],
  container_structure: ["Container", "Cameras and programs write videos and recordings in different order."],
  provenance: ["Content credentials", "A signed statement of origin (C2PA), where the file has one."],
};

/** @type {Record<string, string>} */
const ABSTENTIONS = {
  NOT_APPLICABLE: "Does not apply to this kind of file",
  NO_FACE: "No face was found",
  FACE_TOO_SMALL: "Faces are too small",
  PICTURE_TOO_SMALL: "Picture is too small",
  TOO_COMPRESSED: "Too strongly compressed",
  NOTHING_TO_READ: "The file carries nothing to read",
  DETECTOR_UNAVAILABLE: "The detector failed or could not be reached",
  DEADLINE_EXCEEDED: "The detector took too long",
  OUT_OF_RANGE: "Outside the range that was tested",
  MODEL_UNAVAILABLE: "The model is not available",
  UNINFORMATIVE: "Looked, and saw nothing either way",
  NO_SOUND: "There is no sound",
  NO_SPEECH: "Nobody speaks for long enough",
  NO_MOUTH: "No mouth is seen while somebody speaks",
};

/** @type {Record<string, string>} */
const DETECTORS = {
  image: "Picture",
  metadata: "File and metadata",
  temporal: "Movement over time",
  av_sync: "Voice and lips",
};

/** @type {Record<string, string>} */
const DETECTOR_STATES = { PENDING: "waiting", RUNNING: "at work", DONE: "done", FAILED: "could not answer" };

/** @type {Record<string, string>} */
const SOFTWARE = { CAMERA: "Camera or phone", EDITOR: "Editing or converting program", GENERATOR: "Program that synthesises media" };

/** @type {Record<string, string>} */
const KINDS = { MEDIA_KIND_IMAGE: "Photo", MEDIA_KIND_VIDEO: "Video", MEDIA_KIND_AUDIO: "Recording" };

/** @type {Record<string, string>} */
const DOUBTS = {
  THIN: "too little evidence",
  CONFLICT: "signals that contradict each other",
  BALANCED: "signals too weak to lean on",
  OUT_OF_RANGE: "a file outside the tested range",
};

/** @returns {LabelWords[]} All labels, in order of risk. */
export function allLabels() {
  return Object.values(LABELS);
}

/** @param {string | undefined} label */
export function labelOf(label) {
  return LABELS[label ?? ""] ?? LABELS.LABEL_INCONCLUSIVE;
}

/** @returns {Array<[string, string]>} Names of media kinds, and their words. */
export function allKinds() {
  return Object.entries(KINDS);
}

/** @param {string | undefined} kind */
export function kindName(kind) {
  return KINDS[kind ?? ""] ?? "";
}

/**
 * @param {string | undefined} doubt
 * @returns {string} Empty where there is none.
 */
export function doubtInWords(doubt) {
  return doubt && doubt !== "DOUBT_UNSPECIFIED" ? named(DOUBTS, "DOUBT_", doubt) : "";
}

/** @param {string} cue */
export function cueName(cue) {
  return CUES[cue]?.[0] ?? fromCode(cue);
}

/** @param {string} cue */
export function cuePurpose(cue) {
  return CUES[cue]?.[1] ?? "";
}

/** @param {string | undefined} reason */
export function abstentionName(reason) {
  return named(ABSTENTIONS, "ABSTENTION_REASON_", reason);
}

/** @param {string} detector */
export function detectorName(detector) {
  return DETECTORS[detector] ?? fromCode(detector);
}

/** @param {string | undefined} state */
export function detectorState(state) {
  return named(DETECTOR_STATES, "DETECTOR_STATE_", state);
}

/** @param {string | undefined} kind */
export function softwareKind(kind) {
  return named(SOFTWARE, "SOFTWARE_KIND_", kind);
}

/**
 * @param {import("/assets/types.js").Verdict} verdict
 * @returns {{lang: string | null}} For elements with its sentences, so that they are read aloud in their language; the page is English.
 */
export function spokenIn(verdict) {
  return { lang: verdict.language && verdict.language !== "en" ? verdict.language : null };
}

/**
 * @param {number} quality [0, 1]
 * @returns {string}
 */
export function qualityWord(quality) {
  if (quality >= 0.8) return "good";
  if (quality >= 0.5) return "fair";
  return "poor";
}

/**
 * @param {Record<string, string>} words
 * @param {string} prefix
 * @param {string | undefined} name
 * @returns {string}
 */
function named(words, prefix, name) {
  const code = (name ?? "UNSPECIFIED").replace(prefix, "");
  return words[code] ?? fromCode(code);
}
