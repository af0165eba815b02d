/** The answer: label, meaning, risk, reasons, reliability, advice. */

import { el } from "/assets/dom.js";
import { asRisk, percent } from "/assets/format.js";
import { labelIcon } from "/assets/icons.js";
import { doubtInWords, labelOf, spokenIn } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Verdict} Verdict */

/**
 * @param {HTMLElement} root
 * @param {Verdict} verdict
 */
export function showVerdict(root, verdict) {
  const label = labelOf(verdict.label);
  root.replaceChildren(
    el("div", { class: "verdict", "data-label": label.key }, heading(label), doubt(verdict), paragraphs(verdict, "MEANING", "verdict-meaning"), risk(verdict)),
    advice(verdict),
    reasons(verdict),
    reliability(verdict),
  );
}

/**
 * @param {Verdict} verdict
 * @returns {string} For a screen reader, when the answer arrives.
 */
export function verdictInOneSentence(verdict) {
  const risk = `Risk ${riskOf(verdict)} of 100.`;
  return `Verdict: ${labelOf(verdict.label).word}. ${risk} ${texts(verdict, "MEANING").join(" ")}`;
}

/**
 * @param {{word: string, key: string}} label
 * @returns {HTMLElement}
 */
function heading(label) {
  return el("div", { class: "verdict-head" },
    labelIcon(label.key),
    el("h1", { id: "verdict-title", tabindex: "-1" }, el("span", { class: "kicker" }, "Verdict "), label.word));
}

/**
 * @param {Verdict} verdict
 * @returns {HTMLElement | string} Why nobody could tell.
 */
function doubt(verdict) {
  const words = doubtInWords(verdict.doubt);
  return words ? el("p", { class: "doubt" }, "Reason: ", el("strong", {}, words)) : "";
}

/**
 * @param {Verdict} verdict
 * @returns {HTMLElement}
 */
function risk(verdict) {
  return el("div", { class: "risk" },
    el("p", { class: "risk-title" }, el("span", { id: "risk-title" }, "Risk of manipulation"), el("strong", {}, `${riskOf(verdict)} of 100`)),
    riskScale(Number(riskOf(verdict)), { "aria-labelledby": "risk-title" }, ...threshold(verdict)),
    el("p", { class: "scale-ends", "aria-hidden": "true" }, el("span", {}, "0 none"), el("span", {}, "50 even"), el("span", {}, "100 certain")),
    el("p", { class: "small" }, confidenceInWords(verdict)));
}

/**
 * @param {number} score Risk in percent.
 * @param {Record<string, string>} name What labels it.
 * @param {...HTMLElement} ticks
 * @returns {HTMLElement}
 */
export function riskScale(score, name, ...ticks) {
  const fill = el("span", { class: "scale-fill" });
  const mark = el("span", { class: "scale-mark" });
  fill.style.width = `${score}%`;
  mark.style.left = `${score}%`;
  const values = { "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": score, "aria-valuetext": `${score} of 100` };
  return el("div", { class: "scale", role: "meter", ...name, ...values }, fill, ...ticks, mark);
}

/**
 * @param {Verdict} verdict
 * @returns {HTMLElement[]}
 */
function threshold(verdict) {
  const point = verdict.operatingPoint;
  if (!point) return [];
  const tick = el("span", { class: "scale-threshold", title: `Threshold “${plainName(point)}”` });
  tick.style.left = `${asRisk(point.threshold ?? 0)}%`;
  return [tick];
}

/**
 * The label that begins there, without the kind of media: "suspicious" of "video_suspicious".
 * @param {{name?: string}} point
 * @returns {string}
 */
function plainName(point) {
  return (point.name ?? "").replace(/^(image|video|audio)_/, "");
}

/**
 * @param {Verdict} verdict
 * @returns {string}
 */
export function confidenceInWords(verdict) {
  if (verdict.confidence !== undefined) return `Probability that “${labelOf(verdict.label).word}” is right: ${percent(verdict.confidence)}.`;
  return verdict.label === "LABEL_INCONCLUSIVE" ? "There is no probability to give: the evidence does not carry an answer." : "";
}

/**
 * @param {Verdict} verdict
 * @returns {HTMLElement | string}
 */
function advice(verdict) {
  const sentences = texts(verdict, "ADVICE");
  if (!sentences.length) return "";
  return el("section", { class: "advice" }, el("h2", {}, "What to do next"), ...sentences.map((text) => el("p", spokenIn(verdict), text)));
}

/**
 * @param {Verdict} verdict
 * @returns {HTMLElement}
 */
function reasons(verdict) {
  const said = (/** @type {string} */ role) => texts(verdict, role).map((text) => el("li", spokenIn(verdict), text));
  return el("div", { class: "reasons" },
    column("For manipulation", "for", said("FOR"), "No signal speaks clearly for manipulation."),
    column("Against manipulation", "against", said("AGAINST"), "No signal speaks clearly against manipulation."),
    said("NOT_EXAMINED").length ? column("What is missing", "missing", said("NOT_EXAMINED"), "") : "");
}

/**
 * @param {string} title
 * @param {string} key
 * @param {HTMLElement[]} items
 * @param {string} none What is said when there are none.
 * @returns {HTMLElement}
 */
function column(title, key, items, none) {
  const body = items.length ? el("ul", {}, ...items) : el("p", { class: "small" }, none);
  return el("section", { class: `reason ${key}` }, el("h2", {}, title), body);
}

/**
 * @param {Verdict} verdict
 * @returns {HTMLElement | string}
 */
function reliability(verdict) {
  const sentences = texts(verdict, "RELIABILITY");
  const point = verdict.operatingPoint;
  if (!sentences.length) return "";
  return el("section", { class: "reliability" },
    el("h2", {}, "How far to trust this"),
    ...sentences.map((text) => el("p", spokenIn(verdict), text)),
    point && el("p", { class: "small" }, `The dotted tick on the scale is the threshold “${plainName(point)}”, at ${asRisk(point.threshold ?? 0).toFixed(1)}.`));
}

/**
 * @param {Verdict} verdict
 * @param {string} role
 * @param {string} className
 * @returns {HTMLElement}
 */
function paragraphs(verdict, role, className) {
  return el("div", { class: className }, ...texts(verdict, role).map((text) => el("p", spokenIn(verdict), text)));
}

/**
 * @param {Verdict} verdict
 * @param {string} role
 * @returns {string[]}
 */
function texts(verdict, role) {
  const all = (verdict.explanation ?? []).filter((sentence) => sentence.role === `EXPLANATION_ROLE_${role}`);
  return all.map((sentence) => sentence.text ?? "").filter(Boolean);
}

/**
 * @param {Verdict} verdict
 * @returns {string}
 */
function riskOf(verdict) {
  return (verdict.riskScore ?? 0).toFixed(1);
}
