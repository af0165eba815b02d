/** What an analysis says of stretches of time, in seconds from the beginning. */

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {{startS: number, endS: number}} Range */
/** @typedef {Range & {trackId: number | undefined, risk: number}} Stretch */
/** @typedef {Range & {logLikelihoodRatio: number}} Span */
/** @typedef {{trackId: number | undefined, stretches: Stretch[], present: Range[], cues: {cue: string, spans: Span[]}[]}} Lane */

const MOST_PEOPLE = 8;
/** Two sightings of a face further apart than this are not one stay. */
export const LONGEST_GAP_S = 1;

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
 * @returns {Stretch[]} At or above the threshold, worst first.
 */
export function stretchesOf(analysis) {
  return (analysis.verdict?.segments ?? []).map((each) => ({ ...rangeOf(each), trackId: each.trackId, risk: each.riskScore ?? 0 }));
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
 * @returns {number} Length of the video; where the file does not say, the end of what was looked at.
 */
export function lengthOf(analysis) {
  const ends = [...examinedOf(analysis), ...stretchesOf(analysis)].map((each) => each.endS);
  return seconds(analysis.info?.duration) || Math.max(1, ...ends);
}

/**
 * @param {Analysis} analysis
 * @returns {Lane[]} One per person that anything is said of, and one for the whole picture where something is.
 */
export function lanesOf(analysis) {
  const stretches = stretchesOf(analysis);
  const spans = (analysis.evidence ?? []).flatMap(({ cue, finding }) =>
    (finding?.spans ?? []).map((each) => ({ ...rangeOf(each), cue, trackId: each.trackId, logLikelihoodRatio: each.logLikelihoodRatio ?? 0 })));
  const people = new Set([...stretches, ...spans].map((each) => each.trackId));
  const known = [...people].sort((a, b) => (a ?? Infinity) - (b ?? Infinity)).slice(0, MOST_PEOPLE + 1);
  return known.map((trackId) => ({
    trackId,
    stretches: stretches.filter((each) => each.trackId === trackId).sort((a, b) => a.startS - b.startS),
    present: presence(analysis, trackId),
    cues: byCue(spans.filter((each) => each.trackId === trackId)),
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
 * @param {Array<Span & {cue: string}>} spans
 * @returns {{cue: string, spans: Span[]}[]}
 */
function byCue(spans) {
  return [...new Set(spans.map((each) => each.cue))].map((cue) => ({ cue, spans: spans.filter((each) => each.cue === cue) }));
}

/**
 * @param {{start?: string, end?: string}} range
 * @returns {Range}
 */
function rangeOf({ start, end }) {
  return { startS: seconds(start), endS: seconds(end) };
}
