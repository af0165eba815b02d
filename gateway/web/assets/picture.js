/** The photo with the places and the heatmap over it. */

import { el } from "/assets/dom.js";
import { bytes } from "/assets/format.js";
import { cuesOf, frames, inWords, placesOf } from "/assets/regions.js";
import { StoredFile } from "/assets/stored_file.js";
import { cueName, labelOf } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/regions.js").Place} Place */

const LONG_LIST = 4;
const FIRST_OPACITY = 60;

export class Picture {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {((name: string) => Promise<Blob>) | undefined} */
    this.loadMap = undefined;
    /** @type {StoredFile | undefined} */
    this.stored = undefined;
    /** @type {string[]} */
    this.urls = [];
    /** @type {Map<string, Promise<string>>} */
    this.maps = new Map();
    this.overlay = /** @type {HTMLImageElement} */ (el("img", { class: "heatmap", alt: "", hidden: true }));
    this.note = el("p", { class: "small", role: "status" });
    this.wanted = "";
  }

  /**
   * @param {Analysis} analysis
   * @param {File | undefined} file Absent when the page no longer has it.
   * @param {import("/assets/sources.js").Source} source
   */
  show(analysis, file, source) {
    this.clear();
    this.loadMap = source.map;
    const places = placesOf(analysis);
    const drawn = frames(places);
    const caption = el("figcaption", { class: "small" }, this.caption(analysis, file));
    this.root.append(el("figure", { class: "figure" }, this.stage(analysis, this.photoOr(analysis, file, places, source), drawn), caption));
    this.root.append(el("div", { class: "layers" }, analysis.verdict ? this.regionChoices(places, drawn) : "", this.mapChoices(analysis), this.note));
    this.root.append(placeList(places));
  }

  /** Gives back the memory of the picture and of its maps. */
  clear() {
    this.stored?.stop();
    this.stored = undefined;
    this.urls.forEach((url) => URL.revokeObjectURL(url));
    this.urls = [];
    this.maps.clear();
    this.wanted = "";
    this.overlay.hidden = true;
    this.overlay.removeAttribute("src");
    this.note.textContent = "";
    this.root.replaceChildren();
  }

  /**
   * @param {Analysis} analysis
   * @param {HTMLElement} photo
   * @param {HTMLElement[]} drawn
   * @returns {HTMLElement}
   */
  stage(analysis, photo, drawn) {
    const { widthPx: width = 4, heightPx: height = 3 } = analysis.info ?? {};
    const stage = el("div", { class: "stage" }, photo);
    stage.style.aspectRatio = `${width} / ${height}`;
    stage.style.width = `min(100%, ${(70 * width) / height}vh, ${Math.max(width * 2, 320)}px)`;
    stage.append(this.overlay, el("div", { class: "regions", "aria-hidden": "true" }, ...drawn));
    return stage;
  }

  /**
   * @param {Analysis} analysis
   * @param {File | undefined} file
   * @param {Place[]} places
   * @param {import("/assets/sources.js").Source} source
   * @returns {HTMLElement} The photo, or what stands in its place until the server sent it.
   */
  photoOr(analysis, file, places, { media, gone }) {
    if (file) return this.photo(analysis, file, places);
    if (!media) return blank("The photo itself is not shown: the server did not keep it.");
    const words = { kind: "photo", use: "show", gone, elsewhere: "" };
    const stored = new StoredFile(words, Number(analysis.info?.sizeBytes ?? 0), media, (found) => place.replaceWith(this.photo(analysis, found, places)));
    const place = el("div", { class: "blank" }, stored.element);
    this.stored = stored;
    stored.begin();
    return place;
  }

  /**
   * @param {Analysis} analysis
   * @param {Blob} file
   * @param {Place[]} places
   * @returns {HTMLElement}
   */
  photo(analysis, file, places) {
    const marked = places.length === 1 ? "1 marked place" : `${places.length} marked places`;
    const alt = analysis.verdict ? `The photo handed in, judged ${labelOf(analysis.verdict.label).word.toLowerCase()}, with ${marked}.` : "The photo handed in, without a verdict.";
    const image = el("img", { class: "photo", src: this.urlOf(file), alt });
    image.addEventListener("error", () => image.replaceWith(blank("This browser cannot show this kind of picture.")));
    return image;
  }

  /**
   * @param {Analysis} analysis
   * @param {File | undefined} file
   * @returns {string}
   */
  caption(analysis, file) {
    const { widthPx, heightPx, mimeType, sizeBytes } = analysis.info ?? {};
    const pixels = widthPx && heightPx ? `${widthPx} × ${heightPx} pixels` : "";
    return [analysis.displayName || file?.name, mimeType, pixels, bytes(sizeBytes)].filter(Boolean).join(" · ");
  }

  /**
   * @param {Place[]} places
   * @param {HTMLElement[]} drawn
   * @returns {HTMLElement}
   */
  regionChoices(places, drawn) {
    if (!places.length) return el("p", { class: "small" }, "No signal marked a place in this picture.");
    const choices = cuesOf(places).map((cue) => {
      const own = places.filter((place) => place.cue === cue);
      const box = checkbox(own[0].suspects);
      const draw = () => drawn.filter((frame) => frame.dataset.cue === cue).forEach((frame) => (frame.hidden = !box.checked));
      box.addEventListener("change", draw);
      draw();
      return choice(box, `${cueName(cue)} (${own.length})`);
    });
    return el("fieldset", {}, el("legend", {}, "Marked places"), el("div", { class: "choices" }, ...choices));
  }

  /**
   * @param {Analysis} analysis
   * @returns {HTMLElement | string}
   */
  mapChoices(analysis) {
    const maps = analysis.maps ?? [];
    if (!maps.length) return "";
    const first = firstMap(analysis);
    const choices = [{ name: "", cue: "" }, ...maps].map((map) => {
      const radio = el("input", { type: "radio", name: "heatmap", value: map.cue, checked: map.name === first });
      radio.addEventListener("change", () => this.showMap(map.name));
      return choice(radio, map.cue ? cueName(map.cue) : "Off");
    });
    this.showMap(first);
    return el("fieldset", {}, el("legend", {}, "Heatmap: where a signal responded"), el("div", { class: "choices" }, ...choices, this.opacity()));
  }

  /** @returns {HTMLElement} */
  opacity() {
    const slider = /** @type {HTMLInputElement} */ (el("input", { type: "range", min: 10, max: 100, step: 5, value: FIRST_OPACITY, id: "map-opacity" }));
    const apply = () => (this.overlay.style.opacity = String(Number(slider.value) / 100));
    slider.addEventListener("input", apply);
    apply();
    return el("label", { class: "choice", for: "map-opacity" }, "Strength", slider);
  }

  /** @param {string} name Of the map; empty for none. */
  async showMap(name) {
    this.wanted = name;
    this.overlay.hidden = true;
    this.note.textContent = "";
    if (!name) return;
    try {
      const url = await this.mapUrl(name);
      if (this.wanted !== name) return;
      this.overlay.src = url;
      this.overlay.hidden = false;
    } catch (error) {
      this.maps.delete(name);
      if (this.wanted === name) this.note.textContent = `The heatmap could not be fetched. ${/** @type {Error} */ (error).message}`;
    }
  }

  /**
   * @param {string} name
   * @returns {Promise<string>}
   */
  mapUrl(name) {
    const known = this.maps.get(name) ?? /** @type {any} */ (this.loadMap)(name).then((/** @type {Blob} */ blob) => this.urlOf(blob));
    this.maps.set(name, known);
    return known;
  }

  /**
   * @param {Blob} blob
   * @returns {string}
   */
  urlOf(blob) {
    const url = URL.createObjectURL(blob);
    this.urls.push(url);
    return url;
  }
}

/**
 * @param {Analysis} analysis
 * @returns {string} The map of the signal that speaks loudest for manipulation, when the verdict leans that way; else none.
 */
function firstMap(analysis) {
  const leans = ["LABEL_SUSPICIOUS", "LABEL_MANIPULATED"].includes(analysis.verdict?.label ?? "");
  const weights = new Map((analysis.verdict?.contributions ?? []).map((each) => [each.cue, each.logOdds ?? 0]));
  const loudest = [...(analysis.maps ?? [])].sort((a, b) => (weights.get(b.cue) ?? 0) - (weights.get(a.cue) ?? 0))[0];
  return leans && loudest && (weights.get(loudest.cue) ?? 0) > 0 ? loudest.name : "";
}

/**
 * @param {Place[]} places
 * @returns {HTMLElement | string}
 */
function placeList(places) {
  if (!places.length) return "";
  const list = el("ol", { class: "places small" }, ...places.map(inWords));
  return el("details", { open: places.length <= LONG_LIST && places.some((place) => place.suspects) }, el("summary", {}, `Marked places in words (${places.length})`), list);
}

/**
 * @param {string} why
 * @returns {HTMLElement}
 */
function blank(why) {
  return el("div", { class: "blank" }, el("p", { class: "small" }, why));
}

/**
 * @param {boolean} checked
 * @returns {HTMLInputElement}
 */
function checkbox(checked) {
  return /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", checked }));
}

/**
 * @param {HTMLElement} input
 * @param {string} label
 * @returns {HTMLElement}
 */
function choice(input, label) {
  return el("label", { class: "choice" }, input, label);
}
