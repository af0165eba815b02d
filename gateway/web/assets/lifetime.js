/** When a file and what was made of it will be deleted, and whether it was looked at for malware. */

import { Failure } from "/assets/failures.js";
import { dateTime } from "/assets/format.js";

/** @typedef {import("/assets/types.js").Media} Media */

/** @type {Record<string, string>} */
const SCANS = {
  SCAN_STATE_CLEAN: "It was scanned for malware, and nothing was found.",
  SCAN_STATE_UNSCANNED: "It was not scanned for malware here.",
};

export class Lifetime {
  /**
   * @param {HTMLElement} root
   * @param {import("/assets/frame.js").Frame} frame
   */
  constructor(root, frame) {
    this.root = root;
    this.frame = frame;
    this.media = "";
  }

  /** @param {string} [media] "media/{id}"; absent where the server has no file. */
  async show(media = "") {
    this.media = media;
    this.root.textContent = "";
    if (!media) return;
    const sentence = await this.sentenceOn(media);
    if (media === this.media) this.root.textContent = sentence;
  }

  /**
   * @param {string} media
   * @returns {Promise<string>}
   */
  async sentenceOn(media) {
    const { access, api } = this.frame;
    try {
      return inWords(await access.withToken(() => api.getMedia(media)));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.reason === "NOT_FOUND") return "The file has been deleted.";
      return `When the file will be deleted could not be fetched. ${error.message}`;
    }
  }
}

/**
 * @param {Media} media
 * @returns {string}
 */
function inWords({ expireTime, scan }) {
  const end = expireTime ? `The file and this analysis will be deleted on ${dateTime(expireTime)}.` : "";
  return [end, SCANS[scan ?? ""]].filter(Boolean).join(" ");
}
