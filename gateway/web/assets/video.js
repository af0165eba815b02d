/** The video with its timeline: a player with the faces marked, the timeline under it, and the worst moments. */

import { FaceBoxes } from "/assets/boxes.js";
import { depthInWords } from "/assets/depth.js";
import { el } from "/assets/dom.js";
import { bytes, moment } from "/assets/format.js";
import { Moments, momentsOf } from "/assets/moments.js";
import { Player } from "/assets/player.js";
import { Timeline } from "/assets/timeline.js";
import { examinedOf, lengthOf, seconds, stretchesOf } from "/assets/times.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

/** Ends of what was looked at and of the video are rounded each in its own way. */
const ROUNDING_S = 0.05;

export class Video {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.url = "";
    /** @type {Player | undefined} */
    this.player = undefined;
    /** @type {Moments | undefined} */
    this.moments = undefined;
  }

  /**
   * @param {Analysis} analysis
   * @param {File | undefined} file Absent when the page no longer has it.
   */
  show(analysis, file) {
    this.clear();
    if (file) this.url = URL.createObjectURL(file);
    const boxes = new FaceBoxes(analysis.tracks ?? [], stretchesOf(analysis));
    const timeline = new Timeline(analysis, (timeS) => this.jump(timeS, timeline));
    const stage = this.stage(analysis, boxes, timeline);
    const caption = el("figcaption", { class: "small" }, about(analysis, file), el("br"), lookedAt(analysis));
    this.root.append(el("figure", { class: "figure" }, stage, caption));
    if (file && boxes.faces.length) this.root.append(el("div", { class: "layers" }, boxesChoice(boxes)));
    this.root.append(timeline.element);
    this.showMoments(analysis, timeline);
  }

  /** Gives back the memory of the video. */
  clear() {
    this.player?.stop();
    this.moments?.stop();
    this.player = undefined;
    this.moments = undefined;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = "";
    this.root.replaceChildren();
  }

  /**
   * @param {Analysis} analysis
   * @param {FaceBoxes} boxes
   * @param {Timeline} timeline
   * @returns {HTMLElement}
   */
  stage(analysis, boxes, timeline) {
    if (!this.url) return blank("The video itself is not shown: this page does not keep it. The timeline shows where to look in your copy.");
    const { widthPx: width = 16, heightPx: height = 9 } = analysis.info ?? {};
    const stage = el("div", { class: "stage" });
    stage.style.aspectRatio = `${width} / ${height}`;
    stage.style.width = `min(100%, ${(50 * width) / height}vh)`;
    const onTime = (/** @type {number} */ timeS) => {
      timeline.moveTo(timeS);
      boxes.draw(timeS);
    };
    this.player = new Player(this.url, onTime, () => {
      this.player = undefined;
      stage.replaceWith(blank("This browser cannot play this kind of video. The timeline shows where to look in another player."));
    });
    stage.append(this.player.element, boxes.layer);
    return stage;
  }

  /**
   * @param {Analysis} analysis
   * @param {Timeline} timeline
   */
  showMoments(analysis, timeline) {
    const found = momentsOf(analysis);
    if (!found.length) return;
    const { widthPx: width = 16, heightPx: height = 9 } = analysis.info ?? {};
    this.moments = new Moments(found, width / height, (timeS) => this.jump(timeS, timeline));
    this.root.append(this.moments.element);
    if (this.url) this.moments.fetch(this.url);
  }

  /**
   * @param {number} timeS
   * @param {Timeline} timeline
   */
  jump(timeS, timeline) {
    timeline.moveTo(timeS);
    this.player?.jump(timeS);
  }
}

/**
 * @param {FaceBoxes} boxes
 * @returns {HTMLElement}
 */
function boxesChoice(boxes) {
  const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", checked: true }));
  box.addEventListener("change", () => (boxes.layer.hidden = !box.checked));
  return el("label", { class: "choice" }, box, "Mark the faces");
}

/**
 * @param {Analysis} analysis
 * @param {File | undefined} file
 * @returns {string}
 */
function about(analysis, file) {
  const { widthPx, heightPx, mimeType, sizeBytes, duration, frameRateFps } = analysis.info ?? {};
  const pixels = widthPx && heightPx ? `${widthPx} × ${heightPx} pixels` : "";
  const rate = frameRateFps ? `${Number(frameRateFps.toFixed(2))} pictures a second` : "";
  return [analysis.displayName || file?.name, mimeType, pixels, duration && moment(seconds(duration)), rate, bytes(sizeBytes)].filter(Boolean).join(" · ");
}

/**
 * @param {Analysis} analysis
 * @returns {string}
 */
function lookedAt(analysis) {
  const lookedS = examinedOf(analysis).reduce((sum, range) => sum + range.endS - range.startS, 0);
  const lengthS = lengthOf(analysis);
  if (lookedS > lengthS - ROUNDING_S) return `Looked at all of it, ${lengthS.toFixed(1)} s.`;
  return `Looked at ${lookedS.toFixed(1)} s of ${lengthS.toFixed(1)} s. Asked for: ${depthInWords(analysis.depth)}.`;
}

/**
 * @param {string} why
 * @returns {HTMLElement}
 */
function blank(why) {
  return el("p", { class: "notice" }, why);
}
