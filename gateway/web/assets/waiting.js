/** What is shown while a file is sent, waits for its turn, and is judged. */

import { byId, el } from "/assets/dom.js";
import { bytes } from "/assets/format.js";
import { isWaiting } from "/assets/states.js";
import { detectorName, detectorState } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/types.js").DetectorProgress} DetectorProgress */

const ON_ITS_OWN = "You may leave this page: the work goes on without it, and the answer will stand in the history.";
const WITH_THE_PAGE = "Nothing of it is kept. If you leave this page, the work ends and there is no answer.";

export class Waiting {
  /** @param {(message: string) => void} announce */
  constructor(announce) {
    this.announce = announce;
    this.bar = /** @type {HTMLProgressElement} */ (byId("busy-bar"));
    this.step = byId("busy-step");
    this.detectors = byId("busy-detectors");
    this.note = byId("busy-note");
    this.stop = /** @type {HTMLButtonElement} */ (byId("cancel"));
    this.said = "";
  }

  /**
   * @param {File} file
   * @param {boolean} isKept Whether the server keeps anything, so that the work goes on without the page.
   */
  begin(file, isKept) {
    this.reset(`${file.name} (${bytes(file.size) || "0 bytes"})`, isKept);
    this.sent(0);
  }

  /** @param {string} text */
  opening(text) {
    this.reset(text, true);
    this.bar.removeAttribute("value");
    this.stop.hidden = true;
    this.say("Fetching the analysis.");
  }

  /** @param {Analysis} analysis One that is under way. */
  resume(analysis) {
    this.reset(analysis.displayName || "Unnamed file", true);
    this.bar.removeAttribute("value");
  }

  /**
   * @param {string} title
   * @param {boolean} isKept
   */
  reset(title, isKept) {
    byId("busy-file").textContent = title;
    this.detectors.replaceChildren();
    this.note.textContent = isKept ? "" : WITH_THE_PAGE;
    this.said = "";
    this.bar.hidden = false;
    this.stop.hidden = false;
    this.stop.disabled = false;
  }

  /** @param {number} share Of the file, [0, 1]. */
  sent(share) {
    if (share < 1) {
      this.bar.value = Math.round(share * 100);
      this.say("Sending the file.", `${Math.round(share * 100)}% sent`);
    } else {
      this.bar.removeAttribute("value");
      this.say("The file has arrived. It is examined as soon as its turn comes.");
    }
  }

  /** @param {Analysis} analysis With a name it is on record, and not before. */
  examined(analysis) {
    if (analysis.name) this.note.textContent = ON_ITS_OWN;
    const progress = analysis.progress ?? [];
    if (this.stop.disabled || analysis.verdict) return;
    this.bar.hidden = isWaiting(analysis);
    if (isWaiting(analysis)) return this.say("It is waiting for its turn: others are being examined.");
    if (!progress.length) return this.say("The detectors are at work.");
    const ended = progress.filter((each) => ["DETECTOR_STATE_DONE", "DETECTOR_STATE_FAILED"].includes(each.state ?? ""));
    const shares = progress.map((each) => (ended.includes(each) ? 1 : (each.doneShare ?? 0)));
    this.bar.value = Math.round((100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length);
    this.detectors.replaceChildren(...progress.map((each) => el("li", { "data-state": each.state }, `${detectorName(each.detector)}: ${state(each)}`)));
    return this.say(`${ended.length} of ${progress.length} detectors have answered.`);
  }

  lost() {
    this.bar.hidden = true;
    this.say("The connection was lost. Looking for it again.");
  }

  cancelling() {
    this.stop.disabled = true;
    this.say("Cancelling.");
  }

  /** @param {string} why */
  notCancelled(why) {
    this.stop.disabled = false;
    this.say(`It could not be cancelled. ${why}`);
  }

  /**
   * @param {string} sentence Read out once.
   * @param {string} [detail] Shown only: a percentage that is read out again and again hinders.
   */
  say(sentence, detail = "") {
    this.step.textContent = [sentence, detail].filter(Boolean).join(" ");
    if (sentence !== this.said) this.announce(sentence);
    this.said = sentence;
  }
}

/**
 * @param {DetectorProgress} progress
 * @returns {string} E.g. "at work, 40% done".
 */
function state(progress) {
  const isUnderWay = progress.state === "DETECTOR_STATE_RUNNING" && progress.doneShare;
  return detectorState(progress.state) + (isUnderWay ? `, ${Math.floor(100 * (progress.doneShare ?? 0))}% done` : "");
}
