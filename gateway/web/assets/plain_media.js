/** A photo, a video or a recording without anything laid over it. */

import { el } from "/assets/dom.js";
import { StoredFile } from "/assets/stored_file.js";
import { kindName } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

/** @type {Record<string, string>} */
const TAGS = { MEDIA_KIND_IMAGE: "img", MEDIA_KIND_VIDEO: "video", MEDIA_KIND_AUDIO: "audio" };

export class PlainMedia {
  /**
   * @param {Analysis} analysis
   * @param {string} letter What it is called beside the other one.
   * @param {import("/assets/sources.js").Source} source
   */
  constructor(analysis, letter, source) {
    this.kind = analysis.info?.kind ?? "MEDIA_KIND_IMAGE";
    this.word = kindName(this.kind).toLowerCase() || "file";
    this.letter = letter;
    this.url = "";
    this.element = el("div", { class: `plain-media plain-${TAGS[this.kind] ?? "img"}` });
    const { widthPx = 4, heightPx = 3 } = analysis.info ?? {};
    this.element.style.aspectRatio = this.kind === "MEDIA_KIND_AUDIO" ? "auto" : `${widthPx} / ${heightPx}`;
    const { media, gone } = source;
    const words = { kind: this.word, use: this.kind === "MEDIA_KIND_IMAGE" ? "show" : "play", gone, elsewhere: "" };
    this.stored = media && new StoredFile(words, Number(analysis.info?.sizeBytes ?? 0), media, (file) => this.present(file));
  }

  begin() {
    this.element.append(this.stored?.element ?? this.notice("is not shown: the server did not keep it."));
    this.stored?.begin();
  }

  /** @param {Blob} file */
  present(file) {
    this.url = URL.createObjectURL(file);
    const isImage = this.kind === "MEDIA_KIND_IMAGE";
    const name = `The ${this.word} of ${this.letter}`;
    const shown = el(TAGS[this.kind] ?? "img", isImage ? { src: this.url, alt: name } : { src: this.url, "aria-label": name, controls: true, preload: "metadata" });
    shown.addEventListener("error", () => {
      if (this.url) this.element.replaceChildren(this.notice("cannot be shown by this browser."));
    });
    this.element.replaceChildren(shown);
  }

  /** Gives back the memory of the file. */
  stop() {
    this.stored?.stop();
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = "";
    this.element.replaceChildren();
  }

  /**
   * @param {string} why
   * @returns {HTMLElement}
   */
  notice(why) {
    return el("p", { class: "small" }, `The ${this.word} itself ${why}`);
  }
}
