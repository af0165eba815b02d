/** What one test says over time, as bars. */

import { svg } from "/assets/dom.js";
import { moment, signed } from "/assets/format.js";
import { columns } from "/assets/times.js";
import { cueName } from "/assets/words.js";

const COLUMNS = 240;
/** A log-likelihood ratio at which a bar has its full height: odds 20 times higher. */
const FULL = 3;
/** A log-likelihood ratio from which on a moment is marked. */
export const SOME = 0.7;
const STRONG = 2;
const QUIET_HEIGHT = 1.5;

/**
 * @param {string} name Of whom or what it is said.
 * @param {string} cue
 * @param {import("/assets/times.js").Span[]} spans
 * @param {number} lengthS
 * @returns {SVGElement}
 */
export function bars(name, cue, spans, lengthS) {
  const worst = spans.reduce((a, b) => (b.logLikelihoodRatio > a.logLikelihoodRatio ? b : a));
  const label = `${cueName(cue)}, ${name}: strongest at ${moment(worst.startS)}, log-likelihood ratio ${signed(worst.logLikelihoodRatio)}`;
  const drawn = columns(spans, lengthS, COLUMNS).map((value, index) => (value === undefined ? null : bar(value, index)));
  return svg("svg", { viewBox: `0 0 ${COLUMNS} 10`, preserveAspectRatio: "none", role: "img", "aria-label": label }, ...drawn);
}

/**
 * @param {number} value Log-likelihood ratio.
 * @param {number} index
 * @returns {SVGElement} Taller and redder the more it speaks for manipulation.
 */
function bar(value, index) {
  const height = QUIET_HEIGHT + (10 - QUIET_HEIGHT) * Math.min(1, Math.max(0, value) / FULL);
  const strength = value >= STRONG ? "strong" : value >= SOME ? "some" : "quiet";
  return svg("rect", { class: `bar-${strength}`, x: index, y: 10 - height, width: 1.02, height });
}
