/** What is shown while a file is sent and judged. */

import { byId, el } from "/assets/dom.js";
import { bytes } from "/assets/format.js";
import { detectorName, detectorState } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/types.js").DetectorProgress} DetectorProgress */

export class Waiting {
  /** @param {(message: string) => void} announce */
  constructor(announce) {
    this.announce = announce;
    this.bar = /** @type {HTMLProgressElement} */ (byId("busy-bar"));
    this.step = byId("busy-step");
    this.detectors = byId("busy-detectors");
    this.said = "";
  }

  /** @param {File} file */
  begin(file) {
    byId("busy-file").textContent = `${file.name} (${bytes(file.size) || "0 bytes"})`;
    this.detectors.replaceChildren();
    this.said = "";
    this.sent(0);
  }

  /** @param {string} text */
  opening(text) {
    byId("busy-file").textContent = text;
    this.detectors.replaceChildren();
    this.bar.removeAttribute("value");
    this.say("Fetching the analysis.");
  }

  /** @param {number} share Of the file, [0, 1]. */
  sent(share) {
    if (share < 1) {
      this.bar.value = Math.round(share * 100);
      this.say("Sending the file.", `${Math.round(share * 100)}% sent`);
    } else {
      this.bar.removeAttribute("value");
      this.say("The file has arrived. The detectors are at work.");
    }
  }

  /** @param {Analysis} analysis */
  examined(analysis) {
    const progress = analysis.progress ?? [];
    if (analysis.verdict || !progress.length) return;
    const ended = progress.filter((each) => ["DETECTOR_STATE_DONE", "DETECTOR_STATE_FAILED"].includes(each.state ?? ""));
    const shares = progress.map((each) => (ended.includes(each) ? 1 : (each.doneShare ?? 0)));
    this.bar.value = Math.round((100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length);
    this.detectors.replaceChildren(...progress.map((each) => el("li", { "data-state": each.state }, `${detectorName(each.detector)}: ${state(each)}`)));
    this.say(`${ended.length} of ${progress.length} detectors have answered.`);
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
