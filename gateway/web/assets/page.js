/** The composition root of the page: its parts, and what leads from one to the next. */

import { Access } from "/assets/access.js";
import { Accuracy } from "/assets/accuracy.js";
import { Api } from "/assets/api.js";
import { Attempts } from "/assets/attempts.js";
import { Compare } from "/assets/compare.js";
import { DeleteDialog } from "/assets/delete_dialog.js";
import { byId, el } from "/assets/dom.js";
import { takeFiles } from "/assets/drop.js";
import { Failure } from "/assets/failures.js";
import { History } from "/assets/history.js";
import { labelIcon } from "/assets/icons.js";
import { Judging, STOPPED } from "/assets/judging.js";
import { offerKeeping } from "/assets/keeping.js";
import { Preferences } from "/assets/preferences.js";
import { Recent } from "/assets/recent.js";
import { Result } from "/assets/result.js";
import { Router } from "/assets/router.js";
import { Session } from "/assets/session.js";
import { Settings } from "/assets/settings.js";
import { ShareDialog } from "/assets/share_dialog.js";
import { getShared } from "/assets/sources.js";
import { Stage } from "/assets/stage.js";
import { TokenDialog } from "/assets/token_dialog.js";
import { isUnkept, notKept } from "/assets/unkept.js";
import { allLabels } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

class Page {
  constructor() {
    offerKeeping();
    this.session = new Session(sessionStorage, (isSet) => Access.tell(isSet));
    this.preferences = new Preferences(localStorage);
    const api = new Api(this.session);
    const stage = new Stage((state) => this.onShow(state));
    const router = new Router({
      start: () => this.start(),
      analysis: (id) => this.open(`analyses/${id}`),
      unkept: () => this.visit(() => this.openUnkept()),
      history: () => this.visit(() => this.history.show()),
      compare: (a, b) => this.visit(() => this.compare.show(a, b)),
      shared: (secret) => this.openShared(secret),
      settings: () => this.visit(() => this.settings.show()),
      accuracy: () => this.visit(() => this.accuracy.show()),
      nowhere: () => this.visit(() => this.frame.attempts.tell(new Failure("NOWHERE", "This address leads nowhere."))),
    });
    /** @type {import("/assets/frame.js").Frame} */
    this.frame = { api, stage, router, access: new Access(api, new TokenDialog(this.session)), attempts: new Attempts(stage) };
    this.judging = new Judging(this.frame, this.preferences, (analysis, file, others) => this.onJudged(analysis, file, others));
    this.result = new Result(this.frame);
    this.recent = new Recent(api, (analysis) => router.go(`#/${analysis.name}`));
    this.deleteDialog = new DeleteDialog(this.frame);
    this.shareDialog = new ShareDialog(this.frame);
    this.history = new History(this.frame, this.deleteDialog);
    this.compare = new Compare(this.frame);
    this.settings = new Settings(this.preferences, this.session, this.frame);
    this.accuracy = new Accuracy(stage);
    /** @type {Map<string, File>} Files of this visit, by name of their analysis. */
    this.files = new Map();
    /** @type {{analysis: Analysis, file: File} | undefined} The last answer that the server did not keep: it is here and nowhere else. */
    this.unkept = undefined;
  }

  begin() {
    byId("answers-list").append(...allLabels().map(answer));
    this.session.takeFromAddress();
    this.session.onChange(this.session.token !== "");
    takeFiles((file, others) => this.judging.judge(file, others), () => byId("busy").hidden && !document.querySelector("dialog[open]"));
    byId("token-button").addEventListener("click", () => this.changeToken());
    byId("problem-other").addEventListener("click", () => this.restart());
    byId("another").addEventListener("click", () => this.restart());
    byId("delete").addEventListener("click", () => this.delete());
    byId("share").addEventListener("click", () => this.result.analysis && this.shareDialog.show(this.result.analysis));
    byId("skip").addEventListener("click", skip);
    this.frame.router.begin();
  }

  /** @param {() => void} show A part of the page that leaves no file under way. */
  visit(show) {
    this.judging.leave();
    show();
  }

  start() {
    this.visit(() => this.frame.stage.show("start"));
    this.refreshRecent();
  }

  restart() {
    byId("start-notice").hidden = true;
    this.frame.router.go("#/");
    byId("file").focus();
  }

  /** @param {string} name "analyses/{id}" */
  async open(name) {
    this.judging.leave();
    this.judging.open("An earlier analysis");
    await this.frame.attempts.run(async () => {
      const analysis = await this.judging.fetch(name);
      return analysis ? () => this.result.showOwn(analysis, this.files.get(name), false) : () => this.judging.toStart(STOPPED);
    }, () => this.open(name));
  }

  /** @param {string} secret */
  async openShared(secret) {
    this.judging.leave();
    this.judging.open("An analysis that was shared with you");
    await this.frame.attempts.run(async () => {
      const analysis = await getShared(secret).catch(inPlainWords);
      return () => this.result.showShared(analysis, secret);
    }, () => this.openShared(secret));
  }

  /**
   * @param {Analysis} analysis
   * @param {File} file
   * @param {number} others
   */
  onJudged(analysis, file, others) {
    if (isUnkept(analysis)) this.keepHere(analysis, file);
    else this.showNew(analysis, file);
    if (others) byId("action-note").textContent = "Only the first of the files was judged: one at a time, please.";
  }

  /**
   * @param {Analysis} analysis
   * @param {File} file
   */
  showNew(analysis, file) {
    this.files.set(analysis.name, file);
    this.frame.router.put(`#/${analysis.name}`);
    this.result.showOwn(analysis, file, true);
  }

  /**
   * @param {Analysis} analysis
   * @param {File} file
   */
  keepHere(analysis, file) {
    this.unkept = { analysis, file };
    this.frame.router.put("#/not-kept");
    this.openUnkept();
  }

  openUnkept() {
    if (this.unkept) this.result.showUnkept(this.unkept.analysis, this.unkept.file);
    else this.frame.attempts.tell(notKept());
  }

  async delete() {
    const { analysis } = this.result;
    const deletion = analysis && (await this.deleteDialog.ask(analysis));
    if (!deletion) return;
    this.history.keepReceipt(deletion);
    this.frame.router.go("#/history");
  }

  async changeToken() {
    if (await this.frame.access.change()) this.frame.router.follow();
  }

  /** The list is a convenience: without it everything else works, so its failure is not shown. */
  async refreshRecent() {
    try {
      await this.recent.refresh();
      this.frame.access.tokenWorks = true;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.recent.forget();
    }
  }

  /** @param {import("/assets/stage.js").State} state */
  onShow(state) {
    this.recent.show(state === "start");
    if (state !== "result") this.result.clear();
    if (state !== "compare") this.compare.clear();
  }
}

/**
 * @param {unknown} failure
 * @returns {never}
 */
function inPlainWords(failure) {
  if (failure instanceof Failure && failure.reason === "NOT_FOUND") {
    throw new Failure("LINK_ENDED", "This link has ended.", failure.status);
  }
  if (failure instanceof Failure && failure.status === 400) throw new Failure("LINK_CUT", "This link is not whole.", failure.status);
  throw failure;
}

/**
 * The address stays as it is: what stands behind its `#` names what is shown.
 * @param {Event} event
 */
function skip(event) {
  event.preventDefault();
  byId("main").focus();
}

/**
 * @param {import("/assets/words.js").LabelWords} label
 * @returns {HTMLElement} A line of the key to the answers.
 */
function answer(label) {
  return el("li", { "data-label": label.key }, labelIcon(label.key), el("strong", {}, label.word), el("span", { class: "small" }, label.meaning));
}

new Page().begin();
