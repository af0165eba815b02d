/** An answer that takes a while, over a connection that may break: the work goes on without it, and is found again. */

import { Failure } from "/assets/failures.js";
import { pause, PAUSES_MS } from "/assets/patience.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

const TOO_MANY = 429;
const SERVER_FAULT = 500;

/**
 * @typedef {object} Listener
 * @property {(step: Analysis) => void} onStep
 * @property {() => void} onLost The connection broke; it is tried again.
 */

export class Pursuit {
  /**
   * @param {import("/assets/operations.js").Operations} operations
   * @param {import("/assets/access.js").Access} access
   * @param {Listener} listener
   */
  constructor(operations, access, listener) {
    this.operations = operations;
    this.access = access;
    this.listener = listener;
    /** Of the analysis, once it is known: "analyses/{id}". */
    this.name = "";
    this.abortion = new AbortController();
    this.losses = 0;
    this.hasEnded = false;
    this.isCancelled = false;
    this.isLooking = false;
  }

  /**
   * @param {() => Promise<Analysis>} ask Sends the request; sent once more, it finds what it began. A name makes it needless.
   * @returns {Promise<Analysis>} The finished analysis; rejects with a Failure.
   */
  async answer(ask) {
    try {
      for (;;) {
        try {
          return await this.access.withToken(() => (this.name ? this.watch() : ask()));
        } catch (error) {
          if (!(error instanceof Failure && this.mayGoOn(error)) || this.abortion.signal.aborted) throw error;
          await this.rest(error);
        }
      }
    } finally {
      this.hasEnded = true;
    }
  }

  /**
   * @param {Failure} failure
   * @returns {boolean} Whether it tells of the way to the answer, and not of the answer: who knows the name may ask again.
   */
  mayGoOn({ isLoss, status }) {
    return isLoss || (this.name !== "" && (status === TOO_MANY || status >= SERVER_FAULT));
  }

  /** @returns {Promise<Analysis>} */
  watch() {
    return this.operations.watch(this.name, (step) => this.seen(step), this.abortion.signal);
  }

  /** @param {Analysis} step With a name it is on record: patience begins anew. Without one, all would be sent again without end. */
  seen(step) {
    if (step.name) {
      this.name = step.name;
      this.losses = 0;
    }
    this.listener.onStep(step);
  }

  /** @param {Failure} failure Thrown again when patience is at its end. */
  async rest(failure) {
    const lengthMs = PAUSES_MS[this.losses];
    if (lengthMs === undefined) throw failure;
    this.losses += 1;
    this.listener.onLost();
    await pause(lengthMs);
    if (this.abortion.signal.aborted) throw failure;
  }

  stop() {
    this.abortion.abort();
  }
}
