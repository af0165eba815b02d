/** What was not looked at anew, because the same detectors have looked at the same file before. */

import { el } from "/assets/dom.js";
import { dateTime } from "/assets/format.js";
import { detectorName } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

/**
 * @param {Analysis} analysis
 * @returns {HTMLElement | string} One line, or nothing.
 */
export function recalledLine(analysis) {
  const taken = (analysis.origins ?? []).filter((origin) => origin.recalledFrom);
  if (!taken.length) return "";
  const oldest = taken.map((origin) => origin.completeTime ?? "").sort()[0];
  const names = taken.map((origin) => detectorName(origin.detector)).join(", ");
  return el("p", { class: "small recalled" }, `Taken over from an earlier analysis of the same file, ${dateTime(oldest)}: ${names}.`);
}
