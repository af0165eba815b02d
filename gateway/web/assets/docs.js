/** The page that explains the REST interface, made from the OpenAPI document. */

import { callView } from "/assets/docs_call.js";
import { prose } from "/assets/docs_prose.js";
import { shape } from "/assets/docs_shapes.js";
import { byId, el } from "/assets/dom.js";

/** @typedef {import("/assets/docs_types.js").Call} Call */
/** @typedef {import("/assets/docs_types.js").OpenApi} OpenApi */
/** @typedef {import("/assets/docs_types.js").Reason} Reason */
/** @typedef {{call: Call, view: HTMLElement, link: HTMLElement, words: string}} Entry */

async function begin() {
  const response = await fetch("/assets/openapi.json");
  if (!response.ok) {
    const problem = byId("docs-problem");
    problem.textContent = "The description of the interface could not be loaded; reload the page.";
    problem.hidden = false;
    return;
  }
  show(await response.json());
}

/** @param {OpenApi} document */
function show(document) {
  byId("docs-intro").append(el("p", { class: "small" }, `Version ${document.info.version}`), ...prose(document.info.description));
  const entries = document.tags.flatMap((tag) => group(document, tag));
  byId("docs-errors").append(errorTable(document["x-errors"]));
  byId("docs-shapes").append(...Object.entries(document.components.schemas).map(([name, schema]) => shape(name, schema)));
  byId("docs-body").hidden = false;
  const query = byId("docs-query");
  query.addEventListener("input", () => search(entries, query.value));
  byId("docs-search").addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  search(entries, "");
  window.addEventListener("hashchange", follow);
  follow();
}

/**
 * @param {OpenApi} document
 * @param {{name: string, description: string, "x-displayName": string}} tag
 * @returns {Entry[]} The calls of one service, put on the page with their heading.
 */
function group(document, tag) {
  const calls = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ verb, path, operation })),
  );
  const entries = calls.filter((call) => call.operation.tags.includes(tag.name)).map(entryOf);
  const title = el("h2", { id: `calls-${tag.name}` }, tag["x-displayName"]);
  byId("docs-calls").append(
    el("section", { "aria-labelledby": title.id }, title, ...prose(tag.description), ...entries.map(({ view }) => view)),
  );
  byId("docs-index").append(
    el("p", { class: "docs-index-title" }, tag["x-displayName"]),
    el("ul", {}, ...entries.map(({ link }) => link)),
  );
  return entries;
}

/**
 * @param {Call} call
 * @returns {Entry}
 */
function entryOf(call) {
  const { verb, path, operation } = call;
  const link = el("li", {}, el("a", { href: `#${operation.operationId}` }, operation.operationId));
  const words = [verb, path, JSON.stringify(operation)].join(" ").toLowerCase();
  return { call, view: callView(call), link, words };
}

/**
 * Leaves only the calls that have all words of the query; headings without calls go, too.
 * @param {Entry[]} entries
 * @param {string} query
 */
function search(entries, query) {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { view, link, words } of entries) {
    view.hidden = link.hidden = !wanted.every((word) => words.includes(word));
  }
  for (const section of byId("docs-calls").children) section.hidden = !section.querySelector("details:not([hidden])");
  for (const list of byId("docs-index").querySelectorAll("ul")) {
    list.hidden = list.previousElementSibling.hidden = !list.querySelector("li:not([hidden])");
  }
  const found = entries.filter(({ view }) => !view.hidden).length;
  byId("docs-count").textContent = wanted.length ? `${found} of ${entries.length} calls` : `${entries.length} calls`;
}

/** Opens what the address names, and goes there. */
function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}

/**
 * @param {Reason[]} reasons
 * @returns {HTMLElement}
 */
function errorTable(reasons) {
  const head = el("tr", {}, el("th", { scope: "col" }, "Reason"), el("th", { scope: "col" }, "Meaning"));
  const rows = reasons.map(({ reason, status, code, meaning }) =>
    el(
      "tr",
      { id: `error-${reason}` },
      el("th", { scope: "row" }, el("code", {}, reason), el("span", { class: "docs-type" }, `${status} ${code}`)),
      el("td", {}, ...prose(meaning)),
    ),
  );
  return el("table", { class: "docs-table" }, el("caption", { class: "visually-hidden" }, "Reasons"), el("thead", {}, head), el("tbody", {}, ...rows));
}

begin();
