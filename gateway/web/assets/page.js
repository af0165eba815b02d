/** The composition root of the page: which state is shown, and what leads from one to the next. */

import { Api } from "/assets/api.js";
import { chosenDepth } from "/assets/depth.js";
import { byId, el } from "/assets/dom.js";
import { takeFiles } from "/assets/drop.js";
import { Failure } from "/assets/failures.js";
import { labelIcon } from "/assets/icons.js";
import { MediaView } from "/assets/media_view.js";
import { showMetadata } from "/assets/metadata.js";
import { Recent } from "/assets/recent.js";
import { showReplay } from "/assets/replay.js";
import { Session } from "/assets/session.js";
import { showSignals } from "/assets/signals.js";
import { TokenDialog } from "/assets/token_dialog.js";
import { newRequestId, Upload } from "/assets/upload.js";
import { showVerdict, verdictInOneSentence } from "/assets/verdict.js";
import { Waiting } from "/assets/waiting.js";
import { allLabels, labelOf } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

const STATES = { start: "start-title", busy: "busy-title", problem: "problem-title", result: "verdict-title" };
const ANALYSIS_ADDRESS = /^#(analyses\/[a-z0-9]+)$/;

class Page {
  constructor() {
    this.session = new Session(sessionStorage, (isSet) => (byId("token-button").textContent = isSet ? "Change token" : "Enter token"));
    this.api = new Api(this.session);
    this.dialog = new TokenDialog(this.session);
    this.waiting = new Waiting((message) => this.announce(message));
    const download = (/** @type {string} */ name, /** @type {AbortSignal} */ signal) => this.withToken(() => this.api.download(name, signal));
    this.view = new MediaView(byId("picture"), (name) => this.api.getFile(name), download);
    this.recent = new Recent(this.api, (analysis) => this.open(analysis.name));
    /** @type {Map<string, File>} Files of this visit, by name of their analysis. */
    this.files = new Map();
    this.tokenWorks = false;
    /** Counts what the reader asked for; an answer to something asked earlier is not shown. */
    this.turn = 0;
    /** @type {Upload | undefined} */
    this.upload = undefined;
    /** @type {Analysis | undefined} */
    this.analysis = undefined;
    this.again = () => this.restart();
  }

  begin() {
    byId("answers-list").append(...allLabels().map(answer));
    this.session.takeFromAddress();
    this.session.onChange(this.session.token !== "");
    takeFiles((file, others) => this.judge(file, others), () => byId("busy").hidden && !this.dialog.dialog.open);
    byId("cancel").addEventListener("click", () => this.cancel());
    byId("token-button").addEventListener("click", () => this.changeToken());
    byId("problem-again").addEventListener("click", () => this.again());
    byId("problem-other").addEventListener("click", () => this.restart());
    byId("another").addEventListener("click", () => this.restart());
    byId("print").addEventListener("click", () => window.print());
    byId("report").addEventListener("click", () => this.saveReport());
    window.addEventListener("popstate", () => this.followAddress());
    this.followAddress();
    this.refreshRecent();
  }

  /** Shows what the address names: an analysis, or the start. */
  followAddress() {
    const name = ANALYSIS_ADDRESS.exec(location.hash)?.[1];
    if (name) this.open(name);
    else if (!location.hash && !byId("result").hidden) this.show("start");
  }

  /**
   * @param {File} file
   * @param {number} others Files handed in with it, which are left alone.
   * @param {string} [depth] Kept for another attempt, as is the next.
   * @param {string} [requestId]
   */
  async judge(file, others, depth = chosenDepth(), requestId = newRequestId()) {
    this.again = () => this.judge(file, others, depth, requestId);
    this.show("busy");
    this.waiting.begin(file);
    await this.attempt(async () => {
      await this.proveToken();
      const upload = new Upload(file, depth, requestId, {
        onSent: (share) => this.waiting.sent(share),
        onStep: (step) => this.waiting.examined(step),
      });
      this.upload = upload;
      const analysis = await this.withToken(() => upload.send(this.session.token));
      this.files.set(analysis.name, file);
      return () => {
        this.showResult(analysis);
        if (others) byId("action-note").textContent = "Only the first of the files was judged: one at a time, please.";
        this.refreshRecent();
      };
    });
  }

  /** @param {string} name "analyses/{id}" */
  async open(name) {
    this.again = () => this.open(name);
    this.upload?.cancel();
    this.show("busy");
    this.waiting.opening("An earlier analysis");
    await this.attempt(async () => {
      const analysis = await this.withToken(() => this.api.getAnalysis(name));
      return () => this.showResult(analysis);
    });
  }

  /** @param {Analysis} analysis */
  showResult(analysis) {
    this.analysis = analysis;
    if (location.hash !== `#${analysis.name}`) history.pushState(null, "", `#${analysis.name}`);
    byId("action-note").textContent = "";
    this.view.show(analysis, this.files.get(analysis.name));
    if (analysis.verdict) showVerdict(byId("verdict"), analysis.verdict);
    showSignals(byId("signals"), analysis);
    showMetadata(byId("metadata"), analysis.metadata);
    showReplay(byId("replay"), analysis);
    this.show("result");
    if (analysis.verdict) this.announce(verdictInOneSentence(analysis.verdict));
    document.title = `${labelOf(analysis.verdict?.label).word}: ${analysis.displayName || "a file"} – Telltale`;
  }

  /** @param {Failure} failure */
  showProblem(failure) {
    byId("problem-title").textContent = failure.message;
    byId("problem-advice").textContent = failure.advice;
    byId("problem-again").hidden = failure.lastsForThisFile;
    byId("problem-code").textContent = `Code: ${failure.reason}`;
    this.show("problem");
  }

  restart() {
    history.pushState(null, "", location.pathname);
    byId("start-notice").hidden = true;
    this.show("start");
    byId("file").focus();
  }

  async changeToken() {
    if (!(await this.dialog.ask("The token says who you are and what you may do."))) return;
    this.tokenWorks = false;
    await this.refreshRecent();
  }

  async saveReport() {
    const { analysis } = this;
    if (!analysis) return;
    const note = byId("action-note");
    try {
      const report = await this.withToken(() => this.api.getFile(`${analysis.name}/report`));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(report);
      link.download = `telltale-report-${analysis.name.replace("analyses/", "")}.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      note.textContent = "The report was handed to your browser's downloads.";
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      note.textContent = `The report could not be fetched. ${error.message} ${error.advice}`;
    }
  }

  /** The list is a convenience: without it everything else works, so its failure is not shown. */
  async refreshRecent() {
    try {
      await this.recent.refresh();
      this.tokenWorks = true;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.recent.forget();
    }
  }

  /** Asks a small question first: a large file should not travel only to be refused for its token. */
  async proveToken() {
    if (this.tokenWorks) return;
    await this.withToken(() => this.api.listAnalyses(1)).catch((failure) => {
      if (failure.status !== 403) throw failure;
    });
    this.tokenWorks = true;
  }

  /**
   * @template T
   * @param {() => Promise<T>} call
   * @returns {Promise<T>} Its answer, after asking for a token as often as the server wants one.
   */
  async withToken(call) {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof Failure && error.wantsToken && (await this.dialog.ask(error.message)))) throw error;
      }
    }
  }

  /** @param {() => Promise<() => void>} work Ends with what shows its answer. */
  async attempt(work) {
    this.turn += 1;
    const turn = this.turn;
    try {
      const present = await work();
      if (turn === this.turn) present();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (turn === this.turn) this.showProblem(error);
    }
  }

  cancel() {
    this.turn += 1;
    this.upload?.cancel();
    const notice = byId("start-notice");
    notice.textContent = "Cancelled. No verdict was fetched.";
    notice.hidden = false;
    this.show("start");
    this.announce(notice.textContent);
  }

  /** @param {keyof typeof STATES} state */
  show(state) {
    for (const id of Object.keys(STATES)) byId(id).hidden = id !== state;
    this.recent.show(state === "start");
    if (state !== "result") {
      document.title = "Telltale";
      this.view.clear();
    }
    byId(STATES[state]).focus();
    window.scrollTo(0, 0);
  }

  /** @param {string} message */
  announce(message) {
    byId("announcer").textContent = message;
  }
}

/**
 * @param {import("/assets/words.js").LabelWords} label
 * @returns {HTMLElement} A line of the key to the answers.
 */
function answer(label) {
  return el("li", { "data-label": label.key }, labelIcon(label.key), el("strong", {}, label.word), el("span", { class: "small" }, label.meaning));
}

new Page().begin();
