/** The player: the browser's own, with the time reported as often as the picture changes, and able to play one stretch alone. */

import { el } from "/assets/dom.js";

/** @typedef {import("/assets/times.js").Range} Range */
/**
 * @typedef {object} Listener
 * @property {(timeS: number) => void} onTime
 * @property {() => void} onStretchEnd The stretch was heard, or the reader went elsewhere.
 * @property {() => void} onUnplayable
 */

/** Where a player lands beside the moment it was sent to. */
const SLACK_S = 0.1;

export class Player {
  /**
   * @param {string} url
   * @param {boolean} isRecording Sound alone.
   * @param {Listener} listener
   */
  constructor(url, isRecording, listener) {
    const shared = { controls: true, preload: "auto", src: url };
    this.element = /** @type {HTMLMediaElement} */ (isRecording
      ? el("audio", { class: "player player-sound", "aria-label": "The recording handed in", ...shared })
      : el("video", { class: "player", playsinline: true, "aria-label": "The video handed in", ...shared }));
    this.listener = listener;
    this.stopped = false;
    /** @type {Range | undefined} Played alone. */
    this.stretch = undefined;
    this.element.addEventListener("error", () => {
      if (!this.stopped) listener.onUnplayable();
    });
    this.element.addEventListener("seeking", () => this.leaveWhenElsewhere());
    for (const moved of ["timeupdate", "seeking", "seeked", "loadeddata"]) this.element.addEventListener(moved, () => this.report());
    this.element.addEventListener("play", () => this.follow());
    for (const over of ["pause", "ended"]) this.element.addEventListener(over, () => this.leaveStretch());
  }

  /** @param {number} timeS */
  jump(timeS) {
    this.leaveStretch();
    this.element.currentTime = timeS;
  }

  /** @param {Range} stretch Played from its start to its end. */
  async listen(stretch) {
    this.stretch = undefined;
    this.element.currentTime = stretch.startS;
    this.stretch = stretch;
    try {
      await this.element.play();
    } catch (error) {
      // Paused before it began, or not playable, which the element's own event tells.
      if (!(error instanceof DOMException)) throw error;
      this.leaveStretch();
    }
  }

  pause() {
    this.element.pause();
  }

  /** Reports every frame while playing; `timeupdate` alone comes four times a second, and boxes would lag behind faces. */
  follow() {
    this.report();
    if (!this.element.paused && !this.stopped) requestAnimationFrame(() => this.follow());
  }

  report() {
    if (this.stopped) return;
    const timeS = this.element.currentTime;
    this.listener.onTime(timeS);
    if (this.stretch && !this.element.seeking && timeS >= this.stretch.endS) this.element.pause();
  }

  /** Who moves the player away while a stretch is played wants to hear on from there. */
  leaveWhenElsewhere() {
    const timeS = this.element.currentTime;
    if (this.stretch && (timeS < this.stretch.startS - SLACK_S || timeS >= this.stretch.endS)) this.leaveStretch();
  }

  leaveStretch() {
    if (!this.stretch) return;
    this.stretch = undefined;
    this.listener.onStretchEnd();
  }

  stop() {
    this.stopped = true;
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
  }
}
