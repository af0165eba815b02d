/** Asks before anything is deleted, and deletes. */

import { byId } from "/assets/dom.js";
import { Failure } from "/assets/failures.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/types.js").Deletion} Deletion */

const SERVER_FAULT = 500;
const UNFINISHED = "It may have been deleted in part. Delete it once more, until it is no longer there.";

export class DeleteDialog {
  /** @param {import("/assets/frame.js").Frame} frame */
  constructor(frame) {
    this.frame = frame;
    this.dialog = /** @type {HTMLDialogElement} */ (byId("delete-dialog"));
    this.form = /** @type {HTMLFormElement} */ (byId("delete-form"));
    this.note = byId("delete-note");
    /** @type {Analysis | undefined} */
    this.analysis = undefined;
    /** @type {(deletion?: Deletion) => void} */
    this.settle = () => {};
    this.form.addEventListener("submit", (event) => this.submit(event));
    byId("delete-cancel").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.settle());
  }

  /**
   * @param {Analysis} analysis
   * @returns {Promise<Deletion | undefined>} Undefined when the reader thought better of it.
   */
  ask(analysis) {
    this.analysis = analysis;
    this.form.reset();
    this.note.textContent = "";
    byId("delete-what").textContent = analysis.displayName || "Unnamed file";
    byId("delete-scope").hidden = !analysis.media;
    this.dialog.showModal();
    return new Promise((resolve) => (this.settle = resolve));
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    const { analysis } = this;
    if (!analysis) return;
    const withFile = analysis.media && new FormData(this.form).get("scope") === "media";
    this.note.textContent = "Deleting.";
    try {
      const deletion = await this.frame.access.withToken(() => this.frame.api.delete(withFile ? String(analysis.media) : analysis.name));
      this.settle(deletion);
      this.dialog.close();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.note.textContent = `${mayHaveBegun(error) ? UNFINISHED : "Nothing was deleted."} ${error.message} ${error.advice}`;
    }
  }
}

/**
 * @param {Failure} failure
 * @returns {boolean} Whether it came, or may have come, in the middle: the file goes first, and what tells of it last.
 */
function mayHaveBegun({ isLoss, status }) {
  return isLoss || status >= SERVER_FAULT;
}
