/** Two analyses side by side: media, verdicts, signals, and what they were judged by. */

import { byId, el } from "/assets/dom.js";
import { differences, signalTable } from "/assets/compare_tables.js";
import { labelIcon } from "/assets/icons.js";
import { PlainMedia } from "/assets/plain_media.js";
import { ownSource } from "/assets/sources.js";
import { confidenceInWords, riskScale } from "/assets/verdict.js";
import { doubtInWords, labelOf } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

const LETTERS = ["A", "B"];

export class Compare {
  /** @param {import("/assets/frame.js").Frame} frame */
  constructor(frame) {
    this.frame = frame;
    this.body = byId("compare-body");
    /** @type {PlainMedia[]} */
    this.media = [];
  }

  /**
   * @param {string} a Identifier of an analysis.
   * @param {string} b
   */
  async show(a, b) {
    const { access, api, attempts, stage } = this.frame;
    this.clear();
    this.body.replaceChildren(el("p", {}, "Fetching both analyses."));
    stage.show("compare", "Two analyses compared");
    await attempts.run(async () => {
      const first = await access.withToken(() => api.getAnalysis(`analyses/${a}`));
      const second = await access.withToken(() => api.getAnalysis(`analyses/${b}`));
      return () => this.present([first, second]);
    }, () => this.show(a, b));
  }

  clear() {
    this.media.forEach((each) => each.stop());
    this.media = [];
    this.body.replaceChildren();
  }

  /** @param {Analysis[]} both */
  present(both) {
    const { access, api, stage } = this.frame;
    this.media = both.map((analysis, index) => new PlainMedia(analysis, LETTERS[index], ownSource(analysis, api, access)));
    this.body.replaceChildren(
      sameness(both),
      el("div", { class: "pair" }, ...both.map((analysis, index) => side(analysis, LETTERS[index], this.media[index].element))),
      signalTable(both),
      differences(both));
    this.media.forEach((each) => each.begin());
    stage.announce(both.map((analysis, index) => `${LETTERS[index]}: ${labelOf(analysis.verdict?.label).word}, risk ${riskOf(analysis)} of 100.`).join(" "));
  }
}

/**
 * @param {Analysis[]} both
 * @returns {HTMLElement}
 */
function sameness([a, b]) {
  const [one, other] = [a.info?.sha256, b.info?.sha256];
  if (!one || !other) return el("p", { class: "notice" }, "Whether these are the same file is not known.");
  if (one === other) return el("p", { class: "notice" }, el("strong", {}, "The same file"), " was judged twice: every byte is alike. What differs lies in the judging.");
  return el("p", { class: "notice" }, el("strong", {}, "Two different files."), " A copy that was saved again is a different file, too, although it looks the same.");
}

/**
 * @param {Analysis} analysis
 * @param {string} letter
 * @param {HTMLElement} media
 * @returns {HTMLElement}
 */
function side(analysis, letter, media) {
  const label = labelOf(analysis.verdict?.label);
  return el("article", { class: "side", "data-label": label.key, "aria-labelledby": `side-${letter}` },
    el("h2", { id: `side-${letter}` }, el("span", { class: "letter" }, letter), " ",
      el("a", { href: `#/${analysis.name}` }, analysis.displayName || "Unnamed file")),
    media,
    analysis.verdict ? verdict(analysis, letter) : el("p", {}, "This analysis has no verdict."));
}

/**
 * @param {Analysis} analysis
 * @param {string} letter
 * @returns {HTMLElement}
 */
function verdict(analysis, letter) {
  const found = /** @type {import("/assets/types.js").Verdict} */ (analysis.verdict);
  const label = labelOf(found.label);
  const doubt = doubtInWords(found.doubt);
  return el("div", { class: "verdict" },
    el("p", { class: "side-label" }, labelIcon(label.key), el("strong", {}, label.word)),
    el("p", { class: "risk-title" }, "Risk of manipulation", el("strong", {}, `${riskOf(analysis)} of 100`)),
    riskScale(Number(riskOf(analysis)), { "aria-label": `Risk of manipulation of ${letter}` }),
    el("p", { class: "small" }, confidenceInWords(found)),
    doubt ? el("p", { class: "small" }, `Reason: ${doubt}`) : "");
}

/**
 * @param {Analysis} analysis
 * @returns {string}
 */
function riskOf(analysis) {
  return (analysis.verdict?.riskScore ?? 0).toFixed(1);
}
