/** What the file says of itself: software, camera, compression, content credentials. */

import { el, facts } from "/assets/dom.js";
import { fileHistory, observation } from "/assets/file_history.js";
import { softwareKind } from "/assets/words.js";

/** @typedef {import("/assets/types.js").MetadataFacts} MetadataFacts */
/** @typedef {import("/assets/types.js").Tag} Tag */

const CAMERA_TAGS = ["Make", "Model", "LensModel", "DateTimeOriginal", "DateTimeDigitized", "DateTime", "Software", "ExposureTime", "FNumber", "ISOSpeedRatings", "FocalLength", "Orientation"];

/** @type {Record<string, string>} */
const INTEGRITY = {
  PROVENANCE_INTEGRITY_ABSENT: "There is no statement to check.",
  PROVENANCE_INTEGRITY_INTACT: "Intact: the statement is well-formed and belongs to exactly this file.",
  PROVENANCE_INTEGRITY_BROKEN: "Broken: the statement does not match this file, or is damaged.",
};

/** @type {Record<string, string>} */
const TRUST = {
  SIGNER_TRUST_TRUSTED: "Trusted: the signer's certificate leads to a list that this server trusts.",
  SIGNER_TRUST_UNTRUSTED: "Not trusted: anybody could have made this signature.",
};

/**
 * @param {HTMLElement} root
 * @param {MetadataFacts | undefined} metadata
 */
export function showMetadata(root, metadata) {
  if (!metadata) {
    root.replaceChildren();
    return;
  }
  root.replaceChildren(el("section", { class: "block", "aria-labelledby": "metadata-title" },
    el("h2", { id: "metadata-title" }, "What the file says of itself"),
    el("p", { class: "small" }, "All of this can be rewritten or removed by anybody. Read it as a witness, not as proof."),
    el("div", { class: "cards" }, software(metadata), camera(metadata), credentials(metadata), jpeg(metadata),
      ...fileHistory(metadata).map(({ title, body }) => card(title, ...body))),
    allTags(metadata.tags ?? [])));
}

/**
 * @param {string} title
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
function card(title, ...children) {
  return el("section", { class: "card" }, el("h3", {}, title), ...children);
}

/**
 * @param {string} text
 * @returns {HTMLElement}
 */
function nothing(text) {
  return el("p", { class: "small" }, text);
}

/**
 * @param {MetadataFacts} metadata
 * @returns {HTMLElement}
 */
function software(metadata) {
  const traces = metadata.software ?? [];
  if (!traces.length) return card("Traces of software", nothing("No program left its name."));
  return card("Traces of software", el("ul", { class: "plain" }, ...traces.map((trace) => el("li", {},
    el("strong", {}, trace.name || "Unnamed program"),
    el("span", { class: "small purpose" }, [softwareKind(trace.kind), trace.location && `found in ${trace.location}`].filter(Boolean).join("; "))))));
}

/**
 * @param {MetadataFacts} metadata
 * @returns {HTMLElement}
 */
function camera(metadata) {
  const tags = (metadata.tags ?? []).filter((tag) => CAMERA_TAGS.includes(tag.name));
  const body = tags.length ? facts(tags.map((tag) => [spaced(tag.name), tag.value])) : nothing("No camera data (EXIF). Most platforms remove it, so this means little.");
  return card("Camera data", body, conflicts(metadata));
}

/**
 * @param {MetadataFacts} metadata
 * @returns {HTMLElement | string}
 */
function conflicts(metadata) {
  const all = metadata.conflicts ?? [];
  if (!all.length) return "";
  return el("div", { class: "conflicts" }, el("h4", {}, "These contradict each other"), el("ul", {}, ...all.map((conflict) => el("li", {}, observation(conflict)))));
}

/**
 * Integrity, trust and absence are separate facts and are never merged into one word.
 * @param {MetadataFacts} metadata
 * @returns {HTMLElement}
 */
function credentials(metadata) {
  const found = metadata.provenance;
  const integrity = found?.integrity ?? "PROVENANCE_INTEGRITY_UNSPECIFIED";
  const absent = integrity === "PROVENANCE_INTEGRITY_ABSENT";
  return card("Content credentials (C2PA)",
    facts([
      ["Present", absent ? "No. Most files have none; this is evidence of nothing." : integrity in INTEGRITY ? "Yes." : "Not examined."],
      ["Integrity", INTEGRITY[integrity] ?? "Not examined."],
      ["Signer", TRUST[found?.trust ?? ""] ?? (absent ? "Nothing is signed." : "Not examined.")],
      ["Signed by", found?.issuer],
      ["Made with", found?.claimGenerator],
      ["Declared source", (found?.digitalSourceTypes ?? []).map(spaced).join(", ")],
      ["Declared steps", (found?.actions ?? []).join(", ")],
      ["Failed checks", (found?.failures ?? []).join(", ")],
    ]));
}

/**
 * @param {MetadataFacts} metadata
 * @returns {HTMLElement | string}
 */
function jpeg(metadata) {
  const found = metadata.jpeg;
  if (!found) return "";
  return card("JPEG compression", facts([
    ["Quality", found.qualityEstimate && `about ${found.qualityEstimate} of 100`],
    ["Known encoder", found.encoder],
    ["Quantisation", found.standardTables ? "standard tables" : "the encoder's own tables"],
    ["Huffman tables", found.standardHuffman ? "standard" : "optimised"],
    ["Colour subsampling", found.subsampling],
    ["Scan", found.progressive ? "progressive" : "baseline"],
    ["Fingerprint", found.tablesFingerprint && el("code", {}, found.tablesFingerprint)],
  ]));
}

/**
 * @param {Tag[]} tags
 * @returns {HTMLElement | string}
 */
function allTags(tags) {
  if (!tags.length) return "";
  const rows = tags.map((tag) => el("tr", {}, el("td", {}, tag.group ?? ""), el("th", { scope: "row" }, tag.name), el("td", {}, tag.value ?? "")));
  const head = el("tr", {}, ...["Where", "Tag", "Value"].map((text) => el("th", { scope: "col" }, text)));
  return el("details", { class: "all-tags" }, el("summary", {}, `All tags (${tags.length})`),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "All tags" }, el("table", { class: "tags" }, el("thead", {}, head), el("tbody", {}, ...rows))));
}

/**
 * @param {string} name E.g. "DateTimeOriginal".
 * @returns {string} E.g. "Date time original".
 */
function spaced(name) {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").replace("FNumber", "F number").replace("ISOSpeed", "ISO speed");
  return words.split(" ").map((word, index) => (index && word !== word.toUpperCase() ? word.toLowerCase() : word)).join(" ");
}
