/** Maps that came with an answer, as pictures to lay over the photo; those that the server draws look the same. */

/** @typedef {import("/assets/types.js").EvidenceMap} EvidenceMap */

const LONGER_SIDE_PX = 512;
/** Turbo (Mikhailov 2019), which the server uses too, as polynomials of the response: red, green and blue, lowest power first. */
const TURBO = [
  [0.13572138, 4.6153926, -42.66032258, 132.13108234, -152.94239396, 59.28637943],
  [0.09140261, 2.19418839, 4.84296658, -14.18503333, 4.27729857, 2.82956604],
  [0.1066733, 12.64194608, -60.58204836, 110.36276771, -89.90310912, 27.34824973],
];
const COLOURS = Array.from({ length: 256 }, (_, strength) => TURBO.map((powers) => 255 * polynomial(powers, strength / 255)));

/**
 * @param {EvidenceMap} map With its values.
 * @param {{widthPx?: number, heightPx?: number}} info Of the picture.
 * @returns {Promise<Blob>} A PNG in the proportions of the picture: clear where the test did not respond, opaque where it did most.
 */
export function drawHeatmap(map, info) {
  const { widthPx = map.width ?? 1, heightPx = map.height ?? 1 } = info;
  const scale = LONGER_SIDE_PX / Math.max(widthPx, heightPx);
  const canvas = blank(Math.max(1, Math.round(widthPx * scale)), Math.max(1, Math.round(heightPx * scale)));
  const context = contextOf(canvas);
  const { xMin = 0, yMin = 0, xMax = 1, yMax = 1 } = map.area ?? {};
  context.drawImage(greys(map), xMin * canvas.width, yMin * canvas.height, (xMax - xMin) * canvas.width, (yMax - yMin) * canvas.height);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  colour(pixels.data);
  context.putImageData(pixels, 0, 0);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("This browser could not draw it.")))));
}

/**
 * @param {EvidenceMap} map
 * @returns {HTMLCanvasElement} One opaque grey pixel a cell, so that what lies between cells is the mean of responses, not of colours.
 */
function greys({ width = 1, height = 1, values = "" }) {
  const canvas = blank(width, height);
  const pixels = new ImageData(width, height);
  const responses = Uint8Array.from(atob(values), (character) => character.charCodeAt(0));
  responses.subarray(0, width * height).forEach((response, cell) => pixels.data.set([response, response, response, 255], 4 * cell));
  contextOf(canvas).putImageData(pixels, 0, 0);
  return canvas;
}

/** @param {Uint8ClampedArray} data Grey pixels; what was not covered is clear and stays so. */
function colour(data) {
  for (let at = 0; at < data.length; at += 4) {
    const strength = data[at + 3] ? data[at] : 0;
    data.set(COLOURS[strength], at);
    data[at + 3] = strength;
  }
}

/**
 * @param {number} width
 * @param {number} height
 * @returns {HTMLCanvasElement}
 */
function blank(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 */
function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
}

/**
 * @param {number[]} powers Coefficients, lowest power first.
 * @param {number} x
 * @returns {number}
 */
function polynomial(powers, x) {
  return powers.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}
