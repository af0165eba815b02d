/** From a file to its verdict. */

import { byId } from "/assets/dom.js";
import { chosenDepth } from "/assets/depth.js";
import { newRequestId, Upload } from "/assets/upload.js";
import { Waiting } from "/assets/waiting.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {{requestId: string, depth: string, language: string}} Wishes */

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
    this.waiting = new Waiting((message) => frame.stage.announce(message));
    /** @type {Upload | undefined} */
    this.upload = undefined;
    byId("cancel").addEventListener("click", () => this.cancel());
  }

  /**
   * @param {File} file
   * @param {number} others Files handed in with it, which are left alone.
   * @param {Wishes} [wishes] Kept for another attempt.
   */
  async judge(file, others, wishes = this.wishes()) {
    const { access, attempts, stage } = this.frame;
    stage.show("busy", "Examining the file");
    this.waiting.begin(file);
    await attempts.run(async () => {
      await access.prove();
      const upload = new Upload(file, wishes, {
        onSent: (share) => this.waiting.sent(share),
        onStep: (step) => this.waiting.examined(step),
      });
      this.upload = upload;
      const analysis = await access.withToken(() => upload.send(this.frame.api.session.token));
      return () => this.onJudged(analysis, file, others);
    }, () => this.judge(file, others, wishes));
  }

  /** @param {string} what Is fetched. */
  open(what) {
    this.frame.stage.show("busy", what);
    this.waiting.opening(what);
  }

  /** @returns {Wishes} */
  wishes() {
    return { requestId: newRequestId(), depth: chosenDepth(), language: this.preferences.get("language") };
  }

  /** Ends what is under way: the reader goes elsewhere. */
  leave() {
    this.frame.attempts.drop();
    this.upload?.cancel();
    this.upload = undefined;
  }

  cancel() {
    this.leave();
    const notice = byId("start-notice");
    notice.textContent = "Cancelled. No verdict was fetched.";
    notice.hidden = false;
    this.frame.router.put("#/");
    this.frame.stage.show("start");
    this.frame.stage.announce(notice.textContent);
  }
}
