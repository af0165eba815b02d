/** What was handed in, with what was found in it: a photo with its places, or a video with its timeline. */

import { Picture } from "/assets/picture.js";
import { Video } from "/assets/video.js";

export class MediaView {
  /**
   * @param {HTMLElement} root
   * @param {(name: string) => Promise<Blob>} loadMap
   */
  constructor(root, loadMap) {
    this.picture = new Picture(root, loadMap);
    this.video = new Video(root);
  }

  /**
   * @param {import("/assets/types.js").Analysis} analysis
   * @param {File | undefined} file Absent when the page no longer has it.
   */
  show(analysis, file) {
    this.video.clear();
    this.picture.clear();
    if (analysis.info?.kind === "MEDIA_KIND_VIDEO") this.video.show(analysis, file);
    else this.picture.show(analysis, file);
  }
}
