/** What a video or a recording is, and how much of it was examined. */

import { depthInWords } from "/assets/depth.js";
import { bytes, moment } from "/assets/format.js";
import { examinedOf, heardOf, isRecording, seconds } from "/assets/times.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/times.js").Range} Range */

/** Ends of what was looked at and of the video are rounded each in its own way. */
const ROUNDING_S = 0.05;
/** @type {Record<number, string>} */
const CHANNELS = { 1: "mono", 2: "stereo" };

/**
 * @param {Analysis} analysis
 * @param {File | undefined} file
 * @returns {string}
 */
export function about(analysis, file) {
  const { widthPx, heightPx, mimeType, sizeBytes, duration, frameRateFps } = analysis.info ?? {};
  const pixels = widthPx && heightPx ? `${widthPx} × ${heightPx} pixels` : "";
  const rate = frameRateFps ? `${Number(frameRateFps.toFixed(2))} pictures a second` : "";
  return [analysis.displayName || file?.name, mimeType, pixels, duration && moment(seconds(duration)), rate, sound(analysis), bytes(sizeBytes)].filter(Boolean).join(" · ");
}

/**
 * @param {Analysis} analysis
 * @returns {string} Empty where nothing was.
 */
export function examinedInWords(analysis) {
  const { soundtrack, info } = analysis;
  const parts = isRecording(analysis) ? [] : [share("Looked at", examinedOf(analysis), seconds(info?.duration))];
  if (soundtrack) parts.push(share("Listened to", heardOf(analysis), seconds(soundtrack.duration)));
  if (!parts.length) return "";
  const isWhole = parts.every((part) => part.includes(" all "));
  return `${parts.join(". ")}.${isWhole ? "" : ` Asked for: ${depthInWords(analysis.depth, isRecording(analysis))}.`}`;
}

/**
 * @param {string} done
 * @param {Range[]} ranges
 * @param {number} lengthS
 * @returns {string}
 */
function share(done, ranges, lengthS) {
  const doneS = ranges.reduce((sum, range) => sum + range.endS - range.startS, 0);
  return doneS > lengthS - ROUNDING_S ? `${done} all of it, ${lengthS.toFixed(1)} s` : `${done} ${doneS.toFixed(1)} s of ${lengthS.toFixed(1)} s`;
}

/**
 * @param {Analysis} analysis
 * @returns {string} E.g. "sound aac, 44.1 kHz, stereo".
 */
function sound({ soundtrack }) {
  if (!soundtrack) return "";
  const { codec = "", sampleRateHz = 0, channels = 0 } = soundtrack;
  const rate = sampleRateHz ? `${Number((sampleRateHz / 1000).toFixed(3))} kHz` : "";
  const width = channels ? (CHANNELS[channels] ?? `${channels} channels`) : "";
  return [`sound ${codec}`.trim(), rate, width].filter(Boolean).join(", ");
}
