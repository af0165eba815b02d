/** Lanes of the sound: its frequencies, and where somebody speaks. */

import { el } from "/assets/dom.js";
import { moment } from "/assets/format.js";
import { drawLipCurve, LARGEST_MS, offsetInWords } from "/assets/lip_curve.js";
import { drawLogMel } from "/assets/log_mel.js";
import { row, rowWithAxis } from "/assets/scale.js";
import { speechOf, suspicionsOf, timesInWords } from "/assets/sound.js";
import { heardOf, seconds } from "/assets/times.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/scale.js").TimeScale} TimeScale */

const SPOKEN_OUT = 6;

/**
 * @param {Analysis} analysis
 * @param {TimeScale} scale
 * @returns {HTMLElement[]} None where there is no sound.
 */
export function soundRows(analysis, scale) {
  if (!analysis.soundtrack) return [];
  return [...frequencies(analysis, scale), speech(analysis, scale)];
}

/**
 * @param {import("/assets/times.js").Lane} lane
 * @param {TimeScale} scale
 * @returns {HTMLElement[]} None where the lips were not compared.
 */
export function lipRows({ name, curve, heard }, scale) {
  if (!curve) return [];
  const lane = scale.lane("lane-curve", heard, drawLipCurve(curve, name, scale.lengthS));
  const words = offsetInWords(curve);
  return [rowWithAxis(el("span", { class: "small" }, words.charAt(0).toUpperCase() + words.slice(1)), lane, [`+${LARGEST_MS} ms`, "0", `\u2212${LARGEST_MS} ms`])];
}

/**
 * @param {Analysis} analysis
 * @param {TimeScale} scale
 * @returns {HTMLElement[]}
 */
function frequencies(analysis, scale) {
  const canvas = drawLogMel(analysis.soundtrack?.logMel);
  if (!canvas) return [];
  const endS = seconds(analysis.soundtrack?.duration);
  canvas.style.width = scale.share(endS);
  const marks = suspicionsOf(analysis);
  const label = `Loudness by frequency from 0 to 8 kHz, 0:00 to ${moment(endS)}; ${marks.length ? `marked: ${marks.map(timesInWords).join(", ")}` : "nothing marked"}`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  const lane = scale.lane("lane-log-mel", [], canvas, ...marks.map((each) => scale.mark("suspicion", each)));
  return [rowWithAxis(el("span", { class: "small" }, "Loudness by frequency"), lane, ["8 kHz", "0"])];
}

/**
 * @param {Analysis} analysis
 * @param {TimeScale} scale
 * @returns {HTMLElement}
 */
function speech(analysis, scale) {
  const found = speechOf(analysis);
  const named = found.slice(0, SPOKEN_OUT).map(timesInWords);
  const more = found.length > SPOKEN_OUT ? [`and ${found.length - SPOKEN_OUT} more`] : [];
  const label = `Speech: ${found.length ? [...named, ...more].join(", ") : "none was heard"}`;
  const lane = scale.lane("lane-speech", heardOf(analysis), ...found.map((range) => scale.mark("speech", range)));
  lane.setAttribute("role", "img");
  lane.setAttribute("aria-label", label);
  return row(el("span", { class: "small" }, found.length ? "Speech" : "Speech: none was heard"), lane);
}
