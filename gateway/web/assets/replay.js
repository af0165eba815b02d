/** What is needed to compute the verdict again. */

import { el, facts } from "/assets/dom.js";
import { dateTime } from "/assets/format.js";

/** @typedef {import("/assets/types.js").ModelReference} ModelReference */

/**
 * @param {HTMLElement} root
 * @param {import("/assets/types.js").Analysis} analysis
 */
export function showReplay(root, analysis) {
  const replay = analysis.verdict?.replay;
  root.replaceChildren(el("details", { class: "block replay" },
    el("summary", {}, "For the record: digests and model versions"),
    facts([
      ["Analysis", code(analysis.name)],
      ["Judged", dateTime(analysis.completeTime ?? analysis.createTime)],
      ["SHA-256 of the file", code(replay?.mediaSha256 ?? analysis.info?.sha256)],
      ["SHA-256 of the evidence", code(replay?.evidenceSha256)],
      ["Fusion model", replay?.fusionModel && modelName(replay.fusionModel)],
      ["Detector models", (replay?.models ?? []).map(modelName).join(", ")],
    ])));
}

/**
 * @param {string | undefined} text
 * @returns {HTMLElement | undefined}
 */
function code(text) {
  return text ? el("code", {}, text) : undefined;
}

/**
 * @param {ModelReference} model
 * @returns {string}
 */
function modelName(model) {
  return `${model.name ?? "unnamed"} ${model.version ?? ""}`.trim();
}
