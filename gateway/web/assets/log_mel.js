/** Loudness by frequency and time, drawn as a picture: as wide as its columns and as high as its bands; the style stretches it. */

import { el } from "/assets/dom.js";

/** @typedef {import("/assets/types.js").LogMelMap} LogMelMap */

/** Viridis, from quiet to loud: equal steps of loudness look like equal steps, without colour too. */
const ANCHORS = [[68, 1, 84], [72, 40, 120], [62, 73, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121], [110, 206, 88], [181, 222, 43], [253, 231, 37]];
const LOUDEST = 255;

/**
 * @param {LogMelMap | undefined} map
 * @returns {HTMLCanvasElement | undefined} Clear where nothing was listened to; undefined when there is no whole map.
 */
export function drawLogMel(map) {
  const { columns = 0, bands = 0, values = "" } = map ?? {};
  const cells = Uint8Array.from(atob(values), (each) => each.charCodeAt(0));
  const canvas = /** @type {HTMLCanvasElement} */ (el("canvas", { class: "log-mel", width: columns, height: bands }));
  const pencil = canvas.getContext("2d");
  if (!cells.length || cells.length !== columns * bands || !pencil) return undefined;
  const colours = colourTable();
  const picture = pencil.createImageData(columns, bands);
  cells.forEach((loudness, index) => {
    const column = Math.floor(index / bands);
    const row = bands - 1 - (index % bands);
    picture.data.set(colours[loudness], 4 * (row * columns + column));
  });
  pencil.putImageData(picture, 0, 0);
  return canvas;
}

/** @returns {number[][]} Red, green, blue and opacity for every byte; 0 is clear. */
function colourTable() {
  return Array.from({ length: LOUDEST + 1 }, (_, loudness) => (loudness ? [...colourAt((loudness - 1) / (LOUDEST - 1)), 255] : [0, 0, 0, 0]));
}

/**
 * @param {number} share Of the range of loudness, [0, 1].
 * @returns {number[]}
 */
function colourAt(share) {
  const place = share * (ANCHORS.length - 1);
  const below = Math.min(Math.floor(place), ANCHORS.length - 2);
  return ANCHORS[below].map((from, channel) => from + (ANCHORS[below + 1][channel] - from) * (place - below));
}
