/** Asks for the access token when the server wants one. */

import { byId } from "/assets/dom.js";

export class TokenDialog {
  /** @param {import("/assets/session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.dialog = /** @type {HTMLDialogElement} */ (byId("token-dialog"));
    this.input = /** @type {HTMLInputElement} */ (byId("token-input"));
    /** @type {(given: boolean) => void} */
    this.settle = () => {};
    byId("token-form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => this.submit(event));
    byId("token-cancel").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.settle(false));
  }

  /**
   * @param {string} why The server's sentence.
   * @returns {Promise<boolean>} Whether a token was given.
   */
  ask(why) {
    byId("token-why").textContent = why;
    this.input.value = "";
    this.dialog.showModal();
    this.input.focus();
    return new Promise((resolve) => (this.settle = resolve));
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    const token = this.input.value.trim();
    if (!token) return;
    this.session.token = token;
    this.settle(true);
    this.dialog.close();
  }
}
