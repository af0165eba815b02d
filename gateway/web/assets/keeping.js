/** What the server keeps of a file and its verdict, and for how long, as the reader chose it. */

import { byId, el } from "/assets/dom.js";

/** @typedef {{value: string, word: string, query: Record<string, string>}} Keeping */

export const NOTHING = "nothing";

/** @type {Keeping[]} The first where nothing was chosen. */
const KEEPINGS = [
  { value: "usual", word: "As long as its operator decided", query: {} },
  { value: "day", word: "1 day at most", query: { time_to_live: "86400s" } },
  { value: "hour", word: "1 hour at most", query: { time_to_live: "3600s" } },
  { value: NOTHING, word: "Not at all: no history, link or report", query: { retention: "RETENTION_NONE" } },
];

/** @returns {string[]} All values, that of no choice first. */
export function keepings() {
  return KEEPINGS.map(({ value }) => value);
}

/** @returns {Record<string, string>} Words by value. */
export function keepingWords() {
  return Object.fromEntries(KEEPINGS.map(({ value, word }) => [value, word]));
}

/**
 * @param {string} value
 * @returns {Record<string, string>} What is asked of the server.
 */
export function keepingQuery(value) {
  return KEEPINGS.find((each) => each.value === value)?.query ?? {};
}

/** Puts the choices onto the page. */
export function offerKeeping() {
  const choices = KEEPINGS.map(({ value, word }) => el("label", { class: "choice" }, el("input", { type: "radio", name: "keeping", value }), word));
  byId("keeping").append(el("div", { class: "choices" }, ...choices));
}

/** @returns {string} One of `keepings()`. */
export function chosenKeeping() {
  const chosen = /** @type {HTMLInputElement | null} */ (document.querySelector('input[name="keeping"]:checked'));
  return chosen?.value ?? KEEPINGS[0].value;
}

/** @param {string} value */
export function chooseKeeping(value) {
  for (const radio of document.querySelectorAll('input[name="keeping"]')) /** @type {HTMLInputElement} */ (radio).checked = /** @type {HTMLInputElement} */ (radio).value === value;
}
