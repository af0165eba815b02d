/** Marks whose shape alone tells the label, for those who do not see its colour. */

import { svg } from "/assets/dom.js";

/** @type {Record<string, string[]>} */
const PATHS = {
  authentic: ["M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19z", "M7.5 12.5l3 3 6-6.5"],
  suspicious: ["M12 3 22 20.5H2z", "M12 9.5v5M12 17.200v.6"],
  manipulated: ["M8 2.5h8l5.5 5.5v8L16 21.5H8L2.5 16V8z", "M8.5 8.5l7 7M15.5 8.5l-7 7"],
  inconclusive: ["M3.5 3.5h17v17h-17z", "M7.5 10h9M7.5 14h9"],
};

/**
 * @param {string} key Of the label, e.g. "authentic".
 * @returns {SVGElement}
 */
export function labelIcon(key) {
  const paths = PATHS[key].map((d) => svg("path", { d }));
  return svg("svg", { class: "label-icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, ...paths);
}
