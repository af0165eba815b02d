/** Work that ends with something to show, or with a sentence on why not. */

import { byId } from "/assets/dom.js";
import { Failure } from "/assets/failures.js";

export class Attempts {
  /** @param {import("/assets/stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    /** Counts what the reader asked for; an answer to something asked earlier is not shown. */
    this.turn = 0;
    /** @type {(failure: Failure) => void} */
    this.again = () => {};
    /** @type {Failure | undefined} What is shown. */
    this.failure = undefined;
    byId("problem-again").addEventListener("click", () => this.failure && this.again(this.failure));
  }

  /**
   * @param {() => Promise<() => void>} work Ends with what shows its answer.
   * @param {(failure: Failure) => void} again Tries once more, after this.
   */
  async run(work, again) {
    this.again = again;
    this.drop();
    const turn = this.turn;
    try {
      const present = await work();
      if (turn === this.turn) present();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (turn === this.turn) this.tell(error);
    }
  }

  /** Whatever is under way is not shown any more. */
  drop() {
    this.turn += 1;
  }

  /** @param {Failure} failure */
  tell(failure) {
    this.failure = failure;
    byId("problem-title").textContent = failure.message;
    byId("problem-advice").textContent = failure.advice;
    byId("problem-again").hidden = failure.lastsForThisFile;
    byId("problem-code").textContent = `Code: ${failure.reason}`;
    this.stage.show("problem", "No answer");
  }
}
