/** A video or a recording with its timeline: a player, lanes under it, what stands out to listen to, and the worst moments. */

import { FaceBoxes } from "/assets/boxes.js";
import { el } from "/assets/dom.js";
import { Listening } from "/assets/listening.js";
import { Moments, momentsOf } from "/assets/moments.js";
import { about, examinedInWords } from "/assets/playback_words.js";
import { Player } from "/assets/player.js";
import { markedOf } from "/assets/sound.js";
import { StoredFile } from "/assets/stored_file.js";
import { Timeline } from "/assets/timeline.js";
import { isRecording, stretchesOf } from "/assets/times.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

export class Playback {
  /**
   * @param {HTMLElement} root
   * @param {Analysis} analysis
   */
  constructor(root, analysis) {
    this.root = root;
    this.analysis = analysis;
    this.isRecording = isRecording(analysis);
    this.url = "";
    this.place = el("div", {});
    this.boxes = new FaceBoxes(analysis.tracks ?? [], stretchesOf(analysis));
    this.timeline = new Timeline(analysis, (timeS) => this.jump(timeS));
    this.listening = new Listening(markedOf(analysis), (stretch) => this.player?.listen(stretch), () => this.player?.pause());
    this.moments = this.isRecording ? undefined : this.worstMoments();
    this.faceChoice = el("div", { class: "layers", hidden: true }, boxesChoice(this.boxes));
    /** @type {Player | undefined} */
    this.player = undefined;
    /** @type {StoredFile | undefined} */
    this.stored = undefined;
  }

  /**
   * @param {File | undefined} file Absent when the page no longer has it.
   * @param {import("/assets/sources.js").Source} source
   */
  show(file, source) {
    const caption = el("figcaption", { class: "small" }, about(this.analysis, file), el("br"), examinedInWords(this.analysis));
    const figure = el("figure", { class: "figure" }, this.place, caption);
    this.root.replaceChildren(figure, this.faceChoice, this.timeline.element, this.listening.element, this.moments?.element ?? "");
    if (file) this.play(file);
    else if (source.media) this.fetch(source.media, source.gone);
    else this.place.append(notice(`The ${this.kind} itself is not shown: the server did not keep it. ${this.elsewhere("your copy")}`));
  }

  /** Gives back the memory of the file. */
  stop() {
    this.stored?.stop();
    this.player?.stop();
    this.moments?.stop();
    if (this.url) URL.revokeObjectURL(this.url);
    this.root.replaceChildren();
  }

  /** @returns {string} */
  get kind() {
    return this.isRecording ? "recording" : "video";
  }

  /** @param {string} where */
  elsewhere(where) {
    return `The timeline shows where to ${this.isRecording ? "listen" : "look"} in ${where}.`;
  }

  /**
   * @param {(signal: AbortSignal) => Promise<Blob>} load
   * @param {string} gone
   */
  fetch(load, gone) {
    const words = { kind: this.kind, use: "play", gone, elsewhere: this.elsewhere("your copy") };
    this.stored = new StoredFile(words, Number(this.analysis.info?.sizeBytes ?? 0), load, (file) => this.play(file));
    this.place.append(this.stored.element);
    this.stored.begin();
  }

  /** @param {Blob} file */
  play(file) {
    this.url = URL.createObjectURL(file);
    this.player = new Player(this.url, this.isRecording, {
      onTime: (timeS) => this.follow(timeS),
      onStretchEnd: () => this.listening.ended(),
      onUnplayable: () => this.giveUp(),
    });
    const hadFocus = this.place.contains(document.activeElement);
    this.place.replaceChildren(this.isRecording ? this.player.element : this.stage(this.player.element));
    if (hadFocus) this.player.element.focus();
    this.faceChoice.hidden = !this.boxes.faces.length;
    this.listening.offer(true);
    this.moments?.fetch(this.url);
  }

  giveUp() {
    this.player = undefined;
    this.faceChoice.hidden = true;
    this.listening.offer(false);
    this.place.replaceChildren(notice(`This browser cannot play this kind of ${this.kind}. ${this.elsewhere("another player")}`));
  }

  /**
   * @param {HTMLElement} player
   * @returns {HTMLElement}
   */
  stage(player) {
    const { widthPx: width = 16, heightPx: height = 9 } = this.analysis.info ?? {};
    const stage = el("div", { class: "stage" }, player, this.boxes.layer);
    stage.style.aspectRatio = `${width} / ${height}`;
    stage.style.width = `min(100%, ${(50 * width) / height}vh)`;
    return stage;
  }

  /** @returns {Moments | undefined} */
  worstMoments() {
    const found = momentsOf(this.analysis);
    const { widthPx: width = 16, heightPx: height = 9 } = this.analysis.info ?? {};
    return found.length ? new Moments(found, width / height, (timeS) => this.jump(timeS)) : undefined;
  }

  /** @param {number} timeS */
  follow(timeS) {
    this.timeline.moveTo(timeS);
    this.boxes.draw(timeS);
  }

  /** @param {number} timeS */
  jump(timeS) {
    this.timeline.moveTo(timeS);
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
 * @param {string} why
 * @returns {HTMLElement}
 */
function notice(why) {
  return el("p", { class: "notice" }, why);
}
