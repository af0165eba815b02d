/** The caller's analyses: searched, filtered, two of them compared, deleted. */

import { button, byId, el } from "/assets/dom.js";
import { Failure } from "/assets/failures.js";
import { dateTime } from "/assets/format.js";
import { labelIcon } from "/assets/icons.js";
import { LOOK_MS, pause } from "/assets/patience.js";
import { receiptNotice } from "/assets/receipt.js";
import { isUnderWay, stateInWords, whyNone } from "/assets/states.js";
import { allKinds, allLabels, kindName, labelOf } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

const PAGE_SIZE = 20;
const COMPARED = 2;

export class History {
  /**
   * @param {import("/assets/frame.js").Frame} frame
   * @param {import("/assets/delete_dialog.js").DeleteDialog} deleteDialog
   */
  constructor(frame, deleteDialog) {
    this.frame = frame;
    this.deleteDialog = deleteDialog;
    this.form = /** @type {HTMLFormElement} */ (byId("history-form"));
    this.list = byId("history-list");
    this.more = byId("history-more");
    this.status = byId("history-status");
    this.receipt = byId("history-receipt");
    this.nextPage = "";
    /** Counts the questions; an answer to an earlier one is not shown. */
    this.turn = 0;
    /** @type {Map<string, Analysis>} By name, in the order of choosing; they stay chosen while others are searched for. */
    this.chosen = new Map();
    byId("history-labels").append(...allLabels().map(({ name, word }) => choice("labels", name, word)));
    byId("history-kinds").append(...allKinds().map(([kind, word]) => choice("kinds", kind, word)));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.load(true);
    });
    this.form.addEventListener("change", (event) => {
      if (event.target !== byId("history-query")) this.load(true);
    });
    byId("history-clear").addEventListener("click", () => this.clearSearch());
    this.more.addEventListener("click", () => this.load(false));
    byId("compare-chosen").addEventListener("click", () => this.compare());
    byId("compare-none").addEventListener("click", () => this.chooseNone());
  }

  show() {
    this.frame.stage.show("history", "History");
    this.load(true);
  }

  /** @param {import("/assets/types.js").Deletion} deletion Shown on top until the reader closes it. */
  keepReceipt(deletion) {
    for (const name of deletion.deleted ?? []) this.chosen.delete(name);
    const close = () => {
      this.receipt.replaceChildren();
      byId("history-title").focus();
    };
    this.receipt.replaceChildren(receiptNotice(deletion, close));
  }

  /** @param {boolean} anew Whether to drop what is listed, rather than to go on below it. */
  async load(anew) {
    this.turn += 1;
    const turn = this.turn;
    this.list.setAttribute("aria-busy", "true");
    try {
      const wanted = { ...this.wanted(), pageSize: PAGE_SIZE, pageToken: anew ? "" : this.nextPage };
      const page = await this.frame.access.withToken(() => this.frame.api.listAnalyses(wanted));
      if (turn === this.turn) this.present(page, anew);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (turn === this.turn) this.tellWhyNot(error, anew);
    }
    if (turn !== this.turn) return;
    this.list.removeAttribute("aria-busy");
    this.keepLooking(turn);
  }

  /**
   * Looks again for as long as something that is shown is under way.
   * @param {number} turn
   */
  async keepLooking(turn) {
    const goesOn = () => turn === this.turn && this.list.checkVisibility() && this.list.querySelector(".under-way");
    while (goesOn()) {
      await pause(LOOK_MS);
      if (!goesOn()) return;
      try {
        const page = await this.frame.api.listAnalyses({ ...this.wanted(), pageSize: PAGE_SIZE, pageToken: "" });
        if (turn === this.turn) for (const analysis of page.analyses ?? []) this.update(analysis);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;  // the next look may be luckier
      }
    }
  }

  /** @param {Analysis} analysis Whose entry is made anew when it is shown and stands elsewhere by now. */
  update(analysis) {
    const old = [...this.list.children].find((entry) => entry.dataset.name === analysis.name);
    if (!old || old.dataset.state === (analysis.state ?? "")) return;
    const entry = this.entry(analysis);
    const wasFocused = old.contains(document.activeElement);
    old.replaceWith(entry);
    if (wasFocused) entry.querySelector("a")?.focus();
    this.status.textContent = this.count();
    this.drawChoice();
  }

  /** @returns {{query: string, labels: string[], kinds: string[]}} */
  wanted() {
    const data = new FormData(this.form);
    const all = (/** @type {string} */ name) => data.getAll(name).map(String);
    return { query: String(data.get("query") ?? "").trim(), labels: all("labels"), kinds: all("kinds") };
  }

  /** @returns {boolean} Whether anything is searched for. */
  get isNarrowed() {
    const { query, labels, kinds } = this.wanted();
    return Boolean(query || labels.length || kinds.length);
  }

  /**
   * @param {{analyses?: Analysis[], nextPageToken?: string}} page
   * @param {boolean} anew
   */
  present(page, anew) {
    const entries = (page.analyses ?? []).map((analysis) => this.entry(analysis));
    if (anew) this.list.replaceChildren(...entries);
    else this.list.append(...entries);
    this.nextPage = page.nextPageToken ?? "";
    this.more.hidden = !this.nextPage;
    if (!anew) entries[0]?.querySelector("a")?.focus();
    this.status.textContent = this.count();
    byId("history-clear").hidden = !this.isNarrowed;
    this.drawChoice();
  }

  /** @returns {string} */
  count() {
    const shown = this.list.children.length;
    if (!shown) return this.isNarrowed ? "No analysis matches this search." : "Nothing was judged yet. Hand in a file, and its verdict will stand here.";
    const hint = this.list.querySelectorAll("input[data-name]").length < COMPARED ? "" : " Tick two to compare them.";
    return `${shown}${this.nextPage ? " newest" : ""} ${shown === 1 ? "analysis" : "analyses"}${this.isNarrowed ? " that match" : ""}.${hint}`;
  }

  /**
   * @param {Failure} failure
   * @param {boolean} anew
   */
  tellWhyNot(failure, anew) {
    if (anew) this.list.replaceChildren();
    this.more.hidden = anew || !this.nextPage;
    this.status.textContent = `The list could not be fetched. ${failure.message} ${failure.advice}`;
  }

  clearSearch() {
    this.form.reset();
    this.load(true);
    byId("history-query").focus();
  }

  /**
   * @param {Analysis} analysis
   * @returns {HTMLElement}
   */
  entry(analysis) {
    const label = labelOf(analysis.verdict?.label);
    const name = analysis.displayName || "Unnamed file";
    const remove = button("Delete", () => this.delete(analysis), "quiet");
    remove.setAttribute("aria-label", `Delete ${name}`);
    const risk = analysis.verdict ? `risk ${(analysis.verdict.riskScore ?? 0).toFixed(1)} of 100` : "";
    return el("li", { class: "entry", "data-label": label.key, "data-name": analysis.name, "data-state": analysis.state ?? "" },
      analysis.verdict ? this.pick(analysis, name) : el("span", { class: "entry-pick" }),
      analysis.verdict ? labelIcon(label.key) : el("span", { class: isUnderWay(analysis) ? "entry-mark under-way" : "entry-mark", "aria-hidden": "true" }),
      el("a", { class: "entry-name", href: `#/${analysis.name}` }, name),
      el("span", { class: "entry-verdict" }, analysis.verdict ? label.word : stateInWords(analysis)),
      el("span", { class: "entry-facts" }, [kindName(analysis.info?.kind), risk, dateTime(analysis.createTime), whyNone(analysis)?.message].filter(Boolean).join(" · ")),
      remove);
  }

  /**
   * @param {Analysis} analysis
   * @param {string} name
   * @returns {HTMLElement} What chooses it to be compared.
   */
  pick(analysis, name) {
    const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", "aria-label": `Compare ${name}`, "data-name": analysis.name }));
    box.addEventListener("change", () => this.choose(analysis, box.checked));
    return el("label", { class: "entry-pick", title: "Choose to compare" }, box);
  }

  /** @param {Analysis} analysis */
  async delete(analysis) {
    const deletion = await this.deleteDialog.ask(analysis);
    if (!deletion) return;
    this.keepReceipt(deletion);
    await this.load(true);
    byId("receipt-title").focus();
  }

  /**
   * @param {Analysis} analysis
   * @param {boolean} isChosen
   */
  choose(analysis, isChosen) {
    if (isChosen) this.chosen.set(analysis.name, analysis);
    else this.chosen.delete(analysis.name);
    this.drawChoice();
  }

  chooseNone() {
    this.chosen.clear();
    this.drawChoice();
    byId("history-title").focus();
  }

  drawChoice() {
    const isFull = this.chosen.size === COMPARED;
    for (const pick of this.list.querySelectorAll("input[data-name]")) {
      pick.checked = this.chosen.has(pick.dataset.name);
      pick.disabled = isFull && !pick.checked;
    }
    byId("tray").hidden = !this.chosen.size;
    byId("compare-chosen").disabled = !isFull;
    byId("tray-text").textContent = isFull ? "Two are chosen." : "One is chosen. Choose one more to compare.";
  }

  compare() {
    const [a, b] = [...this.chosen.keys()].map((name) => name.replace("analyses/", ""));
    this.frame.router.go(`#/compare/${a}/${b}`);
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} words
 * @returns {HTMLElement}
 */
function choice(name, value, words) {
  return el("label", { class: "choice" }, el("input", { type: "checkbox", name, value }), words);
}
