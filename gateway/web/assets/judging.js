/** From a file to its verdict, and from work that is under way to its end. */

import { chosenDepth } from "/assets/depth.js";
import { byId } from "/assets/dom.js";
import { Failure } from "/assets/failures.js";
import { chosenKeeping, NOTHING } from "/assets/keeping.js";
import { Operations } from "/assets/operations.js";
import { LOOK_MS, pause } from "/assets/patience.js";
import { Pursuit } from "/assets/pursuit.js";
import { isUnderWay } from "/assets/states.js";
import { newRequestId, Upload } from "/assets/upload.js";
import { Waiting } from "/assets/waiting.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {{requestId: string, depth: string, language: string, keeping: string}} Wishes */
/** @typedef {{pursuit: Pursuit, upload?: Upload, wishes?: Wishes}} Work */

export const STOPPED = "Cancelled: the work was stopped, and there is no verdict. The file itself is kept until its time ends; you can delete it in the history.";
const NEVER_BEGUN = "Cancelled. There is no verdict, and nothing was kept.";
/** The server takes a file in before there is work on it, and what it is about to write it writes. */
const NOT_AT_WORK = "Cancelled: no work on the file was found that could be stopped. The file may have been stored; its time ends as that of others does.";

export class Judging {
  /**
   * @param {import("/assets/frame.js").Frame} frame
   * @param {import("/assets/preferences.js").Preferences} preferences
   * @param {(analysis: Analysis, file: File, others: number) => void} onJudged
   */
  constructor(frame, preferences, onJudged) {
    this.frame = frame;
    this.preferences = preferences;
    this.onJudged = onJudged;
    this.operations = new Operations(frame.api);
    this.waiting = new Waiting((message) => frame.stage.announce(message));
    /** @type {Work | undefined} What is under way. */
    this.work = undefined;
    byId("cancel").addEventListener("click", () => this.cancel());
  }

  /**
   * @param {File} file
   * @param {number} others Files handed in with it, which are left alone.
   * @param {Wishes} [wishes] Kept for another attempt.
   */
  async judge(file, others, wishes = this.wishes()) {
    const { access, api, attempts, stage } = this.frame;
    const pursuit = this.pursuit();
    const upload = new Upload(file, wishes, {
      onSent: (share) => this.sent(pursuit, wishes, share),
      onStep: (step) => pursuit.seen(step),
    });
    this.leave();
    this.work = { pursuit, upload, wishes };
    stage.show("busy", "Examining the file");
    this.waiting.begin(file, wishes.keeping !== NOTHING);
    await attempts.run(async () => {
      await access.prove();
      const analysis = await pursuit.answer(() => upload.send(api.session.token)).catch(unlessCancelled(pursuit));
      return analysis ? () => this.onJudged(analysis, file, others) : () => this.toStart(STOPPED);
    }, (failure) => this.judge(file, others, failure.spendsRequest ? { ...wishes, requestId: newRequestId() } : wishes));
  }

  /**
   * An analysis by its name; one that is under way when it has ended.
   * @param {string} name "analyses/{id}"
   * @returns {Promise<Analysis | undefined>} Undefined when the reader cancelled it. Rejects with a Failure.
   */
  async fetch(name) {
    const fetched = () => this.frame.access.withToken(() => this.frame.api.getAnalysis(name));
    const pursuit = this.pursuit();
    this.work = { pursuit };
    const analysis = await fetched();
    if (!isUnderWay(analysis)) return analysis;
    if (this.work?.pursuit === pursuit) this.waiting.resume(analysis);
    pursuit.seen(analysis);
    return pursuit.answer(fetched).catch(unlessCancelled(pursuit)).catch((failure) => {
      // It ended without a verdict: how, the analysis itself tells, today and later.
      if (failure.isLoss || pursuit.abortion.signal.aborted) throw failure;
      return fetched();
    });
  }

  /** @param {string} what Is fetched. */
  open(what) {
    this.frame.stage.show("busy", what);
    this.waiting.opening(what);
  }

  /** @returns {Pursuit} Whose steps are shown for as long as it is what is under way. */
  pursuit() {
    const shown = (/** @type {() => void} */ draw) => {
      if (this.work?.pursuit === pursuit) draw();
    };
    const pursuit = new Pursuit(this.operations, this.frame.access, {
      onStep: (step) => shown(() => this.stepped(step)),
      onLost: () => shown(() => this.waiting.lost()),
    });
    return pursuit;
  }

  /** @param {Analysis} step From its name on the work can be found again, also after the page was loaded anew. */
  stepped(step) {
    if (step.name) this.frame.router.put(`#/${step.name}`);
    this.waiting.examined(step);
  }

  /**
   * @param {Pursuit} pursuit
   * @param {Wishes} wishes
   * @param {number} share
   */
  sent(pursuit, wishes, share) {
    if (this.work?.pursuit !== pursuit || pursuit.isCancelled) return;
    this.waiting.sent(share);
    if (share >= 1 && wishes.keeping !== NOTHING) this.look(pursuit, wishes.requestId);
  }

  /**
   * Of a photo the server tells the end alone; how far it is, is asked for.
   * @param {Pursuit} pursuit
   * @param {string} requestId
   */
  async look(pursuit, requestId) {
    if (pursuit.isLooking) return;
    pursuit.isLooking = true;
    for (await pause(LOOK_MS); this.work?.pursuit === pursuit && !pursuit.hasEnded; await pause(LOOK_MS)) {
      const step = await this.operations.find(requestId).catch(nothing);
      if (step && !pursuit.hasEnded) pursuit.seen(step);
    }
  }

  /** @returns {Wishes} */
  wishes() {
    return { requestId: newRequestId(), depth: chosenDepth(), language: this.preferences.get("language"), keeping: chosenKeeping() };
  }

  /** The reader goes elsewhere; what the server has begun goes on. */
  leave() {
    this.frame.attempts.drop();
    this.work?.pursuit.stop();
    this.work?.upload?.cancel();
    this.work = undefined;
  }

  /** Ends the work itself, and tells so when the server says that it has ended. */
  async cancel() {
    const { work } = this;
    if (!work) return;
    if (work.wishes?.keeping === NOTHING || (work.upload && !work.upload.hasArrived)) return this.toStart(NEVER_BEGUN);
    this.waiting.cancelling();
    try {
      await this.frame.access.withToken(() => this.end(work));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      work.pursuit.isCancelled = false;
      if (this.work === work) this.waiting.notCancelled(`${error.message} ${error.advice}`);
    }
  }

  /** @param {Work} work */
  async end({ pursuit, wishes }) {
    pursuit.isCancelled = true;
    const name = pursuit.name || (wishes && (await this.operations.find(wishes.requestId))?.name);
    if (name) await this.operations.cancel(name);
    else if (!pursuit.hasEnded) this.toStart(NOT_AT_WORK);
  }

  /** @param {string} sentence */
  toStart(sentence) {
    this.leave();
    const notice = byId("start-notice");
    notice.textContent = sentence;
    notice.hidden = false;
    this.frame.router.put("#/");
    this.frame.stage.show("start");
    this.frame.stage.announce(sentence);
  }
}

/**
 * @param {Pursuit} pursuit
 * @returns {(failure: Failure) => undefined} Rejects again, unless it is the end that the reader wanted.
 */
function unlessCancelled(pursuit) {
  return (failure) => {
    if (!(pursuit.isCancelled && failure.reason === "CANCELLED")) throw failure;
  };
}

/**
 * How far it is, is a convenience: without it the answer comes all the same.
 * @param {unknown} error
 */
function nothing(error) {
  if (!(error instanceof Failure)) throw error;
}
