/** What was handed in, with what was found in it: a photo with its places, or a video or a recording with its timeline. */

import { Picture } from "/assets/picture.js";
import { Playback } from "/assets/playback.js";

const PLAYED = ["MEDIA_KIND_VIDEO", "MEDIA_KIND_AUDIO"];

export class MediaView {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.picture = new Picture(root);
    /** @type {Playback | undefined} */
    this.playback = undefined;
  }

  /**
   * @param {import("/assets/types.js").Analysis} analysis
   * @param {File | undefined} file Absent when the page no longer has it.
   * @param {import("/assets/sources.js").Source} source
   */
  show(analysis, file, source) {
    this.clear();
    if (!PLAYED.includes(analysis.info?.kind ?? "")) return this.picture.show(analysis, file, source);
    this.playback = new Playback(this.root, analysis);
    this.playback.show(file, source);
  }

  clear() {
    this.playback?.stop();
    this.playback = undefined;
    this.picture.clear();
  }
}
