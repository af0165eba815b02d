/** What an analysis says of the sound: what was heard, where somebody speaks, and which stretches stand out. */

import { SOME } from "/assets/bars.js";
import { moment } from "/assets/format.js";
import { suspectsOf } from "/assets/regions.js";
import { rangeOf, SOUND_TESTS, spansOf, stretchesOf } from "/assets/times.js";
import { cueName } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/times.js").Range} Range */
/** @typedef {Range & {trackId: number | undefined, why: string[]}} Marked */

/** A suspicion is told with a judged stretch when so much of it lies within; what is heard counts for whoever is seen. */
const WITHIN_SHARE = 0.5;

/**
 * @param {Analysis} analysis
 * @returns {Range[]}
 */
export function speechOf(analysis) {
  return (analysis.soundtrack?.speech ?? []).map(rangeOf);
}

/**
 * @param {Analysis} analysis
 * @returns {Marked[]} Stretches worth listening to, in order of time; none where there is no sound.
 */
export function markedOf(analysis) {
  if (!analysis.soundtrack) return [];
  const marked = stretchesOf(analysis).map(({ startS, endS, trackId, who, risk }) => ({ startS, endS, trackId, why: [`${who}, risk ${risk.toFixed(0)} of 100`] }));
  for (const each of suspicionsOf(analysis)) {
    const candidates = marked.filter((stretch) => each.trackId === undefined || each.trackId === stretch.trackId);
    const [around] = candidates.sort((a, b) => sharedS(b, each) - sharedS(a, each));
    if (around && sharedS(around, each) >= WITHIN_SHARE * (each.endS - each.startS)) around.why.push(...each.why);
    else marked.push(each);
  }
  return marked.sort((a, b) => a.startS - b.startS || a.endS - b.endS);
}

/**
 * @param {Analysis} analysis
 * @returns {Marked[]} Where tests of the sound that speak for manipulation do so.
 */
export function suspicionsOf(analysis) {
  const suspects = suspectsOf(analysis);
  const spans = spansOf(analysis).filter((span) => SOUND_TESTS.includes(span.cue) && suspects.has(span.cue) && span.logLikelihoodRatio >= SOME);
  const groups = new Map(spans.map((span) => [`${span.cue} ${span.trackId}`, span]));
  return [...groups.values()].flatMap(({ cue, trackId }) =>
    joined(spans.filter((span) => span.cue === cue && span.trackId === trackId)).map((range) => ({ ...range, trackId, why: [cueName(cue)] })));
}

/**
 * @param {Range} range
 * @returns {string} E.g. "0:03.2 to 0:05.8".
 */
export function timesInWords({ startS, endS }) {
  return `${moment(startS)} to ${moment(endS)}`;
}

/**
 * @param {Range} a
 * @param {Range} b
 * @returns {number} How long both last at once.
 */
function sharedS(a, b) {
  return Math.min(a.endS, b.endS) - Math.max(a.startS, b.startS);
}

/**
 * @param {Range[]} ranges
 * @returns {Range[]} Those that touch or overlap as one.
 */
function joined(ranges) {
  /** @type {Range[]} */
  const made = [];
  for (const { startS, endS } of [...ranges].sort((a, b) => a.startS - b.startS)) {
    const last = made.at(-1);
    if (last && startS <= last.endS) last.endS = Math.max(last.endS, endS);
    else made.push({ startS, endS });
  }
  return made;
}
