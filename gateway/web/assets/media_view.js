/** What was handed in, with what was found in it: a photo with its places, or a video or a recording with its timeline. */

import { Picture } from "/assets/picture.js";
import { Playback } from "/assets/playback.js";

const PLAYED = ["MEDIA_KIND_VIDEO", "MEDIA_KIND_AUDIO"];

export class MediaView {
  /**
   * @param {HTMLElement} root
   * @param {(name: string) => Promise<Blob>} loadMap
   * @param {(name: string, signal: AbortSignal) => Promise<Blob>} loadMedia
   */
  constructor(root, loadMap, loadMedia) {
    this.root = root;
    this.loadMedia = loadMedia;
    this.picture = new Picture(root, loadMap);
    /** @type {Playback | undefined} */
    this.playback = undefined;
  }

  /**
   * @param {import("/assets/types.js").Analysis} analysis
   * @param {File | undefined} file Absent when the page no longer has it.
   */
  show(analysis, file) {
    this.clear();
    if (!PLAYED.includes(analysis.info?.kind ?? "")) return this.picture.show(analysis, file);
    this.playback = new Playback(this.root, analysis);
    this.playback.show(file, this.loadMedia);
  }

  clear() {
    this.playback?.stop();
    this.playback = undefined;
    this.picture.clear();
  }
}
