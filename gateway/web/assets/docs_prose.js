/** The little of Markdown that descriptions use: paragraphs, lists, `code` and **bold**. */

import { el } from "/assets/dom.js";

/**
 * @param {string} text
 * @returns {HTMLElement[]} Paragraphs and lists.
 */
export function prose(text) {
  return text.trim().split(/\n{2,}/).map(block);
}

/**
 * @param {string} text One line.
 * @returns {Array<Node | string>}
 */
export function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return el("code", {}, part.slice(1, -1));
    if (part.startsWith("**")) return el("strong", {}, part.slice(2, -2));
    return part;
  });
}

/**
 * @param {string} text
 * @returns {HTMLElement}
 */
function block(text) {
  const lines = text.split("\n");
  if (!lines.every((line) => line.startsWith("- "))) return el("p", {}, ...inline(lines.join(" ")));
  return el("ul", {}, ...lines.map((line) => el("li", {}, ...inline(line.slice(2)))));
}
