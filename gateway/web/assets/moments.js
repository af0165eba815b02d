/** The worst moments of a video as small pictures, each of which leads there. */

import { el } from "/assets/dom.js";
import { moment } from "/assets/format.js";
import { placesOf } from "/assets/regions.js";
import { personName, SOUND, stretchesOf } from "/assets/times.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {{timeS: number, trackId: number | undefined, who: string, risk: number | undefined, box: Required<import("/assets/types.js").Box> | undefined}} Moment */

const MOST = 6;
const APART_S = 1;
const CUE = "face_spatial";
const WIDTH_PX = 240;
const PATIENCE_MS = 8000;

/**
 * @param {Analysis} analysis
 * @returns {Moment[]} Where single frames look worst; else the middles of suspicious stretches. In order of time.
 */
export function momentsOf(analysis) {
  const stretches = stretchesOf(analysis);
  const places = placesOf(analysis).filter((place) => place.cue === CUE && place.timeS !== undefined && place.suspects);
  places.sort((a, b) => b.strength - a.strength);
  /** @type {Moment[]} */
  const found = places.map(({ timeS = 0, trackId, box }) => ({ timeS, trackId, who: personName(trackId), box, risk: riskAt(stretches, timeS, trackId) }));
  const seen = stretches.filter((each) => each.who !== SOUND);
  const middles = seen.map(({ startS, endS, trackId, who, risk }) => ({ timeS: (startS + endS) / 2, trackId, who, risk, box: undefined }));
  return spread(found.length ? found : middles).sort((a, b) => a.timeS - b.timeS);
}

export class Moments {
  /**
   * @param {Moment[]} moments
   * @param {number} aspect Width by height.
   * @param {(timeS: number) => void} onJump
   */
  constructor(moments, aspect, onJump) {
    this.moments = moments;
    this.stopped = false;
    this.source = /** @type {HTMLVideoElement} */ (el("video", { muted: true, preload: "auto" }));
    this.canvases = moments.map(() => /** @type {HTMLCanvasElement} */ (el("canvas", { width: WIDTH_PX, height: Math.round(WIDTH_PX / aspect), hidden: true, "aria-hidden": "true" })));
    const items = moments.map((each, index) => {
      const go = el("button", { type: "button", class: "moment" }, this.canvases[index], el("span", {}, moment(each.timeS)), " ", el("span", { class: "small" }, inWords(each)));
      go.addEventListener("click", () => onJump(each.timeS));
      return el("li", {}, go);
    });
    this.element = el("section", { class: "moments", "aria-labelledby": "moments-title" }, el("h2", { id: "moments-title" }, "Worst moments"), el("ul", {}, ...items));
  }

  /** @param {string} url Of the video; a player of its own, so that the reader's stays where it is. */
  async fetch(url) {
    this.source.src = url;
    for (const [index, each] of this.moments.entries()) {
      if (this.stopped || !(await this.reach(each.timeS))) return;
      this.draw(this.canvases[index], each);
    }
    this.stop();
  }

  stop() {
    this.stopped = true;
    this.source.removeAttribute("src");
    this.source.load();
  }

  /**
   * @param {number} timeS
   * @returns {Promise<boolean>} Whether its frame is there; what cannot be played has no pictures, which is said beside the player.
   */
  reach(timeS) {
    return new Promise((resolve) => {
      const patience = setTimeout(() => resolve(false), PATIENCE_MS);
      const end = (/** @type {boolean} */ there) => {
        clearTimeout(patience);
        resolve(there);
      };
      this.source.addEventListener("seeked", () => end(true), { once: true });
      this.source.addEventListener("error", () => end(false), { once: true });
      this.source.currentTime = timeS;
    });
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Moment} shown
   */
  draw(canvas, { box }) {
    const pencil = canvas.getContext("2d");
    if (!pencil) return;
    const { width, height } = canvas;
    pencil.drawImage(this.source, 0, 0, width, height);
    canvas.hidden = false;
    if (!box) return;
    const frame = /** @type {const} */ ([box.xMin * width, box.yMin * height, (box.xMax - box.xMin) * width, (box.yMax - box.yMin) * height]);
    for (const [colour, line] of /** @type {const} */ ([["#14161a", 4], ["#ffffff", 2]])) {
      pencil.strokeStyle = colour;
      pencil.lineWidth = line;
      pencil.strokeRect(...frame);
    }
  }
}

/**
 * @param {Moment[]} moments Worst first.
 * @returns {Moment[]} A few that do not show the same.
 */
function spread(moments) {
  /** @type {Moment[]} */
  const kept = [];
  for (const each of moments) {
    const isNew = kept.every((other) => other.trackId !== each.trackId || Math.abs(other.timeS - each.timeS) >= APART_S);
    if (isNew && kept.length < MOST) kept.push(each);
  }
  return kept;
}

/**
 * @param {import("/assets/times.js").Stretch[]} stretches
 * @param {number} timeS
 * @param {number | undefined} trackId
 * @returns {number | undefined}
 */
function riskAt(stretches, timeS, trackId) {
  return stretches.find((each) => each.trackId === trackId && each.startS <= timeS && timeS < each.endS)?.risk;
}

/**
 * @param {Moment} shown
 * @returns {string}
 */
function inWords({ who, risk }) {
  return who + (risk === undefined ? "" : `, risk ${risk.toFixed(0)} of 100`);
}
