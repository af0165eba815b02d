/** Where moments lie across the lanes, and the parts that lanes are made of. */

import { el } from "/assets/dom.js";

/** @typedef {import("/assets/times.js").Range} Range */

export class TimeScale {
  /**
   * @param {number} lengthS
   * @param {(timeS: number) => void} onJump
   */
  constructor(lengthS, onJump) {
    this.lengthS = lengthS;
    this.onJump = onJump;
  }

  /** @param {number} timeS */
  share(timeS) {
    return `${(timeS / this.lengthS) * 100}%`;
  }

  /**
   * @param {string} className
   * @param {Range} range
   * @param {string} [tag]
   * @param {Record<string, string>} [attributes]
   * @returns {HTMLElement}
   */
  mark(className, range, tag = "span", attributes = {}) {
    const made = el(tag, { class: className, ...attributes });
    made.style.left = this.share(range.startS);
    made.style.width = this.share(range.endS - range.startS);
    return made;
  }

  /**
   * @param {string} className
   * @param {Range[]} examined The rest stays hatched.
   * @param {...(Node | string)} children
   * @returns {HTMLElement}
   */
  lane(className, examined, ...children) {
    const lane = el("div", { class: `lane ${className}` }, ...examined.map((range) => this.mark("examined", range)), ...children);
    this.jumpsOnClick(lane);
    return lane;
  }

  /** @param {HTMLElement} element */
  jumpsOnClick(element) {
    element.addEventListener("click", (event) => {
      const { left, width } = element.getBoundingClientRect();
      this.onJump(((event.clientX - left) / width) * this.lengthS);
    });
  }
}

/**
 * @param {Node | string} label
 * @param {HTMLElement} lane
 * @returns {HTMLElement}
 */
export function row(label, lane) {
  return el("div", { class: "lane-row" }, el("div", { class: "lane-label" }, label), lane);
}

/**
 * @param {Node | string} label
 * @param {HTMLElement} lane
 * @param {string[]} axis From the top down; what the lane's own description says in words.
 * @returns {HTMLElement}
 */
export function rowWithAxis(label, lane, axis) {
  const ticks = el("div", { class: "axis", "aria-hidden": "true" }, ...axis.map((text) => el("span", {}, text)));
  return el("div", { class: "lane-row lane-row-axis" }, el("div", { class: "lane-label" }, label), el("div", { class: "lane-and-axis" }, lane, ticks));
}
