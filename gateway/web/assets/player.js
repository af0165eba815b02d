/** The player: the browser's own, with the time reported as often as the picture changes. */

import { el } from "/assets/dom.js";

export class Player {
  /**
   * @param {string} url Of the video.
   * @param {(timeS: number) => void} onTime
   * @param {() => void} onUnplayable
   */
  constructor(url, onTime, onUnplayable) {
    this.element = /** @type {HTMLVideoElement} */ (el("video", { class: "player", controls: true, playsinline: true, preload: "auto", src: url, "aria-label": "The video handed in" }));
    this.onTime = onTime;
    this.stopped = false;
    this.element.addEventListener("error", () => {
      if (!this.stopped) onUnplayable();
    });
    for (const moved of ["timeupdate", "seeking", "seeked", "loadeddata"]) this.element.addEventListener(moved, () => this.report());
    this.element.addEventListener("play", () => this.follow());
  }

  /** @param {number} timeS */
  jump(timeS) {
    this.element.currentTime = timeS;
  }

  /** Reports every frame while playing; `timeupdate` alone comes four times a second, and boxes would lag behind faces. */
  follow() {
    this.report();
    if (!this.element.paused && !this.stopped) requestAnimationFrame(() => this.follow());
  }

  report() {
    if (!this.stopped) this.onTime(this.element.currentTime);
  }

  stop() {
    this.stopped = true;
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
  }
}
