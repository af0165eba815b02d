/** The receipt of a deletion, in words and as a file to keep. */

import { button, el, facts } from "/assets/dom.js";
import { dateTime } from "/assets/format.js";
import { save } from "/assets/saving.js";

/** @typedef {import("/assets/types.js").Deletion} Deletion */

/** @type {Array<[RegExp, string, string]>} What a name stands for, one and several. */
const RESOURCES = [
  [/^media\//, "the file", "files"],
  [/^analyses\/[^/]+$/, "one analysis", "analyses"],
  [/\/shares\//, "one link", "links"],
  [/\/feedback$/, "what you said of it", "answers on what it was"],
  [/^contributions\//, "the copy that was given to us", "copies that were given to us"],
];

/**
 * @param {Deletion} deletion
 * @param {() => void} onClose
 * @returns {HTMLElement}
 */
export function receiptNotice(deletion, onClose) {
  const { receipt } = deletion;
  const download = () => save(new Blob([`${JSON.stringify(receipt, null, 2)}\n`], { type: "application/json" }), `telltale-receipt-${(receipt?.mediaSha256 ?? "").slice(0, 12)}.json`);
  const kept = receipt ? el("p", { class: "small" }, "Keep the receipt if you may have to show that the data is gone: nobody else will remember. “telltale verify” checks its signature.") : "";
  return el("section", { class: "notice receipt", "aria-labelledby": "receipt-title" },
    el("h2", { id: "receipt-title", tabindex: "-1" }, `Deleted: ${goneInWords(deletion.deleted ?? [])}`),
    receipt ? facts([
      ["When", dateTime(receipt.deleteTime)],
      ["Stored data", (receipt.artefacts ?? []).join(", ")],
      ["SHA-256 of the file", receipt.mediaSha256 && el("code", {}, receipt.mediaSha256)],
      ["Signed with key", receipt.signature?.keyId && el("code", {}, receipt.signature.keyId)],
    ]) : "",
    kept,
    el("div", { class: "actions" }, receipt ? button("Download the receipt", download, "primary") : "", button("Close", onClose)));
}

/**
 * @param {string[]} names Of resources.
 * @returns {string} E.g. "the file, 2 analyses".
 */
function goneInWords(names) {
  const parts = RESOURCES.map(([pattern, one, many]) => {
    const count = names.filter((name) => pattern.test(name)).length;
    return count === 1 ? one : count ? `${count} ${many}` : "";
  });
  return parts.filter(Boolean).join(", ") || "nothing was left to delete";
}
