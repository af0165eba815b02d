/** The timeline: a ruler to move along, and for every person one lane for all signals together and one for each of them. */

import { el, svg } from "/assets/dom.js";
import { moment, signed } from "/assets/format.js";
import { columns, examinedOf, lanesOf, lengthOf, personName, stretchesOf } from "/assets/times.js";
import { cueName } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/times.js").Lane} Lane */
/** @typedef {import("/assets/times.js").Range} Range */
/** @typedef {import("/assets/times.js").Stretch} Stretch */

const COLUMNS = 240;
/** A log-likelihood ratio at which a bar has its full height: odds 20 times higher. */
const FULL = 3;
const SOME = 0.7;
const STRONG = 2;
const QUIET_HEIGHT = 1.5;
const KEY_STEP_S = 0.5;

export class Timeline {
  /**
   * @param {Analysis} analysis
   * @param {(timeS: number) => void} onJump
   */
  constructor(analysis, onJump) {
    this.lengthS = lengthOf(analysis);
    this.examined = examinedOf(analysis);
    this.stretches = stretchesOf(analysis);
    this.onJump = onJump;
    this.timeS = 0;
    this.head = el("div", { class: "playhead" });
    this.ruler = this.makeRuler();
    /** @type {HTMLElement[]} */
    this.buttons = [];
    const lanes = lanesOf(analysis).flatMap((lane) => this.rows(lane));
    this.element = el("section", { class: "timeline", "aria-label": "Timeline" },
      el("div", { class: "lanes" }, row("", this.ruler), ...lanes, el("div", { class: "playhead-layer", "aria-hidden": "true" }, this.head)),
      key(lanes.length > 0));
    this.buttons.forEach((each, index) => (each.tabIndex = index ? -1 : 0));
    this.moveTo(0);
  }

  /** @param {number} timeS Where the player is. */
  moveTo(timeS) {
    this.timeS = Math.min(Math.max(timeS, 0), this.lengthS);
    this.head.style.left = this.share(this.timeS);
    this.ruler.setAttribute("aria-valuenow", this.timeS.toFixed(1));
    const here = this.stretches.filter((each) => each.startS <= this.timeS && this.timeS < each.endS).map(inWords);
    this.ruler.setAttribute("aria-valuetext", [`${moment(this.timeS)} of ${moment(this.lengthS)}`, ...here].join("; "));
  }

  /** @returns {HTMLElement} */
  makeRuler() {
    const ruler = el("div", {
      class: "ruler", role: "slider", tabindex: 0, "aria-label": "Position in the video", "aria-valuemin": 0, "aria-valuemax": this.lengthS.toFixed(1),
    }, el("span", {}, "0:00"), el("span", {}, moment(this.lengthS / 2)), el("span", {}, moment(this.lengthS)));
    ruler.addEventListener("keydown", (event) => this.onKey(event));
    this.jumpsOnClick(ruler);
    return ruler;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const far = this.lengthS / 10;
    /** @type {Record<string, number>} */
    const targets = {
      ArrowLeft: this.timeS - KEY_STEP_S, ArrowDown: this.timeS - KEY_STEP_S, ArrowRight: this.timeS + KEY_STEP_S, ArrowUp: this.timeS + KEY_STEP_S,
      PageDown: this.timeS - far, PageUp: this.timeS + far, Home: 0, End: this.lengthS,
    };
    if (!(event.key in targets)) return;
    event.preventDefault();
    this.onJump(Math.min(Math.max(targets[event.key], 0), this.lengthS));
  }

  /**
   * @param {Lane} lane
   * @returns {HTMLElement[]}
   */
  rows(lane) {
    const name = personName(lane.trackId);
    const buttons = lane.stretches.map((each) => this.stretchButton(each));
    this.buttons.push(...buttons);
    const present = lane.present.map((range) => this.mark("present", range));
    const all = this.lane("lane lane-person", ...present, ...buttons);
    const said = buttons.length ? "" : el("span", { class: "visually-hidden" }, "no suspicious stretch");
    return [
      row(el("strong", {}, name, " ", said), all),
      ...lane.cues.map(({ cue, spans }) => row(el("span", { class: "small" }, cueName(cue)), this.lane("lane lane-cue", this.bars(name, cue, spans)))),
    ];
  }

  /**
   * @param {string} className
   * @param {...(Node | string)} children
   * @returns {HTMLElement}
   */
  lane(className, ...children) {
    const lane = el("div", { class: className }, ...this.examined.map((range) => this.mark("examined", range)), ...children);
    this.jumpsOnClick(lane);
    return lane;
  }

  /**
   * @param {Stretch} stretch
   * @returns {HTMLElement}
   */
  stretchButton(stretch) {
    const made = this.mark("stretch", stretch, "button", { type: "button", "aria-label": `${inWords(stretch)}: jump there` });
    made.append(el("span", { "aria-hidden": "true" }, Math.round(stretch.risk)));
    made.addEventListener("click", (event) => {
      event.stopPropagation();
      this.onJump(stretch.startS);
    });
    made.addEventListener("keydown", (event) => this.onStretchKey(event, made));
    return made;
  }

  /**
   * Arrow keys lead from one stretch to the next; only one of them is reached by Tab.
   * @param {KeyboardEvent} event
   * @param {HTMLElement} from
   */
  onStretchKey(event, from) {
    const here = this.buttons.indexOf(from);
    /** @type {Record<string, number>} */
    const targets = { ArrowLeft: here - 1, ArrowUp: here - 1, ArrowRight: here + 1, ArrowDown: here + 1, Home: 0, End: this.buttons.length - 1 };
    const next = this.buttons[targets[event.key] ?? -1];
    if (!next) return;
    event.preventDefault();
    from.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  /**
   * @param {string} name
   * @param {string} cue
   * @param {import("/assets/times.js").Span[]} spans
   * @returns {SVGElement}
   */
  bars(name, cue, spans) {
    const worst = spans.reduce((a, b) => (b.logLikelihoodRatio > a.logLikelihoodRatio ? b : a));
    const label = `${cueName(cue)}, ${name}: strongest at ${moment(worst.startS)}, log-likelihood ratio ${signed(worst.logLikelihoodRatio)}`;
    const drawn = columns(spans, this.lengthS, COLUMNS).map((value, index) => (value === undefined ? null : bar(value, index)));
    return svg("svg", { viewBox: `0 0 ${COLUMNS} 10`, preserveAspectRatio: "none", role: "img", "aria-label": label }, ...drawn);
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

  /** @param {HTMLElement} element */
  jumpsOnClick(element) {
    element.addEventListener("click", (event) => {
      const { left, width } = element.getBoundingClientRect();
      this.onJump(((event.clientX - left) / width) * this.lengthS);
    });
  }

  /** @param {number} timeS */
  share(timeS) {
    return `${(timeS / this.lengthS) * 100}%`;
  }
}

/**
 * @param {Stretch} stretch
 * @returns {string}
 */
export function inWords(stretch) {
  return `${personName(stretch.trackId)}, ${moment(stretch.startS)} to ${moment(stretch.endS)}, risk ${stretch.risk.toFixed(0)} of 100`;
}

/**
 * @param {number} value Log-likelihood ratio.
 * @param {number} index
 * @returns {SVGElement} Taller and redder the more it speaks for manipulation.
 */
function bar(value, index) {
  const height = QUIET_HEIGHT + (10 - QUIET_HEIGHT) * Math.min(1, Math.max(0, value) / FULL);
  const strength = value >= STRONG ? "strong" : value >= SOME ? "some" : "quiet";
  return svg("rect", { class: `bar-${strength}`, x: index, y: 10 - height, width: 1.02, height });
}

/**
 * @param {Node | string} label
 * @param {HTMLElement} lane
 * @returns {HTMLElement}
 */
function row(label, lane) {
  return el("div", { class: "lane-row" }, el("div", { class: "lane-label" }, label), lane);
}

/**
 * @param {boolean} lanes
 * @returns {HTMLElement}
 */
function key(lanes) {
  if (!lanes) return el("p", { class: "small" }, "No signal gave a timeline for this video.");
  return el("p", { class: "small timeline-key" },
    el("span", { class: "swatch hatched" }), "not looked at ", el("span", { class: "swatch strong" }), "suspicious, with its risk of 100. ",
    "A bar is the taller and redder the more a signal speaks for manipulation at that moment.");
}
