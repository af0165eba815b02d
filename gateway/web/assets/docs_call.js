/** One call: what it takes, what it answers, how it can fail, and what it looks like. */

import { prose } from "/assets/docs_prose.js";
import { fields, table, typeOf } from "/assets/docs_shapes.js";
import { button, el } from "/assets/dom.js";

/** @typedef {import("/assets/docs_types.js").Call} Call */
/** @typedef {import("/assets/docs_types.js").Operation} Operation */
/** @typedef {import("/assets/docs_types.js").Answer} Answer */
/** @typedef {import("/assets/docs_types.js").Sample} Sample */

const COPIED_MS = 2000;

/**
 * @param {Call} call
 * @returns {HTMLElement} A call that opens; what is inside is made when it does.
 */
export function callView({ verb, path, operation }) {
  const title = el(
    "summary",
    {},
    el("span", { class: "docs-verb", "data-verb": verb }, verb.toUpperCase()),
    el("code", { class: "docs-path" }, ...breakable(path)),
    el("span", { class: "docs-summary" }, operation.summary),
  );
  const view = el("details", { id: operation.operationId, class: "docs-call" }, title);
  view.addEventListener("toggle", () => view.childElementCount === 1 && view.append(inside(operation)));
  return view;
}

/**
 * @param {string} path
 * @returns {Array<Node | string>} The path, which may be broken before a slash.
 */
function breakable(path) {
  return path.split(/(?=[/:])/).flatMap((part) => [el("wbr"), part]);
}

/**
 * @param {Operation} operation
 * @returns {HTMLElement}
 */
function inside(operation) {
  return el(
    "div",
    { class: "docs-inside" },
    ...prose(operation.description.replace(/ ?Errors: [^.]*\./, "")),
    samples(operation["x-codeSamples"], operation.operationId),
    ...parameters(operation),
    ...body(operation),
    answers(operation.responses),
  );
}

/**
 * @param {Operation} operation
 * @returns {HTMLElement[]}
 */
function parameters(operation) {
  const rows = operation.parameters.map((each) => ({
    name: each.name,
    schema: each.schema,
    required: each.required ?? false,
    description: each.description || (each.in === "path" ? "Part of the path." : ""),
  }));
  return rows.length ? [table("In the address", rows)] : [];
}

/**
 * @param {Operation} operation
 * @returns {HTMLElement[]}
 */
function body(operation) {
  if (!operation.requestBody) return [];
  const content = operation.requestBody.content;
  const json = content["application/json"];
  if (!json) return [el("h3", {}, "Body"), el("p", {}, "The file itself, as ", ...codes(Object.keys(content)), ".")];
  if (json.schema.$ref) return [el("h3", {}, "Body"), el("p", {}, "JSON: ", ...typeOf(json.schema), ".")];
  const rows = fields(json.schema);
  return rows.length ? [table("In the body, as JSON", rows)] : [el("h3", {}, "Body"), el("p", {}, "An empty JSON object.")];
}

/**
 * @param {Record<string, Answer>} responses
 * @returns {HTMLElement}
 */
function answers(responses) {
  const head = el("tr", {}, el("th", { scope: "col" }, "Status"), el("th", { scope: "col" }, "Answer"));
  const rows = Object.entries(responses).map(([status, answer]) =>
    el("tr", {}, el("th", { scope: "row" }, el("code", {}, status)), el("td", {}, ...answerParts(answer))),
  );
  return el("table", { class: "docs-table docs-answers" }, el("caption", {}, "Answers"), el("thead", {}, head), el("tbody", {}, ...rows));
}

/**
 * @param {Answer} answer
 * @returns {Array<Node | string>}
 */
function answerParts(answer) {
  const reasons = answer["x-reasons"];
  if (reasons) return [el("p", {}, ...reasons.flatMap((reason, place) => [place ? ", " : "", el("a", { href: `#error-${reason}` }, el("code", {}, reason))]))];
  const [[type, content]] = Object.entries(answer.content ?? { "": { schema: {} } });
  const types = Object.keys(answer.content ?? {});
  const what = type === "application/json" && content.schema.$ref ? typeOf(content.schema) : codes(types);
  return [...prose(answer.description), el("p", {}, ...what)];
}

/**
 * @param {string[]} words
 * @returns {Array<Node | string>}
 */
function codes(words) {
  return words.flatMap((word, place) => [place ? ", " : "", el("code", {}, word)]);
}

/**
 * @param {Sample[]} given
 * @param {string} id Of the call.
 * @returns {HTMLElement} One sample at a time, by radio buttons, which a keyboard and a screen reader know.
 */
function samples(given, id) {
  const source = el("code", {});
  const show = (/** @type {Sample} */ sample) => source.replaceChildren(sample.source);
  const choices = given.map((sample, place) => {
    const input = el("input", { type: "radio", name: `sample-${id}`, checked: place === 0 });
    input.addEventListener("change", () => show(sample));
    return el("label", { class: "choice" }, input, sample.label);
  });
  show(given[0]);
  const copied = el("span", { class: "small", role: "status" });
  const copy = button("Copy", () => copyText(source.textContent ?? "", copied), "docs-copy");
  const top = el("div", { class: "docs-sample-top" }, el("fieldset", {}, el("legend", {}, "Example"), el("div", { class: "choices" }, ...choices)), copied, copy);
  return el("div", { class: "docs-sample" }, top, el("pre", { tabindex: 0, role: "region", "aria-label": "Example" }, source));
}

/**
 * @param {string} text
 * @param {HTMLElement} status
 */
async function copyText(text, status) {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = "Copied";
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    status.textContent = "This browser does not let a page copy";
  }
  setTimeout(() => status.replaceChildren(), COPIED_MS);
}
