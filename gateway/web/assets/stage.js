/** Which part of the page is shown, and under which title. */

import { byId } from "/assets/dom.js";

const TITLE = "Telltale";
/** Parts of the page and their headings, which get the focus. */
const STATES = {
  start: "start-title",
  busy: "busy-title",
  problem: "problem-title",
  result: "verdict-title",
  history: "history-title",
  compare: "compare-title",
  settings: "settings-title",
  accuracy: "accuracy-title",
};

/** @typedef {keyof typeof STATES} State */

export class Stage {
  /** @param {(state: State) => void} onShow */
  constructor(onShow) {
    this.onShow = onShow;
    this.isFirst = true;
  }

  /**
   * @param {State} state
   * @param {string} [title] Of the window, before the name of the page.
   */
  show(state, title = "") {
    for (const id of Object.keys(STATES)) byId(id).hidden = id !== state;
    document.title = title ? `${title} – ${TITLE}` : TITLE;
    this.onShow(state);
    // Who has just opened the page finds the focus where every page begins.
    if (!this.isFirst || state !== "start") byId(STATES[state]).focus();
    this.isFirst = false;
    window.scrollTo(0, 0);
  }

  /** @param {string} message Read out, not shown. */
  announce(message) {
    byId("announcer").textContent = message;
  }
}
