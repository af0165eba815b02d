/** The caller's earlier analyses. */

import { button, byId, el } from "/assets/dom.js";
import { dateTime } from "/assets/format.js";
import { labelIcon } from "/assets/icons.js";
import { isUnderWay, stateInWords } from "/assets/states.js";
import { labelOf } from "/assets/words.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

const PAGE_SIZE = 8;

export class Recent {
  /**
   * @param {import("/assets/api.js").Api} api
   * @param {(analysis: Analysis) => void} onOpen
   */
  constructor(api, onOpen) {
    this.api = api;
    this.onOpen = onOpen;
    this.section = byId("recent");
    this.list = byId("recent-list");
    this.more = byId("recent-more");
    this.nextPage = "";
    this.wanted = true;
    this.more.addEventListener("click", () => this.append().catch(() => (this.more.hidden = true)));
  }

  /** Rejects with a Failure. */
  async refresh() {
    this.nextPage = "";
    await this.append(true);
  }

  /** @param {boolean} [anew] Whether to drop what is listed. */
  async append(anew = false) {
    const page = await this.api.listAnalyses({ pageSize: PAGE_SIZE, pageToken: this.nextPage });
    const items = (page.analyses ?? []).filter((analysis) => analysis.verdict || isUnderWay(analysis)).map((analysis) => this.item(analysis));
    if (anew) this.list.replaceChildren();
    this.list.append(...items);
    this.nextPage = page.nextPageToken ?? "";
    this.more.hidden = !this.nextPage;
    this.show(this.wanted);
  }

  /** @param {boolean} wanted Whether the list belongs to what the page shows; an empty one never does. */
  show(wanted) {
    this.wanted = wanted;
    this.section.hidden = !wanted || !this.list.children.length;
  }

  forget() {
    this.list.replaceChildren();
    this.show(this.wanted);
  }

  /**
   * @param {Analysis} analysis
   * @returns {HTMLElement}
   */
  item(analysis) {
    const label = labelOf(analysis.verdict?.label);
    const risk = analysis.verdict ? `; risk ${(analysis.verdict.riskScore ?? 0).toFixed(1)} of 100` : "";
    const open = button("", () => this.onOpen(analysis), "recent-item");
    open.dataset.label = label.key;
    open.append(
      analysis.verdict ? labelIcon(label.key) : el("span", { class: "entry-mark under-way", "aria-hidden": "true" }),
      el("span", { class: "recent-name" }, analysis.displayName || "Unnamed file"),
      el("span", { class: "recent-verdict" }, analysis.verdict ? label.word : stateInWords(analysis)),
      el("span", { class: "recent-when" }, `${dateTime(analysis.createTime)}${risk}`),
    );
    return el("li", {}, open);
  }
}
