/** One analysis: its verdict, its media, its signals, and what its owner may do with it. */

import { byId, el } from "/assets/dom.js";
import { Failure } from "/assets/failures.js";
import { Feedback } from "/assets/feedback.js";
import { Lifetime } from "/assets/lifetime.js";
import { MediaView } from "/assets/media_view.js";
import { showMetadata } from "/assets/metadata.js";
import { showReplay } from "/assets/replay.js";
import { recalledLine } from "/assets/recalled.js";
import { save } from "/assets/saving.js";
import { showSignals } from "/assets/signals.js";
import { ownSource, sharedSource } from "/assets/sources.js";
import { stateInWords, whyNone } from "/assets/states.js";
import { isUnkept, unkeptSource, withMaps } from "/assets/unkept.js";
import { showVerdict, verdictInOneSentence } from "/assets/verdict.js";
import { labelOf } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/sources.js").Source} Source */

/** @type {Record<string, string>} */
const ENDINGS = { REPORT_FORMAT_PDF: "pdf", REPORT_FORMAT_HTML: "html", REPORT_FORMAT_JSON: "json" };
/** What only the owner may do. */
const OWN = ["share", "delete", "feedback", "another"];
/** What needs an answer that the server keeps, and a verdict. */
const KEPT = ["report-choice", "share", "feedback"];
const BANNERS = ["shared-banner", "unkept-banner"];

export class Result {
  /** @param {import("/assets/frame.js").Frame} frame */
  constructor(frame) {
    this.frame = frame;
    this.view = new MediaView(byId("picture"));
    this.feedback = new Feedback(byId("feedback"), frame);
    this.lifetime = new Lifetime(byId("lifetime"), frame);
    this.note = byId("action-note");
    /** @type {Analysis | undefined} */
    this.analysis = undefined;
    /** @type {Source | undefined} */
    this.source = undefined;
    byId("print").addEventListener("click", () => window.print());
    byId("report").addEventListener("click", () => this.saveReport());
  }

  /**
   * @param {Analysis} analysis
   * @param {File | undefined} file Absent when the page no longer has it.
   * @param {boolean} isNew Whether it was judged just now.
   */
  showOwn(analysis, file, isNew) {
    this.show(analysis, file, ownSource(analysis, this.frame.api, this.frame.access));
    this.lifetime.show(analysis.media);
    if (analysis.verdict) this.feedback.show(analysis, isNew);
    else this.hide(KEPT);
  }

  /**
   * @param {Analysis} analysis Of which the server keeps nothing.
   * @param {File} file
   */
  showUnkept(analysis, file) {
    const complete = withMaps(analysis);
    this.show(complete, file, unkeptSource(complete));
    this.hide([...KEPT, "delete"]);
    byId("unkept-banner").hidden = false;
  }

  /**
   * @param {Analysis} analysis
   * @param {string} secret Of the link.
   */
  showShared(analysis, secret) {
    this.show(analysis, undefined, sharedSource(secret));
    this.hide(OWN);
    byId("shared-banner").hidden = false;
  }

  /**
   * @param {Analysis} analysis
   * @param {File | undefined} file
   * @param {Source} source
   */
  show(analysis, file, source) {
    this.analysis = analysis;
    this.source = source;
    this.note.textContent = "";
    for (const id of [...OWN, ...KEPT]) byId(id).hidden = false;
    this.hide(BANNERS);
    this.lifetime.show();
    this.view.show(analysis, file, source);
    if (analysis.verdict) {
      showVerdict(byId("verdict"), analysis.verdict);
      byId("verdict").append(recalledLine(analysis));
    } else byId("verdict").replaceChildren(unfinished(analysis));
    showSignals(byId("signals"), analysis);
    showMetadata(byId("metadata"), analysis.metadata);
    showReplay(byId("replay"), analysis);
    this.frame.stage.show("result", `${analysis.verdict ? labelOf(analysis.verdict.label).word : stateInWords(analysis)}: ${analysis.displayName || "a file"}`);
    if (analysis.verdict) this.frame.stage.announce(verdictInOneSentence(analysis.verdict));
  }

  /** @param {string[]} ids */
  hide(ids) {
    for (const id of ids) byId(id).hidden = true;
  }

  clear() {
    this.lifetime.show();
    this.view.clear();
  }

  async saveReport() {
    const { analysis, source } = this;
    if (!analysis || !source) return;
    const format = byId("report-format").value;
    this.note.textContent = "The report is being written.";
    try {
      const report = await source.report(format);
      save(report, `telltale-report-${(analysis.name ?? "").replace("analyses/", "") || "shared"}.${ENDINGS[format]}`);
      this.note.textContent = "The report was handed to your browser's downloads.";
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.note.textContent = `The report could not be fetched. ${error.message} ${error.advice}`;
    }
  }
}

/**
 * @param {Analysis} analysis
 * @returns {HTMLElement} What stands where there is no verdict.
 */
function unfinished(analysis) {
  const why = whyNone(analysis);
  return el("div", { class: "verdict", "data-label": "inconclusive" },
    el("h1", { id: "verdict-title", tabindex: "-1" }, el("span", { class: "kicker" }, "No verdict "), stateInWords(analysis)),
    el("p", {}, why ? why.message : "This analysis ended without a verdict."),
    el("p", { class: "small" }, why ? why.advice : "Hand in the file once more."));
}
