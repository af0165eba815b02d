/** Calls that may need a token: the reader is asked for one as often as the server wants one. */

import { byId } from "/assets/dom.js";
import { Failure } from "/assets/failures.js";

export class Access {
  /**
   * @param {import("/assets/api.js").Api} api
   * @param {import("/assets/token_dialog.js").TokenDialog} dialog
   */
  constructor(api, dialog) {
    this.api = api;
    this.dialog = dialog;
    this.tokenWorks = false;
  }

  /**
   * @template T
   * @param {() => Promise<T>} call
   * @returns {Promise<T>} Its answer; rejects with a Failure when no token helps or none is given.
   */
  async withToken(call) {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof Failure && error.wantsToken && (await this.dialog.ask(error.message)))) throw error;
      }
    }
  }

  /** Asks a small question first: a large file should not travel only to be refused for its token. */
  async prove() {
    if (this.tokenWorks) return;
    await this.withToken(() => this.api.listAnalyses({ pageSize: 1 })).catch((failure) => {
      if (failure.status !== 403) throw failure;
    });
    this.tokenWorks = true;
  }

  /** @returns {Promise<boolean>} Whether another token was given. */
  async change() {
    if (!(await this.dialog.ask("The token says who you are and what you may do."))) return false;
    this.tokenWorks = false;
    return true;
  }

  /** @param {boolean} isSet */
  static tell(isSet) {
    byId("token-button").textContent = isSet ? "Change token" : "Enter token";
  }
}
