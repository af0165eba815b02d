/** A file that the server still has: fetched at once when it is small, else when the reader wants it. */

import { button, el } from "/assets/dom.js";
import { Failure } from "/assets/failures.js";
import { bytes } from "/assets/format.js";

/** More than this is not fetched unasked: the reader may pay for it. */
const LARGEST_UNASKED_BYTES = 20e6;

export class StoredFile {
  /**
   * @param {{kind: string, use: string, gone: string, elsewhere: string}} words What it is and is for, why there may be none, what helps without it.
   * @param {number} sizeBytes
   * @param {(signal: AbortSignal) => Promise<Blob>} load Rejects with a Failure.
   * @param {(file: Blob) => void} onFile
   */
  constructor(words, sizeBytes, load, onFile) {
    this.words = words;
    this.sizeBytes = sizeBytes;
    this.load = load;
    this.onFile = onFile;
    this.abortion = new AbortController();
    this.note = el("p", {});
    this.element = el("div", { class: "notice stored", role: "status", tabindex: -1 }, this.note);
  }

  begin() {
    if (this.sizeBytes > LARGEST_UNASKED_BYTES) this.say(`The ${this.words.kind} is still on the server.`, `Fetch it to ${this.words.use} it (${bytes(this.sizeBytes)})`);
    else this.fetch();
  }

  async fetch() {
    this.say(`Fetching the ${this.words.kind} (${bytes(this.sizeBytes) || "size unknown"}).`);
    try {
      const file = await this.load(this.abortion.signal);
      if (!this.abortion.signal.aborted) this.onFile(file);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (!this.abortion.signal.aborted) this.sayWhyNot(error);
    }
  }

  stop() {
    this.abortion.abort();
  }

  /** @param {Failure} failure */
  sayWhyNot(failure) {
    const { kind, gone, elsewhere } = this.words;
    if (failure.reason === "NOT_FOUND") this.say(`The ${kind} itself is not shown: ${gone} ${elsewhere}`);
    else this.say(`The ${kind} could not be fetched. ${failure.message} ${failure.advice}`, "Try again to fetch it");
  }

  /**
   * @param {string} sentence
   * @param {string} [action] What fetches it; nothing does when empty.
   */
  say(sentence, action = "") {
    this.note.textContent = sentence;
    this.element.replaceChildren(this.note, ...(action ? [button(action, () => this.fetchAsAsked())] : []));
  }

  /** Takes over the focus of the button that goes away. */
  fetchAsAsked() {
    this.element.focus();
    this.fetch();
  }
}
