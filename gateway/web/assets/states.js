/** Where an analysis stands, in words. */

import { failureFromStatus } from "/assets/failures.js";
import { fromCode } from "/assets/format.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

const PREFIX = "ANALYSIS_STATE_";
/** @type {Record<string, string>} */
const WORDS = { QUEUED: "Waiting for its turn", RUNNING: "Being examined", CANCELLED: "Cancelled", FAILED: "Failed" };
const UNDER_WAY = ["QUEUED", "RUNNING"];

/**
 * @param {Analysis} analysis
 * @returns {boolean} Whether an answer may still come.
 */
export function isUnderWay({ state }) {
  return UNDER_WAY.includes(codeOf(state));
}

/** @param {Analysis} analysis */
export function isWaiting({ state }) {
  return codeOf(state) === "QUEUED";
}

/**
 * @param {Analysis} analysis Without a verdict.
 * @returns {string}
 */
export function stateInWords({ state }) {
  const code = codeOf(state);
  return WORDS[code] ?? (code ? fromCode(code) : "No verdict");
}

/**
 * @param {Analysis} analysis
 * @returns {{message: string, advice: string} | undefined} Why there is no verdict.
 */
export function whyNone({ error }) {
  return error && failureFromStatus(error, 200);
}

/** @param {string | undefined} state */
function codeOf(state) {
  const code = (state ?? "").replace(PREFIX, "");
  return code === "UNSPECIFIED" || code === "SUCCEEDED" ? "" : code;
}
