/** What an analysis says of stretches of time, in seconds from the beginning. */

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {{startS: number, endS: number}} Range */
/** @typedef {Range & {trackId: number | undefined, who: string, risk: number}} Stretch */
/** @typedef {Range & {cue: string, trackId: number | undefined, logLikelihoodRatio: number}} Span */
/**
 * @typedef {{name: string, trackId: number | undefined, stretches: Stretch[], present: Range[], examined: Range[], heard: Range[],
 *   cues: {cue: string, spans: Span[], examined: Range[]}[], curve: import("/assets/types.js").LipSyncCurve | undefined}} Lane
 */

const MOST_PEOPLE = 8;
/** Two sightings of a face further apart than this are not one stay. */
export const LONGEST_GAP_S = 1;
/** Tests that listen; what they say of nobody in particular is said of the sound. */
export const SOUND_TESTS = ["voice_spoof", "lip_sync", "av_coherence"];
export const SOUND = "Sound";

/**
 * @param {string | undefined} duration As proto3 JSON has it, e.g. "3.400s".
 * @returns {number}
 */
export function seconds(duration) {
  return Number.parseFloat(duration ?? "0") || 0;
}

/**
 * @param {number | undefined} trackId
 * @returns {string} People are counted from 1.
 */
export function personName(trackId) {
  return trackId === undefined ? "Whole picture" : `Person ${trackId + 1}`;
}

/**
 * @param {Analysis} analysis
 * @returns {boolean} Whether it is sound alone.
 */
export function isRecording(analysis) {
  return analysis.info?.kind === "MEDIA_KIND_AUDIO";
}

/**
 * @param {Analysis} analysis
 * @param {number | undefined} trackId
 * @returns {string} What belongs to no person belongs to the sound where only tests of the sound say such things.
 */
function nameOf(analysis, trackId) {
  if (trackId !== undefined) return personName(trackId);
  if (isRecording(analysis)) return SOUND;
  const tests = spansOf(analysis).filter((each) => each.trackId === undefined).map((each) => each.cue);
  const listening = tests.filter((cue) => SOUND_TESTS.includes(cue));
  if (!listening.length) return personName(undefined);
  return listening.length === tests.length ? SOUND : "Picture and sound";
}

/**
 * @param {Analysis} analysis
 * @returns {Stretch[]} At or above the threshold, worst first.
 */
export function stretchesOf(analysis) {
  return (analysis.verdict?.segments ?? []).map((each) => (
    { ...rangeOf(each), trackId: each.trackId, who: nameOf(analysis, each.trackId), risk: each.riskScore ?? 0 }));
}

/**
 * @param {Analysis} analysis
 * @returns {Range[]} What was looked at.
 */
export function examinedOf(analysis) {
  return (analysis.examined ?? []).map(rangeOf);
}

/**
 * @param {Analysis} analysis
 * @returns {Range[]} What was listened to.
 */
export function heardOf(analysis) {
  return (analysis.soundtrack?.examined ?? []).map(rangeOf);
}

/**
 * @param {Analysis} analysis
 * @returns {Span[]} What tests say of single stretches.
 */
export function spansOf(analysis) {
  return (analysis.evidence ?? []).flatMap(({ cue, finding }) =>
    (finding?.spans ?? []).map((each) => ({ ...rangeOf(each), cue, trackId: each.trackId, logLikelihoodRatio: each.logLikelihoodRatio ?? 0 })));
}

/**
 * @param {Analysis} analysis
 * @returns {number} Length of the pictures or of the sound, whichever is longer; where the file does not say, the end of what was looked at.
 */
export function lengthOf(analysis) {
  const ends = [...examinedOf(analysis), ...stretchesOf(analysis)].map((each) => each.endS);
  return Math.max(seconds(analysis.info?.duration), seconds(analysis.soundtrack?.duration)) || Math.max(1, ...ends);
}

/**
 * @param {Analysis} analysis
 * @returns {Lane[]} One per person that anything is said of, and one for what belongs to nobody, which is first where it is the sound.
 */
export function lanesOf(analysis) {
  const stretches = stretchesOf(analysis);
  const spans = spansOf(analysis);
  const curves = (analysis.lipSync ?? []).map((each) => ({ ...each, trackId: each.trackId ?? 0 }));
  const all = new Set([...stretches, ...spans, ...curves].map((each) => each.trackId));
  const people = [...all].filter((trackId) => trackId !== undefined).sort((a = 0, b = 0) => a - b).slice(0, MOST_PEOPLE);
  const nobody = all.has(undefined) ? [undefined] : [];
  const known = nameOf(analysis, undefined) === SOUND ? [...nobody, ...people] : [...people, ...nobody];
  const [looked, heard] = [examinedOf(analysis), heardOf(analysis)];
  return known.map((trackId) => ({
    name: nameOf(analysis, trackId),
    trackId,
    stretches: stretches.filter((each) => each.trackId === trackId).sort((a, b) => a.startS - b.startS),
    present: presence(analysis, trackId),
    examined: nameOf(analysis, trackId) === SOUND ? heard : looked,
    heard,
    cues: byCue(spans.filter((each) => each.trackId === trackId)).map((each) => ({ ...each, examined: SOUND_TESTS.includes(each.cue) ? heard : looked })),
    curve: curves.find((each) => each.trackId === trackId),
  }));
}

/**
 * @param {Span[]} spans
 * @param {number} lengthS
 * @param {number} count
 * @returns {Array<number | undefined>} For each of `count` equal parts of the length the mean of the spans over its middle.
 */
export function columns(spans, lengthS, count) {
  const sums = new Array(count).fill(0);
  const numbers = new Array(count).fill(0);
  for (const span of spans) {
    const first = Math.max(0, Math.ceil((span.startS / lengthS) * count - 0.5));
    const last = Math.min(count - 1, Math.max(first, Math.floor((span.endS / lengthS) * count - 0.5)));
    for (let index = first; index <= last; index += 1) {
      sums[index] += span.logLikelihoodRatio;
      numbers[index] += 1;
    }
  }
  return sums.map((sum, index) => (numbers[index] ? sum / numbers[index] : undefined));
}

/**
 * @param {Analysis} analysis
 * @param {number | undefined} trackId
 * @returns {Range[]} When a person was seen.
 */
function presence(analysis, trackId) {
  const track = trackId === undefined ? undefined : (analysis.tracks ?? []).find((each) => (each.trackId ?? 0) === trackId);
  /** @type {Range[]} */
  const stays = [];
  for (const observation of track?.observations ?? []) {
    const timeS = seconds(observation.timeOffset);
    const stay = stays.at(-1);
    if (stay && timeS - stay.endS <= LONGEST_GAP_S) stay.endS = timeS;
    else stays.push({ startS: timeS, endS: timeS });
  }
  return stays;
}

/**
 * @param {Span[]} spans
 * @returns {{cue: string, spans: Span[]}[]}
 */
function byCue(spans) {
  return [...new Set(spans.map((each) => each.cue))].map((cue) => ({ cue, spans: spans.filter((each) => each.cue === cue) }));
}

/**
 * @param {{start?: string, end?: string}} range
 * @returns {Range}
 */
export function rangeOf({ start, end }) {
  return { startS: seconds(start), endS: seconds(end) };
}
