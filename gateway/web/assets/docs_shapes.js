/** Schemas as tables: name and type on the left, meaning on the right. */

import { inline, prose } from "/assets/docs_prose.js";
import { el } from "/assets/dom.js";

/** @typedef {import("/assets/docs_types.js").Schema} Schema */
/** @typedef {import("/assets/docs_types.js").Parameter} Parameter */
/** @typedef {{name: string, schema: Schema, required: boolean, description: string}} Row */

const COMPONENT = "#/components/schemas/";

/**
 * @param {string} caption
 * @param {Row[]} rows
 * @returns {HTMLElement}
 */
export function table(caption, rows) {
  const head = el("tr", {}, el("th", { scope: "col" }, "Name"), el("th", { scope: "col" }, "Meaning"));
  return el("table", { class: "docs-table" }, el("caption", {}, caption), el("thead", {}, head), el("tbody", {}, ...rows.map(line)));
}

/**
 * @param {Schema} schema Of an object.
 * @returns {Row[]}
 */
export function fields(schema) {
  const required = schema.required ?? [];
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    schema: field,
    required: required.includes(name),
    description: field.description ?? "",
  }));
}

/**
 * @param {string} name
 * @param {Schema} schema
 * @returns {HTMLElement} A shape that opens.
 */
export function shape(name, schema) {
  const rows = fields(schema);
  const body = el("div", { class: "docs-shape-body" }, ...prose(schema.description ?? ""), rows.length > 0 && table(`Fields of ${name}`, rows));
  return el("details", { id: shapeId(name), class: "docs-shape" }, el("summary", {}, el("code", {}, name)), body);
}

/**
 * @param {string} name
 * @returns {string} Where a shape is on the page.
 */
export function shapeId(name) {
  return `shape-${name}`;
}

/**
 * @param {Schema} schema
 * @returns {Array<Node | string>} E.g. "list of Analysis", with a link.
 */
export function typeOf(schema) {
  if (schema.$ref) {
    const name = schema.$ref.slice(COMPONENT.length);
    return [el("a", { href: `#${shapeId(name)}` }, name)];
  }
  if (schema.type === "array") return ["list of ", ...typeOf(schema.items ?? {})];
  if (typeof schema.additionalProperties === "object") return ["map to ", ...typeOf(schema.additionalProperties)];
  if (schema.title) return [schema.title];
  if (schema.contentEncoding) return [`${schema.contentEncoding} text`];
  if (schema.format === "date-time") return ["time"];
  return [schema.type ? `${schema.type}${schema.format ? ` (${schema.format})` : ""}` : "bytes"];
}

/**
 * @param {Row} row
 * @returns {HTMLElement}
 */
function line({ name, schema, required, description }) {
  const notes = [required && "required", schema.readOnly && "set by the server"].filter(Boolean).join(", ");
  const limits = limitsOf(schema);
  return el(
    "tr",
    {},
    el(
      "th",
      { scope: "row" },
      el("code", {}, name),
      el("span", { class: "docs-type" }, ...typeOf(schema)),
      notes && el("span", { class: "docs-note" }, notes),
    ),
    el("td", {}, ...prose(description), limits && el("p", { class: "small" }, ...inline(limits))),
  );
}

/**
 * @param {Schema} schema
 * @returns {string} What its rules allow, in words.
 */
function limitsOf(schema) {
  const each = schema.items ?? {};
  return [
    schema.pattern && !schema.format && !schema.title ? `Like \`${schema.pattern}\`.` : "",
    schema.minimum !== undefined || schema.maximum !== undefined ? `From ${schema.minimum ?? "any"} to ${schema.maximum ?? "any"}.` : "",
    schema.exclusiveMinimum === undefined ? "" : `Above ${schema.exclusiveMinimum}.`,
    schema.maxLength ? `At most ${schema.maxLength} characters.` : "",
    schema.maxItems ? `At most ${schema.maxItems} of them.` : "",
    each.enum ? `One of ${each.enum.map((value) => `\`${value}\``).join(", ")}.` : "",
    schema.enum && schema.$ref ? `One of ${schema.enum.map((value) => `\`${value}\``).join(", ")}.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}
