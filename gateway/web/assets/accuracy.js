/** How verdicts come about and how often they are wrong, from the measurements that ship with this version. */

import { jsonOf, request } from "/assets/api.js";
import { byId, el } from "/assets/dom.js";
import { Failure } from "/assets/failures.js";
import { percent } from "/assets/format.js";
import { labelIcon } from "/assets/icons.js";
import { reliability } from "/assets/reliability.js";
import { allLabels } from "/assets/words.js";

/** @typedef {{authentic: number, manipulated: number}} Counts */
/** @typedef {{value: number, low?: number, high?: number}} Estimate With its interval of 95%. */
/** @typedef {{source: string, items: number, suspicious_or_worse: number, high: number}} FalseAlarms */
/**
 * @typedef {{authentic_items: number, manipulated_items: number, labels: Record<string, Counts>, auc?: Estimate, ece?: Estimate,
 *   false_alarms_by_source?: FalseAlarms[], reliability?: import("/assets/reliability.js").Bin[]}} Measured
 */
/** @typedef {{fusion_version: string, measured: string, kinds: Record<string, Measured>, all?: Measured, limits?: string[]}} Measurements */

const FILE = "/assets/accuracy.json";
/** @type {Record<string, string>} */
const KINDS = { all: "Everything", image: "Photos", video: "Videos", audio: "Recordings" };

export class Accuracy {
  /** @param {import("/assets/stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.root = byId("accuracy-measured");
    this.numbers = el("div", { class: "measured-kind" });
  }

  async show() {
    this.stage.show("accuracy", "How often it is wrong");
    byId("accuracy-labels").replaceChildren(...allLabels().map(meaning));
    try {
      this.present(await jsonOf(await request(FILE)));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.root.replaceChildren(el("p", { class: "notice" }, whyNone(error)));
    }
  }

  /** @param {Measurements} measurements */
  present({ fusion_version: version, measured, kinds, all, limits = [] }) {
    const found = all ? { all, ...kinds } : kinds;
    const names = Object.keys(KINDS).filter((name) => name in found);
    const choices = names.map((name, index) => {
      const radio = el("input", { type: "radio", name: "measured-kind", value: name, checked: index === 0 });
      radio.addEventListener("change", () => this.draw(found[name]));
      return el("label", { class: "choice" }, radio, KINDS[name]);
    });
    this.root.replaceChildren(
      el("p", { class: "small" }, `Measured for fusion model ${version} on ${measured}, with files that were set aside for measuring.`),
      el("fieldset", {}, el("legend", {}, "Which files"), el("div", { class: "choices" }, ...choices)),
      this.numbers,
      limits.length ? el("section", { class: "block" }, el("h2", {}, "What these numbers do not tell"), el("ul", {}, ...limits.map((text) => el("li", {}, text)))) : "");
    if (names.length) this.draw(found[names[0]]);
  }

  /** @param {Measured} found */
  draw(found) {
    this.numbers.replaceChildren(summary(found), labels(found), falseAlarms(found.false_alarms_by_source ?? []), calibration(found));
  }
}

/**
 * @param {Failure} failure
 * @returns {string}
 */
function whyNone(failure) {
  if (failure.reason === "BROKEN_ANSWER") return "The file of measurements that came with this version is damaged.";
  if (failure.status === 404) return "This version has not been measured: it came without a file of measurements. Until it is, take every verdict as a hint and no more.";
  return `The measurements could not be fetched. ${failure.message} ${failure.advice}`;
}

/**
 * @param {import("/assets/words.js").LabelWords} label
 * @returns {HTMLElement}
 */
function meaning(label) {
  return el("li", { "data-label": label.key }, labelIcon(label.key), el("strong", {}, label.word), el("span", { class: "small" }, label.meaning));
}

/**
 * @param {Measured} found
 * @returns {HTMLElement}
 */
function summary(found) {
  const { authentic_items: genuine, manipulated_items: fakes, labels: counts } = found;
  const of = (/** @type {keyof Counts} */ truth, /** @type {string[]} */ keys, /** @type {number} */ all) => percent(all ? keys.reduce((sum, key) => sum + (counts[key]?.[truth] ?? 0), 0) / all : 0);
  const alarm = ["suspicious", "manipulated"];
  const unsure = (counts.inconclusive?.authentic ?? 0) + (counts.inconclusive?.manipulated ?? 0);
  return el("ul", { class: "headline" },
    fact(of("authentic", alarm, genuine), `of ${genuine} genuine files are wrongly called suspicious or manipulated.`),
    fact(of("manipulated", ["authentic"], fakes), `of ${fakes} manipulated files are wrongly called authentic.`),
    fact(of("manipulated", alarm, fakes), "of the manipulated files are found: called suspicious or manipulated."),
    fact(percent(genuine + fakes ? unsure / (genuine + fakes) : 0), "of all files get no verdict: inconclusive."));
}

/**
 * @param {string} number
 * @param {string} sentence
 * @returns {HTMLElement}
 */
function fact(number, sentence) {
  return el("li", {}, el("strong", {}, number), " ", sentence);
}

/**
 * @param {Measured} found
 * @returns {HTMLElement}
 */
function labels({ authentic_items: genuine, manipulated_items: fakes, labels: counts }) {
  const rows = [...allLabels()].map(({ key, word }) => {
    const { authentic = 0, manipulated = 0 } = counts[key] ?? {};
    return el("tr", { "data-label": key }, el("th", { scope: "row" }, word), share(authentic, genuine), share(manipulated, fakes));
  });
  return section("What files of either kind were called",
    table(["Label", `Genuine files (${genuine})`, `Manipulated files (${fakes})`], rows));
}

/**
 * @param {number} count
 * @param {number} all
 * @returns {HTMLElement}
 */
function share(count, all) {
  const bar = el("span", { class: "share-fill" });
  bar.style.width = `${all ? (100 * count) / all : 0}%`;
  return el("td", {}, `${percent(all ? count / all : 0)} (${count})`, el("span", { class: "share", "aria-hidden": "true" }, bar));
}

/**
 * @param {FalseAlarms[]} sources
 * @returns {HTMLElement | string}
 */
function falseAlarms(sources) {
  if (!sources.length) return "";
  const rows = [...sources].sort((a, b) => b.items - a.items).map(({ source, items, suspicious_or_worse: wrong, high }) => el("tr", {},
    el("th", { scope: "row" }, source.replaceAll("_", " ")), el("td", {}, items), el("td", {}, percent(wrong)), el("td", {}, percent(high))));
  return section("False alarms by where genuine files come from",
    table(["Source", "Genuine files", "Called suspicious or worse", "At most (95% sure)"], rows),
    el("p", { class: "small" }, "Few files prove little: where the last column is high, we do not know."));
}

/**
 * @param {Measured} found
 * @returns {HTMLElement}
 */
function calibration({ auc, ece, reliability: bins = [] }) {
  return section("Does a stated risk mean what it says?",
    ece ? el("p", {}, `On average the stated risk lies ${points(ece.value)} away from what was true (expected calibration error${interval(ece, points)}).`) : "",
    auc ? el("p", {}, `Of a genuine and a manipulated file picked at random, the manipulated one gets the higher risk in ${percent(auc.value)} of cases (AUC${interval(auc, percent)}).`) : "",
    bins.length ? reliability(bins) : "");
}

/** @param {number} share @returns {string} */
function points(share) {
  return `${(100 * share).toFixed(1)} percentage points`;
}

/**
 * @param {Estimate} estimate
 * @param {(share: number) => string} words
 * @returns {string}
 */
function interval({ low, high }, words) {
  return low === undefined || high === undefined ? "" : `; 95% sure between ${words(low)} and ${words(high)}`;
}

/**
 * @param {string} title
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
function section(title, ...children) {
  return el("section", { class: "block" }, el("h2", {}, title), ...children);
}

/**
 * @param {string[]} head
 * @param {HTMLElement[]} rows
 * @returns {HTMLElement}
 */
function table(head, rows) {
  const columns = el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)));
  return el("table", { class: "tags measured-table" }, el("thead", {}, columns), el("tbody", {}, ...rows));
}
