/** The stretches that stand out, each with a button that plays it and nothing else. */

import { el } from "/assets/dom.js";
import { timesInWords } from "/assets/sound.js";

/** @typedef {import("/assets/sound.js").Marked} Marked */

const LONG_LIST = 8;

export class Listening {
  /**
   * @param {Marked[]} marked
   * @param {(range: Marked) => void} onListen
   * @param {() => void} onStop
   */
  constructor(marked, onListen, onStop) {
    this.onListen = onListen;
    this.onStop = onStop;
    this.buttons = marked.map((each) => this.listenButton(each));
    const items = marked.map((each, index) => el("li", {}, this.buttons[index],
      el("span", {}, timesInWords(each), " ", el("span", { class: "small" }, each.why.join("; ")))));
    const list = el("ul", { class: marked.length > LONG_LIST ? "scroll" : null }, ...items);
    this.element = el("section", { class: "listening", "aria-labelledby": "listening-title", hidden: !marked.length },
      el("h2", { id: "listening-title" }, "Listen to what stands out"), list);
    this.offer(false);
  }

  /** @param {boolean} playable Whether there is something to play. */
  offer(playable) {
    this.ended();
    for (const each of this.buttons) each.hidden = !playable;
  }

  /** No stretch is heard any more. */
  ended() {
    for (const each of this.buttons) show(each, false);
  }

  /**
   * @param {Marked} range
   * @returns {HTMLElement}
   */
  listenButton(range) {
    const made = el("button", { type: "button", class: "listen", "data-times": timesInWords(range) });
    made.addEventListener("click", () => {
      const isPlaying = made.classList.contains("listen-on");
      this.ended();
      if (isPlaying) return this.onStop();
      show(made, true);
      this.onListen(range);
    });
    return made;
  }
}

/**
 * @param {HTMLElement} button
 * @param {boolean} playing
 */
function show(button, playing) {
  button.classList.toggle("listen-on", playing);
  button.textContent = playing ? "Stop" : "Listen";
  button.setAttribute("aria-label", playing ? `Stop listening from ${button.dataset.times}` : `Listen from ${button.dataset.times}`);
}
