/** Work on the server that outlives any connection: watched, found again, cancelled. */

import { brokenAnswer, failureFromStatus } from "/assets/failures.js";
import { eachLine } from "/assets/lines.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/types.js").Operation} Operation */

const FOUND_AMONG = 50;

export class Operations {
  /** @param {import("/assets/api.js").Api} api */
  constructor(api) {
    this.api = api;
  }

  /**
   * @param {string} name "analyses/{id}"
   * @param {(step: Analysis) => void} onStep The analysis as it stands, without its answer.
   * @param {AbortSignal} signal
   * @returns {Promise<Analysis>} The finished analysis; rejects with a Failure, that of the work when it ended without an answer.
   */
  async watch(name, onStep, signal) {
    const response = await this.api.call(`/v1/${operationOf(name)}:watch`, { signal });
    /** @type {Operation | undefined} */
    let latest;
    await eachLine(response, (/** @type {Operation} */ operation) => {
      latest = operation;
      if (!operation.done) onStep(stepOf(operation));
    });
    if (latest?.error) throw failureFromStatus(latest.error, response.status);
    if (!latest?.done || !latest.response) throw brokenAnswer("The server's answer ended before there was a verdict.");
    return latest.response;
  }

  /**
   * @param {string} requestId
   * @returns {Promise<Analysis | undefined>} What was begun under it, as it stands; undefined where nothing is under way.
   */
  async find(requestId) {
    const wanted = new URLSearchParams({ filter: "done=false", page_size: String(FOUND_AMONG) });
    const { operations = [] } = await this.api.json(`/v1/operations?${wanted}`);
    const found = operations.find((/** @type {Operation} */ each) => each.metadata?.requestId === requestId);
    return found && stepOf(found);
  }

  /** @param {string} name "analyses/{id}" */
  async cancel(name) {
    await this.api.call(`/v1/${operationOf(name)}:cancel`, { method: "POST", body: {} });
  }
}

/**
 * @param {string} name "analyses/{id}"
 * @returns {string} The operation that makes it.
 */
function operationOf(name) {
  return name.replace("analyses/", "operations/");
}

/**
 * @param {Operation} operation
 * @returns {Analysis}
 */
function stepOf({ metadata = {} }) {
  return { name: metadata.analysis ?? "", state: metadata.state, progress: metadata.progress, displayName: metadata.displayName };
}
