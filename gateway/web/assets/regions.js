/** The places that signals point at, drawn over the picture and listed in words. */

import { el } from "/assets/dom.js";
import { percent } from "/assets/format.js";
import { seconds } from "/assets/times.js";
import { cueName } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/types.js").Box} Box */
/**
 * @typedef {{cue: string, number: number, box: Required<Box>, strength: number, suspects: boolean, timeS: number | undefined,
 *   trackId: number | undefined}} Place
 */

/** A signal below this hardly moves the verdict; its places would look like an accusation. */
const NOTICEABLE_LOG_ODDS = 0.5;
const LINES = ["solid", "dashed", "dotted", "double"];

/**
 * @param {Analysis} analysis
 * @returns {Place[]} Numbered from 1, in the order of the evidence.
 */
export function placesOf(analysis) {
  const suspects = suspectsOf(analysis);
  const found = (analysis.evidence ?? []).flatMap(({ cue, finding }) =>
    (finding?.regions ?? []).map((region) => ({
      cue, box: whole(region.box), strength: region.strength ?? 0, suspects: suspects.has(cue), trackId: region.trackId,
      timeS: region.timeOffset === undefined ? undefined : seconds(region.timeOffset),
    })));
  return found.map((place, index) => ({ ...place, number: index + 1 }));
}

/**
 * @param {Analysis} analysis
 * @returns {Set<string>} Signals that speak noticeably for manipulation.
 */
export function suspectsOf(analysis) {
  return new Set((analysis.verdict?.contributions ?? []).filter((each) => (each.logOdds ?? 0) >= NOTICEABLE_LOG_ODDS).map((each) => each.cue));
}

/**
 * @param {Place[]} places
 * @returns {string[]} Names of the signals that have places, in order.
 */
export function cuesOf(places) {
  return [...new Set(places.map((place) => place.cue))];
}

/**
 * @param {Place[]} places
 * @returns {HTMLElement[]} One frame a place, to lay over the picture.
 */
export function frames(places) {
  const cues = cuesOf(places);
  return places.map((place) => {
    const frame = el("div", { class: "region", "data-cue": place.cue }, el("span", { class: "region-number" }, place.number));
    putAt(frame, place.box);
    frame.style.borderStyle = LINES[cues.indexOf(place.cue) % LINES.length];
    frame.classList.toggle("region-at-top", place.box.yMin < 0.08);
    return frame;
  });
}

/**
 * @param {HTMLElement} element
 * @param {Required<Box>} box
 */
export function putAt(element, box) {
  element.style.left = `${box.xMin * 100}%`;
  element.style.top = `${box.yMin * 100}%`;
  element.style.width = `${(box.xMax - box.xMin) * 100}%`;
  element.style.height = `${(box.yMax - box.yMin) * 100}%`;
}

/**
 * @param {Place} place
 * @returns {HTMLElement}
 */
export function inWords(place) {
  const { box } = place;
  const size = `${percent(box.xMax - box.xMin)} of the width, ${percent(box.yMax - box.yMin)} of the height`;
  const strength = place.strength >= 0.995 ? "its strongest response" : `${percent(place.strength)} of its strongest response`;
  return el("li", { value: place.number }, el("strong", {}, cueName(place.cue)), `: ${position(box)}; ${size}; ${strength}.`);
}

/**
 * @param {Required<Box>} box
 * @returns {string} E.g. "upper left".
 */
function position(box) {
  const column = third((box.xMin + box.xMax) / 2, ["left", "", "right"]);
  const row = third((box.yMin + box.yMax) / 2, ["upper", "", "lower"]);
  if (!column && !row) return "in the middle";
  if (!column) return `${row} middle`;
  return row ? `${row} ${column}` : `middle ${column}`;
}

/**
 * @param {number} value [0, 1]
 * @param {string[]} words
 * @returns {string}
 */
function third(value, words) {
  return words[Math.min(2, Math.floor(value * 3))];
}

/**
 * @param {Box} box
 * @returns {Required<Box>}
 */
export function whole(box) {
  return { xMin: box.xMin ?? 0, yMin: box.yMin ?? 0, xMax: box.xMax ?? 0, yMax: box.yMax ?? 0 };
}
