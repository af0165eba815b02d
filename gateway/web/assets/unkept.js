/** Answers of which the server keeps nothing: what they need is in themselves. */

import { Failure } from "/assets/failures.js";
import { drawHeatmap } from "/assets/heatmap.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

/** @param {Analysis} analysis */
export function isUnkept({ retention }) {
  return retention === "RETENTION_NONE";
}

/**
 * @param {Analysis} analysis
 * @returns {Analysis} With names for the maps that came with it.
 */
export function withMaps(analysis) {
  const { evidence = [] } = analysis;
  return { ...analysis, maps: evidence.filter(({ finding }) => finding?.map?.values).map(({ cue }) => ({ name: cue, cue })) };
}

/**
 * @param {Analysis} analysis As from `withMaps`.
 * @returns {import("/assets/sources.js").Source}
 */
export function unkeptSource({ evidence = [], info = {} }) {
  const drawn = async (/** @type {string} */ cue) => {
    const map = evidence.find((each) => each.cue === cue)?.finding?.map;
    if (!map) throw new Failure("NOT_FOUND", "It did not come with the answer.");
    return drawHeatmap(map, info);
  };
  return { map: drawn, report: () => Promise.reject(notKept()), media: undefined, gone: "the server did not keep it." };
}

/** @returns {Failure} */
export function notKept() {
  return new Failure("NOT_KEPT", "This answer was not kept.");
}
