/** How the file came to be, by its own numbers: earlier compressions, the preview inside it, its container. */

import { el, facts } from "/assets/dom.js";
import { fromCode } from "/assets/format.js";

/** @typedef {import("/assets/types.js").MetadataFacts} MetadataFacts */
/** @typedef {import("/assets/types.js").ContainerTrack} Track */
/** @typedef {import("/assets/types.js").Conflict} Conflict */

/** Likelihood ratios below this are no more than a hint. */
const CLEAR = 10;
const LARGEST_TIMES = 1000;

/**
 * @param {MetadataFacts} metadata
 * @returns {Array<{title: string, body: Array<Node | string>}>} What is known of it; often nothing.
 */
export function fileHistory(metadata) {
  return [jpegHistory(metadata), preview(metadata), container(metadata)].flatMap((each) => each ?? []);
}

/** @param {MetadataFacts} metadata */
function jpegHistory({ jpegHistory: found }) {
  if (!found) return undefined;
  const { gridOffsetXPx: x = 0, gridOffsetYPx: y = 0 } = found;
  return {
    title: "Earlier JPEG compressions",
    body: [
      facts([
        ["Saved before", traces(found.alignedLogLikelihoodRatio ?? 0)],
        ["Saved, then cropped or moved", traces(found.shiftedLogLikelihoodRatio ?? 0)],
        ["Earlier quality", found.firstQuality ? `about ${found.firstQuality} of 100` : ""],
        ["Earlier grid", x || y ? `moved by ${x} across and ${y} down, in pixels` : ""],
        ["Measured on", `${(found.blocks ?? 0).toLocaleString("en")} blocks of 8 × 8 pixels`],
      ]),
      el("p", { class: "small" }, "Saving a photo twice is ordinary: messengers and phones do it. It is no sign of manipulation by itself."),
    ],
  };
}

/**
 * @param {number} logLikelihoodRatio Natural.
 * @returns {string}
 */
function traces(logLikelihoodRatio) {
  const times = Math.exp(Math.abs(logLikelihoodRatio));
  const factor = times > LARGEST_TIMES ? `more than ${LARGEST_TIMES.toLocaleString("en")}` : times < CLEAR ? times.toFixed(1) : times.toFixed(0);
  if (logLikelihoodRatio < 0) return `No traces: ${factor} times likelier that it was not.`;
  return times < CLEAR ? `Hardly a trace: ${factor} times likelier than not.` : `Clear traces: ${factor} times likelier than not.`;
}

/** @param {MetadataFacts} metadata */
function preview({ thumbnail }) {
  if (!thumbnail) return undefined;
  return {
    title: "Preview inside the file",
    body: [facts([
      ["Size", `${thumbnail.widthPx ?? 0} × ${thumbnail.heightPx ?? 0} pixels`],
      ["Likeness to the picture", `${(thumbnail.correlation ?? 0).toFixed(2)} (1 is the same picture, 0 another one)`],
    ])],
  };
}

/** @param {MetadataFacts} metadata */
function container({ container: found }) {
  if (!found) return undefined;
  return {
    title: "Container",
    body: [
      facts([
        ["Format", found.format],
        ["Written by", found.writer],
        ["Encoded by", found.encoder],
        ["Device it claims", found.device],
        ["Index", found.indexLast === undefined ? "" : found.indexLast ? "behind the media, as cameras write it" : "before the media, as programs write it"],
        ["Parts", (found.layout ?? []).join(", ")],
      ]),
      ...(found.tracks ?? []).map(track),
      observations(found.observations ?? []),
    ],
  };
}

/**
 * @param {Track} found
 * @returns {HTMLElement}
 */
function track({ kind = "", codec = "", profile = "", handler = "", edits = 0, createTime = "" }, /** @type {number} */ index) {
  const parts = [[codec, profile].filter(Boolean).join(" "), handler, edits && `${edits} ${edits === 1 ? "edit" : "edits"}`, createTime && `made ${createTime}`].filter(Boolean);
  return el("p", { class: "small" }, `Track ${index + 1}, ${kind || "unknown"}: ${parts.join("; ") || "nothing more is known"}`);
}

/**
 * @param {Conflict[]} all
 * @returns {HTMLElement | string}
 */
function observations(all) {
  if (!all.length) return "";
  return el("div", { class: "conflicts" }, el("h4", {}, "What stands out"), el("ul", {}, ...all.map((each) => el("li", {}, observation(each)))));
}

/**
 * @param {Conflict} conflict
 * @returns {string} E.g. "Original after modified (original: 2024, modified: 2023)".
 */
export function observation({ code, parameters = {} }) {
  const values = Object.entries(parameters).map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`);
  return fromCode(code.replace(/^(exif|container)_/, "")) + (values.length ? ` (${values.join(", ")})` : "");
}
