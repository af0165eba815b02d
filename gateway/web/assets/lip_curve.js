/** How a person's lips lie against the sound over time, as a curve around a line at zero. */

import { svg } from "/assets/dom.js";
import { signed } from "/assets/format.js";
import { LONGEST_GAP_S, rangeOf } from "/assets/times.js";

/** @typedef {import("/assets/types.js").LipSyncCurve} LipSyncCurve */
/** @typedef {import("/assets/times.js").Range & {offsetMs: number, confidence: number}} Point */

export const LARGEST_MS = 400;
/** Below this no offset fits clearly better than the others, and the best one is chance: of windows of 5 s whose sources lip_sync 1.0.0 had
 * not seen, 7 of 10 with their own sound lie above, and none of 10 with somebody else's; of 3 s, a half and a fifth. */
const CLEAR = 0.12;
const FULLY_CLEAR = 2 * CLEAR;
/** Half a picture at 25 a second: nobody sees or measures less. */
const TOGETHER_MS = 20;
const FAINTEST = 0.15;

/**
 * @param {LipSyncCurve} curve
 * @returns {string} E.g. "lips and sound: 80 ms apart, the sound comes late".
 */
export function offsetInWords({ offsetMs = 0, confidence = 0 }) {
  if (confidence < CLEAR) return "lips and sound: no offset fits clearly";
  if (Math.abs(offsetMs) < TOGETHER_MS) return "lips and sound: together";
  return `lips and sound: ${Math.abs(offsetMs).toFixed(0)} ms apart, the sound comes ${offsetMs > 0 ? "late" : "early"}`;
}

/**
 * @param {LipSyncCurve} curve
 * @param {string} name Of the person.
 * @param {number} lengthS
 * @returns {SVGElement}
 */
export function drawLipCurve(curve, name, lengthS) {
  const points = pointsOf(curve);
  const label = `${name}, ${offsetInWords(curve)}${rangeInWords(points)}`;
  const lines = points.slice(1).map((point, index) => line(points[index], point));
  return svg("svg", { viewBox: `0 ${-LARGEST_MS} ${lengthS} ${2 * LARGEST_MS}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    svg("path", { class: "curve-zero", d: `M0 0H${lengthS}` }), ...lines, ...points.map((point) => stroke(point, point, "curve-point")));
}

/**
 * @param {LipSyncCurve} curve
 * @returns {Point[]}
 */
function pointsOf(curve) {
  return (curve.windows ?? []).map((each) => ({ ...rangeOf(each.time ?? {}), offsetMs: each.offsetMs ?? 0, confidence: each.confidence ?? 0 }));
}

/**
 * @param {Point} from
 * @param {Point} to
 * @returns {SVGElement | null} Nothing over a stretch in which the lips were not compared.
 */
function line(from, to) {
  return to.startS - from.endS > LONGEST_GAP_S ? null : stroke(from, to, "curve-line");
}

/**
 * @param {Point} from
 * @param {Point} to
 * @param {string} className
 * @returns {SVGElement} Faint where the offset is not clear.
 */
function stroke(from, to, className) {
  const clearness = Math.min(1, from.confidence / FULLY_CLEAR, to.confidence / FULLY_CLEAR);
  const opacity = FAINTEST + (1 - FAINTEST) * clearness;
  return svg("path", { class: className, d: `M${place(from)}L${place(to)}`, opacity: opacity.toFixed(2) });
}

/** @param {Point} point */
function place({ startS, endS, offsetMs }) {
  return `${(startS + endS) / 2} ${-Math.min(Math.max(offsetMs, -LARGEST_MS), LARGEST_MS)}`;
}

/**
 * @param {Point[]} points
 * @returns {string}
 */
function rangeInWords(points) {
  const clear = points.filter((point) => point.confidence >= CLEAR).map((point) => point.offsetMs);
  if (!clear.length) return "";
  return `; over time between ${signed(Math.min(...clear), 0)} and ${signed(Math.max(...clear), 0)} ms`;
}
