/** What two analyses have in common and where they part, as tables. */

import { el } from "/assets/dom.js";
import { bytes, dateTime, moment, signed } from "/assets/format.js";
import { bar, cell, SMALLEST_SCALE } from "/assets/signals.js";
import { seconds } from "/assets/times.js";
import { abstentionName, cueName, kindName } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/types.js").Contribution} Contribution */

/** Log-odds below which two opinions count as alike. */
const ALIKE = 0.3;
/** Of a digest: enough to see a difference. Whether the files are the same is told by all digits, above. */
const SHOWN_DIGITS = 12;

/**
 * @param {Analysis[]} both
 * @returns {HTMLElement}
 */
export function signalTable(both) {
  const said = both.map(({ verdict }) => new Map((verdict?.contributions ?? []).map((each) => [each.cue, each])));
  const weight = (/** @type {string} */ cue) => Math.max(...said.map((each) => Math.abs(each.get(cue)?.logOdds ?? 0)));
  const cues = [...new Set(said.flatMap((each) => [...each.keys()]))].sort((a, b) => weight(b) - weight(a));
  // A change can be twice as large as the opinions that it lies between.
  const largest = Math.max(SMALLEST_SCALE, ...cues.map((cue) => 2 * weight(cue)));
  const rows = cues.map((cue) => row(cue, both, said, largest));
  const body = rows.length ? table(rows, both) : el("p", {}, "No signal had an opinion on either.");
  return el("section", { class: "block", "aria-labelledby": "compared-title" }, el("h2", { id: "compared-title" }, "What each signal said"), body);
}

/**
 * @param {HTMLElement[]} rows
 * @param {Analysis[]} both
 * @returns {HTMLElement}
 */
function table(rows, both) {
  const head = ["Signal", "A", "B", "From A to B"].map((text) => el("th", { role: "columnheader", scope: "col" }, text));
  const [a, b] = both.map(({ verdict }) => verdict?.logOdds ?? 0);
  const sum = (/** @type {Analysis} */ { verdict }) => `${signed(verdict?.logOdds ?? 0)} log-odds: risk ${(verdict?.riskScore ?? 0).toFixed(1)}`;
  return el("table", { class: "signals compared", role: "table" },
    el("caption", { class: "small" }, "Bars to the right speak for manipulation, bars to the left against it. Numbers are log-odds."),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, ...head)),
    el("tbody", { role: "rowgroup" }, ...rows),
    el("tfoot", { role: "rowgroup" }, el("tr", { role: "row" }, el("th", { role: "rowheader", scope: "row" }, "Together"),
      cell("A", sum(both[0])), cell("B", sum(both[1])), cell("From A to B", signed(b - a)))));
}

/**
 * @param {string} cue
 * @param {Analysis[]} both
 * @param {Array<Map<string, Contribution>>} said
 * @param {number} largest Log-odds at the end of the bars.
 * @returns {HTMLElement}
 */
function row(cue, both, said, largest) {
  const [a, b] = said.map((each) => each.get(cue)?.logOdds ?? (each.has(cue) ? 0 : undefined));
  const opinion = (/** @type {number | undefined} */ logOdds, /** @type {Analysis} */ analysis) =>
    logOdds === undefined ? [el("span", { class: "small" }, whySilent(cue, analysis))] : [bar(logOdds, largest), signed(logOdds)];
  const change = a !== undefined && b !== undefined ? [bar(b - a, largest), changeInWords(b - a)] : [el("span", { class: "small" }, `Only ${a === undefined ? "B" : "A"} has it`)];
  return el("tr", { role: "row" }, el("th", { role: "rowheader", scope: "row" }, cueName(cue)),
    cell("A", ...opinion(a, both[0])), cell("B", ...opinion(b, both[1])), cell("From A to B", ...change));
}

/**
 * @param {number} change Log-odds.
 * @returns {string}
 */
function changeInWords(change) {
  if (Math.abs(change) < ALIKE) return `${signed(change)}: much alike`;
  return `${signed(change)}: B looks ${change > 0 ? "more" : "less"} manipulated`;
}

/**
 * @param {string} cue
 * @param {Analysis} analysis
 * @returns {string}
 */
function whySilent(cue, { verdict }) {
  const found = (verdict?.abstentions ?? []).find((each) => each.cue === cue);
  return found ? `No opinion: ${abstentionName(found.abstention?.reason).toLowerCase()}` : "Was not asked";
}

/**
 * @param {Analysis[]} both
 * @returns {HTMLElement}
 */
export function differences(both) {
  const [a, b] = both.map((analysis) => new Map([...fileFacts(analysis), ...models(analysis)]));
  const names = [...new Set([...a.keys(), ...b.keys()])];
  const rows = names.map((name) => {
    const differs = a.get(name) !== b.get(name);
    return el("tr", { class: differs ? "differs" : null }, el("th", { scope: "row" }, name), el("td", {}, a.get(name) || "none"), el("td", {}, b.get(name) || "none"),
      el("td", {}, differs ? "differs" : "same"));
  });
  const head = el("tr", {}, ...["What", "A", "B", "Alike?"].map((text) => el("th", { scope: "col" }, text)));
  return el("section", { class: "block", "aria-labelledby": "differences-title" },
    el("h2", { id: "differences-title" }, "Files and models"),
    el("div", { class: "scroll-x", tabindex: "0", role: "region", "aria-label": "Files and models" }, el("table", { class: "tags facts-table" }, el("thead", {}, head), el("tbody", {}, ...rows))));
}

/**
 * @param {Analysis} analysis
 * @returns {Array<[string, string]>}
 */
function fileFacts({ info = {}, createTime }) {
  return [
    ["Kind", kindName(info.kind)],
    ["Format", info.mimeType ?? ""],
    ["Size", bytes(info.sizeBytes)],
    ["Pixels", info.widthPx && info.heightPx ? `${info.widthPx} × ${info.heightPx}` : ""],
    ["Length", info.duration ? moment(seconds(info.duration)) : ""],
    ["Judged", dateTime(createTime)],
    ["SHA-256", info.sha256 ? `${info.sha256.slice(0, SHOWN_DIGITS)}…` : ""],
  ];
}

/**
 * @param {Analysis} analysis
 * @returns {Array<[string, string]>}
 */
function models({ verdict }) {
  const { fusionModel, models: detectors = [] } = verdict?.replay ?? {};
  const all = fusionModel ? [...detectors, fusionModel] : detectors;
  return all.map(({ name = "unnamed", version = "", cardSha256 = "" }) => [`Model ${name}`, `${version} (${cardSha256.slice(0, 8)})`]);
}
