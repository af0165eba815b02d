/** One analysis: its verdict, its media, its signals, and what its owner may do with it. */

import { byId, el } from "/assets/dom.js";
import { Failure } from "/assets/failures.js";
import { Feedback } from "/assets/feedback.js";
import { MediaView } from "/assets/media_view.js";
import { showMetadata } from "/assets/metadata.js";
import { showReplay } from "/assets/replay.js";
import { save } from "/assets/saving.js";
import { showSignals } from "/assets/signals.js";
import { ownSource, sharedSource } from "/assets/sources.js";
import { showVerdict, verdictInOneSentence } from "/assets/verdict.js";
import { labelOf } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/sources.js").Source} Source */

/** @type {Record<string, string>} */
const ENDINGS = { REPORT_FORMAT_PDF: "pdf", REPORT_FORMAT_HTML: "html", REPORT_FORMAT_JSON: "json" };
/** What only the owner may do. */
const OWN = ["share", "delete", "feedback", "another"];

export class Result {
  /** @param {import("/assets/frame.js").Frame} frame */
  constructor(frame) {
    this.frame = frame;
    this.view = new MediaView(byId("picture"));
    this.feedback = new Feedback(byId("feedback"), frame);
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
    this.feedback.show(analysis, isNew);
  }

  /**
   * @param {Analysis} analysis
   * @param {string} secret Of the link.
   */
  showShared(analysis, secret) {
    this.show(analysis, undefined, sharedSource(secret));
    for (const id of OWN) byId(id).hidden = true;
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
    for (const id of OWN) byId(id).hidden = false;
    byId("shared-banner").hidden = true;
    this.view.show(analysis, file, source);
    if (analysis.verdict) showVerdict(byId("verdict"), analysis.verdict);
    else byId("verdict").replaceChildren(unfinished());
    showSignals(byId("signals"), analysis);
    showMetadata(byId("metadata"), analysis.metadata);
    showReplay(byId("replay"), analysis);
    this.frame.stage.show("result", `${labelOf(analysis.verdict?.label).word}: ${analysis.displayName || "a file"}`);
    if (analysis.verdict) this.frame.stage.announce(verdictInOneSentence(analysis.verdict));
  }

  clear() {
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

/** @returns {HTMLElement} What stands where there is no verdict. */
function unfinished() {
  return el("div", { class: "verdict", "data-label": "inconclusive" },
    el("h1", { id: "verdict-title", tabindex: "-1" }, "No verdict"),
    el("p", {}, "This analysis is under way or ended without a verdict. Look again in a minute, or hand in the file once more."));
}
