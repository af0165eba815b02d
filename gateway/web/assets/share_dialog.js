/** Links by which people without a token may see one analysis for a while. */

import { button, byId, el } from "/assets/dom.js";
import { Failure } from "/assets/failures.js";
import { dateTime } from "/assets/format.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/types.js").Share} Share */

export class ShareDialog {
  /** @param {import("/assets/frame.js").Frame} frame */
  constructor(frame) {
    this.api = frame.api;
    this.access = frame.access;
    this.dialog = /** @type {HTMLDialogElement} */ (byId("share-dialog"));
    this.form = /** @type {HTMLFormElement} */ (byId("share-form"));
    this.link = /** @type {HTMLInputElement} */ (byId("share-link"));
    this.note = byId("share-note");
    this.list = byId("share-list");
    this.name = "";
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.make();
    });
    byId("share-copy").addEventListener("click", () => this.copy());
    byId("share-close").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => (this.link.value = ""));
  }

  /** @param {Analysis} analysis */
  show(analysis) {
    this.name = analysis.name;
    this.form.reset();
    this.note.textContent = "";
    byId("share-made").hidden = true;
    byId("share-file").hidden = !analysis.media;
    this.list.replaceChildren();
    byId("share-live").hidden = true;
    this.dialog.showModal();
    this.attempt(() => this.refresh());
  }

  async make() {
    const data = new FormData(this.form);
    await this.attempt(async () => {
      const share = await this.access.withToken(() => this.api.createShare(this.name, Number(data.get("lifetime")), data.get("file") === "on"));
      this.link.value = `${location.origin}/#/shared/${share.secret}`;
      byId("share-end").textContent = `It works until ${dateTime(share.expireTime)}, and is shown this once: nobody can look it up again.`;
      byId("share-made").hidden = false;
      this.link.focus();
      this.link.select();
      this.link.scrollLeft = 0;
      await this.refresh();
    });
  }

  /** Where the browser lets no page write to the clipboard, the link is marked for the reader to copy. */
  async copy() {
    this.link.select();
    try {
      await navigator.clipboard.writeText(this.link.value);
      this.note.textContent = "Copied.";
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      this.note.textContent = "This browser does not let the page copy. The link is marked: copy it with your keyboard or the menu.";
    }
  }

  async refresh() {
    const { name } = this;
    const shares = await this.access.withToken(() => this.api.listShares(name));
    if (name !== this.name) return;
    byId("share-live").hidden = !shares.length;
    this.list.replaceChildren(...shares.map((share) => this.item(share)));
  }

  /**
   * @param {Share} share
   * @returns {HTMLElement}
   */
  item(share) {
    const words = `Made ${dateTime(share.createTime)}, ends ${dateTime(share.expireTime)}, ${share.withMedia ? "with" : "without"} the file`;
    const end = button("End it", () => this.end(share), "quiet");
    end.setAttribute("aria-label", `End the link that was made ${dateTime(share.createTime)}`);
    return el("li", {}, el("span", { class: "small" }, words), end);
  }

  /** @param {Share} share */
  async end(share) {
    await this.attempt(async () => {
      await this.access.withToken(() => this.api.deleteShare(share.name));
      await this.refresh();
      this.note.textContent = "The link has ended.";
      byId("share-title").focus();
    });
  }

  /** @param {() => Promise<void>} work */
  async attempt(work) {
    this.note.textContent = "";
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.note.textContent = `${error.message} ${error.advice}`;
    }
  }
}
