/** The reliability diagram: how often files with a forecast risk were in fact manipulated. */

import { el, svg } from "/assets/dom.js";
import { percent } from "/assets/format.js";

/** @typedef {{forecast: number, observed: number, items: number}} Bin Forecast and observed are shares, [0, 1]. */

const SIDE = 300;
const LEFT = 52;
const BOTTOM = 46;
const TOP = 12;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const SMALLEST_RADIUS = 3;
const LARGEST_RADIUS = 10;

/**
 * @param {Bin[]} bins
 * @returns {HTMLElement}
 */
export function reliability(bins) {
  const known = bins.filter((bin) => bin.items > 0);
  const most = Math.max(1, ...known.map((bin) => bin.items));
  const line = known.map((bin) => `${x(bin.forecast)},${y(bin.observed)}`).join(" ");
  const drawing = svg("svg", { class: "reliability-diagram", viewBox: `0 0 ${LEFT + SIDE + 16} ${TOP + SIDE + BOTTOM}`, role: "img", "aria-label": inWords(known) },
    ...TICKS.flatMap(tick),
    svg("line", { class: "ideal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
    svg("polyline", { class: "measured", points: line }),
    ...known.map((bin) => point(bin, most)),
    svg("text", { class: "axis-name", x: LEFT + SIDE / 2, y: TOP + SIDE + BOTTOM - 6, "text-anchor": "middle" }, "Risk that we stated"),
    svg("text", { class: "axis-name", transform: `translate(13 ${TOP + SIDE / 2}) rotate(-90)`, "text-anchor": "middle" }, "In fact manipulated"));
  return el("figure", { class: "figure" }, drawing,
    el("figcaption", { class: "small" }, "A circle on the dotted line: the stated risk was right on average. Below it, we warned too much; above it, too little. Large circles stand for many files."),
    numbers(known));
}

/** @param {number} share @returns {number} */
function x(share) {
  return LEFT + share * SIDE;
}

/** @param {number} share @returns {number} */
function y(share) {
  return TOP + (1 - share) * SIDE;
}

/**
 * @param {number} share
 * @returns {SVGElement[]}
 */
function tick(share) {
  const words = String(Math.round(share * 100));
  return [
    svg("line", { class: "grid", x1: x(share), y1: y(0), x2: x(share), y2: y(1) }),
    svg("line", { class: "grid", x1: x(0), y1: y(share), x2: x(1), y2: y(share) }),
    svg("text", { x: x(share), y: y(0) + 16, "text-anchor": "middle" }, words),
    svg("text", { x: x(0) - 7, y: y(share) + 4, "text-anchor": "end" }, words),
  ];
}

/**
 * @param {Bin} bin
 * @param {number} most Files of the largest bin.
 * @returns {SVGElement}
 */
function point(bin, most) {
  const radius = SMALLEST_RADIUS + (LARGEST_RADIUS - SMALLEST_RADIUS) * Math.sqrt(bin.items / most);
  return svg("circle", { cx: x(bin.forecast), cy: y(bin.observed), r: radius }, svg("title", {}, sentence(bin)));
}

/**
 * @param {Bin[]} bins
 * @returns {string}
 */
function inWords(bins) {
  return `Reliability diagram with ${bins.length} points. ${bins.map(sentence).join(" ")}`;
}

/** @param {Bin} bin @returns {string} */
function sentence({ forecast, observed, items }) {
  return `Stated ${percent(forecast)}, in fact ${percent(observed)} of ${items} files.`;
}

/**
 * @param {Bin[]} bins
 * @returns {HTMLElement}
 */
function numbers(bins) {
  const head = ["Stated risk", "In fact manipulated", "Files"].map((text) => el("th", { scope: "col" }, text));
  const rows = bins.map((bin) => el("tr", {}, el("td", {}, percent(bin.forecast)), el("td", {}, percent(bin.observed)), el("td", {}, bin.items)));
  return el("details", {}, el("summary", {}, "The same in numbers"), el("table", { class: "tags" }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)));
}
