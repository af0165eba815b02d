/** What each signal said and how much it weighed; what had no opinion, and why. */

import { el } from "/assets/dom.js";
import { oddsInWords, signed } from "/assets/format.js";
import { abstentionName, cueName, cuePurpose, qualityWord, spokenIn } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Verdict} Verdict */
/** @typedef {import("/assets/types.js").Contribution} Contribution */

/** Log-odds at the end of the bars, at least: small opinions are to look small. */
export const SMALLEST_SCALE = 2;

/**
 * @param {HTMLElement} root
 * @param {import("/assets/types.js").Analysis} analysis
 */
export function showSignals(root, analysis) {
  const verdict = analysis.verdict;
  if (!verdict) return;
  root.replaceChildren(
    el("section", { class: "block", "aria-labelledby": "signals-title" },
      el("h2", { id: "signals-title" }, "What each signal said"),
      table(verdict)),
    silent(verdict),
  );
}

/**
 * @param {Verdict} verdict
 * @returns {HTMLElement}
 */
function table(verdict) {
  const said = [...(verdict.contributions ?? [])].sort((a, b) => Math.abs(b.logOdds ?? 0) - Math.abs(a.logOdds ?? 0));
  if (!said.length) return el("p", {}, "No signal had an opinion, so the risk stays at the starting point.");
  const largest = Math.max(SMALLEST_SCALE, ...said.map((each) => Math.abs(each.logOdds ?? 0)));
  const head = ["Signal", "What it said", "Weight in the verdict", "Input quality"];
  return el("table", { class: "signals", role: "table" },
    el("caption", { class: "small" }, "Bars to the right speak for manipulation, bars to the left against it. Together with the starting point they add up to the risk."),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, ...head.map((text) => el("th", { role: "columnheader", scope: "col" }, text)))),
    el("tbody", { role: "rowgroup" }, ...said.map((each) => row(each, each.text ? el("span", spokenIn(verdict), each.text) : "Gave no reason.", largest))),
    el("tfoot", { role: "rowgroup" }, total(verdict)));
}

/**
 * @param {Contribution} contribution
 * @param {Node | string} sentence
 * @param {number} largest Log-odds at the end of the bars.
 * @returns {HTMLElement}
 */
function row(contribution, sentence, largest) {
  const quality = contribution.quality ?? 0;
  return el("tr", { role: "row" },
    el("th", { role: "rowheader", scope: "row" }, cueName(contribution.cue), el("span", { class: "small purpose" }, cuePurpose(contribution.cue))),
    cell("What it said", sentence),
    cell("Weight", bar(contribution.logOdds ?? 0, largest), el("span", { class: "small" }, weightInWords(contribution))),
    cell("Input quality", `${qualityWord(quality)} (${quality.toFixed(2)})`));
}

/**
 * @param {string} label Shown where the table is folded into cards.
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function cell(label, ...children) {
  return el("td", { role: "cell", "data-label": label }, ...children);
}

/**
 * @param {number} logOdds
 * @param {number} largest
 * @returns {HTMLElement}
 */
export function bar(logOdds, largest) {
  const fill = el("span", { class: logOdds > 0 ? "bar-fill for" : "bar-fill against" });
  fill.style.width = `${(Math.abs(logOdds) / largest) * 50}%`;
  return el("span", { class: "bar", "aria-hidden": "true" }, fill);
}

/**
 * @param {Contribution} contribution
 * @returns {string}
 */
function weightInWords(contribution) {
  const logOdds = contribution.logOdds ?? 0;
  return `${signed(logOdds)} log-odds: ${oddsInWords(logOdds)}`;
}

/**
 * @param {Verdict} verdict
 * @returns {HTMLElement}
 */
function total(verdict) {
  const sum = verdict.logOdds ?? 0;
  const start = signed(verdict.priorLogOdds ?? 0);
  // As the verdict tells it: in steps, so that it is the same number everywhere.
  const risk = (verdict.riskScore ?? 0).toFixed(1);
  return el("tr", { role: "row" },
    el("th", { role: "rowheader", scope: "row" }, "Together"),
    el("td", { role: "cell", colspan: 3 }, `Starting point ${start} and all signals: ${signed(sum)} log-odds, which is a risk of ${risk} of 100.`));
}

/**
 * @param {Verdict} verdict
 * @returns {HTMLElement | string}
 */
function silent(verdict) {
  const abstentions = verdict.abstentions ?? [];
  if (!abstentions.length) return "";
  const items = abstentions.map((each) => el("li", {},
    el("strong", {}, cueName(each.cue)), " ", el("span", { class: "why" }, abstentionName(each.abstention?.reason)),
    el("span", { class: "small purpose", ...spokenIn(verdict) }, each.text ?? "")));
  return el("section", { class: "block", "aria-labelledby": "silent-title" },
    el("h2", { id: "silent-title" }, "Signals without an opinion"),
    el("p", { class: "small" }, "A signal that has no opinion is no sign that the file is genuine."),
    el("ul", { class: "silent" }, ...items));
}
