/** The timeline: a ruler to move along, lanes of the sound, and for every person one lane for all signals together and one for each. */

import { bars } from "/assets/bars.js";
import { el } from "/assets/dom.js";
import { moment } from "/assets/format.js";
import { row, TimeScale } from "/assets/scale.js";
import { lipRows, soundRows } from "/assets/sound_lanes.js";
import { suspicionsOf, timesInWords } from "/assets/sound.js";
import { isRecording, lanesOf, lengthOf, SOUND, stretchesOf } from "/assets/times.js";
import { cueName } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/times.js").Lane} Lane */
/** @typedef {import("/assets/times.js").Stretch} Stretch */

const KEY_STEP_S = 0.5;

export class Timeline {
  /**
   * @param {Analysis} analysis
   * @param {(timeS: number) => void} onJump
   */
  constructor(analysis, onJump) {
    this.lengthS = lengthOf(analysis);
    this.scale = new TimeScale(this.lengthS, onJump);
    this.stretches = stretchesOf(analysis);
    this.suspicions = suspicionsOf(analysis).filter((each) => each.trackId === undefined);
    this.onJump = onJump;
    this.timeS = 0;
    this.head = el("div", { class: "playhead" });
    this.ruler = this.makeRuler(kindOf(analysis));
    /** @type {HTMLElement[]} */
    this.buttons = [];
    const lanes = [...soundRows(analysis, this.scale), ...lanesOf(analysis).flatMap((lane) => this.rows(lane))];
    this.element = el("section", { class: "timeline", "aria-label": "Timeline" },
      el("div", { class: "lanes" }, row("", this.ruler), ...lanes, el("div", { class: "playhead-layer", "aria-hidden": "true" }, this.head)),
      lanes.length ? key(analysis) : el("p", { class: "small" }, `No signal gave a timeline for this ${kindOf(analysis)}.`));
    this.buttons.forEach((each, index) => (each.tabIndex = index ? -1 : 0));
    this.moveTo(0);
  }

  /** @param {number} timeS Where the player is. */
  moveTo(timeS) {
    this.timeS = Math.min(Math.max(timeS, 0), this.lengthS);
    this.head.style.left = this.scale.share(this.timeS);
    this.ruler.setAttribute("aria-valuenow", this.timeS.toFixed(1));
    const here = this.stretches.filter((each) => each.startS <= this.timeS && this.timeS < each.endS).map(inWords);
    this.ruler.setAttribute("aria-valuetext", [`${moment(this.timeS)} of ${moment(this.lengthS)}`, ...here].join("; "));
  }

  /**
   * @param {string} kind
   * @returns {HTMLElement}
   */
  makeRuler(kind) {
    const ruler = el("div", {
      class: "ruler", role: "slider", tabindex: 0, "aria-label": `Position in the ${kind}`, "aria-valuemin": 0, "aria-valuemax": this.lengthS.toFixed(1),
    }, el("span", {}, "0:00"), el("span", {}, moment(this.lengthS / 2)), el("span", {}, moment(this.lengthS)));
    ruler.addEventListener("keydown", (event) => this.onKey(event));
    this.scale.jumpsOnClick(ruler);
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
    const buttons = lane.stretches.map((each) => this.stretchButton(each));
    this.buttons.push(...buttons);
    const present = lane.present.map((range) => this.scale.mark("present", range));
    const suspected = buttons.length || lane.name !== SOUND ? [] : this.suspicions;
    const marks = suspected.map((range) => this.scale.mark("suspected", range));
    const all = this.scale.lane("lane-person", lane.examined, ...present, ...marks, ...buttons);
    const alone = suspected.length ? `suspected: ${suspected.map(timesInWords).join(", ")}` : "no suspicious stretch";
    const said = buttons.length ? "" : el("span", { class: "visually-hidden" }, alone);
    const cues = lane.cues.map(({ cue, spans, examined }) =>
      row(el("span", { class: "small" }, cueName(cue)), this.scale.lane("lane-cue", examined, bars(lane.name, cue, spans, this.lengthS))));
    return [row(el("strong", {}, lane.name, " ", said), all), ...cues, ...lipRows(lane, this.scale)];
  }

  /**
   * @param {Stretch} stretch
   * @returns {HTMLElement}
   */
  stretchButton(stretch) {
    const made = this.scale.mark("stretch", stretch, "button", { type: "button", "aria-label": `${inWords(stretch)}: jump there` });
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
}

/**
 * @param {Stretch} stretch
 * @returns {string}
 */
function inWords(stretch) {
  return `${stretch.who}, ${timesInWords(stretch)}, risk ${stretch.risk.toFixed(0)} of 100`;
}

/**
 * @param {Analysis} analysis
 * @returns {HTMLElement}
 */
function key(analysis) {
  const pictures = isRecording(analysis) ? [] : ["looked at"];
  const sound = analysis.soundtrack ? ["listened to"] : [];
  return el("p", { class: "small timeline-key" },
    el("span", { class: "swatch hatched" }), `not ${[...pictures, ...sound].join(" or ")} `, el("span", { class: "swatch strong" }), `suspicious, with its risk of 100${pictures.length && sound.length ? "; dashed: by what is heard alone" : ""}. `,
    "A bar is the taller and redder the more a signal speaks for manipulation at that moment.",
    analysis.soundtrack ? " What is loud is bright, deep sounds lie below." : "",
    analysis.lipSync?.length ? " The curve of a person says by how much the sound comes late (above the line) or early (below), faint where that is not clear." : "");
}

/** @param {Analysis} analysis */
function kindOf(analysis) {
  return isRecording(analysis) ? "recording" : "video";
}
