/** What the reader learned to be true of the file: it is kept to measure how often we are wrong, and changes no verdict. */

import { button, el } from "/assets/dom.js";
import { Failure } from "/assets/failures.js";
import { dateTime } from "/assets/format.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/types.js").Feedback} Said */

const COMMENT_LIMIT = 2000;
/** @type {Array<[string, string]>} */
const TRUTHS = [["TRUTH_AUTHENTIC", "genuine"], ["TRUTH_MANIPULATED", "manipulated or synthetic"]];

export class Feedback {
  /**
   * @param {HTMLElement} root
   * @param {import("/assets/frame.js").Frame} frame
   */
  constructor(root, frame) {
    this.root = root;
    this.api = frame.api;
    this.access = frame.access;
    this.name = "";
    this.body = el("div", { class: "feedback-body" });
    this.note = el("p", { class: "small", role: "status" });
    root.replaceChildren(el("section", { class: "block", "aria-labelledby": "feedback-title" },
      el("h2", { id: "feedback-title", tabindex: "-1" }, "Do you know what it is?"), this.body, this.note));
  }

  /**
   * @param {Analysis} analysis
   * @param {boolean} isNew Of what was judged just now, nothing was said yet.
   */
  async show(analysis, isNew) {
    this.name = analysis.name;
    this.note.textContent = "";
    this.ask();
    if (!isNew) await this.attempt(async () => this.present(await this.api.getFeedback(analysis.name)), analysis.name);
  }

  /** @param {Said | undefined} said */
  present(said) {
    if (said) this.tell(said);
    else this.ask();
  }

  /**
   * The form.
   * @param {Said} [said] What it begins with.
   */
  ask(said) {
    const comment = /** @type {HTMLTextAreaElement} */ (el("textarea", { id: "feedback-comment", maxlength: COMMENT_LIMIT, rows: 3 }));
    comment.value = said?.comment ?? "";
    const choices = TRUTHS.map(([truth, words]) => {
      const radio = el("input", { type: "radio", name: "truth", value: truth, required: true, checked: said?.truth === truth });
      return el("label", { class: "choice" }, radio, words);
    });
    const form = /** @type {HTMLFormElement} */ (el("form", { class: "feedback-form" },
      el("fieldset", {}, el("legend", {}, "This was in fact"), el("div", { class: "choices" }, ...choices)),
      el("label", { for: "feedback-comment" }, "How do you know? (may stay empty)"), comment,
      el("div", { class: "actions" }, el("button", { type: "submit" }, "Save"), said ? button("Cancel", () => this.present(said)) : "")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save(String(new FormData(form).get("truth")), comment.value.trim());
    });
    this.body.replaceChildren(el("p", { class: "small" }, "Your answer stays on this server. It helps to measure how often verdicts are wrong, and changes none."), form);
  }

  /**
   * What was said.
   * @param {Said} said
   */
  tell(said) {
    const words = TRUTHS.find(([truth]) => truth === said.truth)?.[1] ?? "unknown";
    const when = said.updateTime ? ` on ${dateTime(said.updateTime)}` : "";
    this.body.replaceChildren(
      el("p", {}, `You said${when}: this was in fact `, el("strong", {}, words), "."),
      said.comment ? el("blockquote", {}, said.comment) : "",
      el("div", { class: "actions" }, button("Change", () => this.ask(said)), button("Take it back", () => this.takeBack())));
  }

  /**
   * @param {string} truth
   * @param {string} comment
   */
  async save(truth, comment) {
    const { name } = this;
    await this.attempt(async () => {
      this.tell(await this.access.withToken(() => this.api.setFeedback(name, truth, comment)));
      this.done("Saved. Thank you.");
    }, name);
  }

  async takeBack() {
    const { name } = this;
    await this.attempt(async () => {
      await this.access.withToken(() => this.api.deleteFeedback(name));
      this.ask();
      this.done("Taken back.");
    }, name);
  }

  /** @param {string} sentence Shown, with the focus near it: the button that was pressed is gone. */
  done(sentence) {
    this.note.textContent = sentence;
    this.root.querySelector("h2")?.focus();
  }

  /**
   * @param {() => Promise<void>} work
   * @param {string} name Of the analysis that it belongs to.
   */
  async attempt(work, name) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (name === this.name) this.note.textContent = `${error.message} ${error.advice}`;
    }
  }
}
