/** What the reader prefers, and the token of this tab. */

import { chooseDepth } from "/assets/depth.js";
import { button, byId, el } from "/assets/dom.js";
import { chooseKeeping, keepingWords } from "/assets/keeping.js";
import { CHOICES } from "/assets/preferences.js";
import { applyTheme } from "/assets/theme.js";

/** @typedef {keyof import("/assets/preferences.js").Choice} Name */

/** @type {Array<{name: Name, title: string, hint: string}>} */
const SETTINGS = [
  { name: "language", title: "Language of verdicts and explanations", hint: "For files that you hand in from now on. This page itself speaks English." },
  { name: "depth", title: "How much of a video or a recording to examine", hint: "What is chosen at first; you can change it for each file." },
  { name: "keeping", title: "How long this server keeps a file and its verdict", hint: "What is chosen at first; you can change it for each file. Nothing is ever kept longer than the operator decided." },
  { name: "theme", title: "Colours", hint: "" },
];
/** @type {Record<string, string>} */
const WORDS = {
  en: "English",
  de: "Deutsch",
  DEPTH_QUICK: "Quick",
  DEPTH_STANDARD: "Standard",
  DEPTH_THOROUGH: "Thorough",
  ...keepingWords(),
  system: "As the system",
  light: "Light",
  dark: "Dark",
};

export class Settings {
  /**
   * @param {import("/assets/preferences.js").Preferences} preferences
   * @param {import("/assets/session.js").Session} session
   * @param {import("/assets/frame.js").Frame} frame
   */
  constructor(preferences, session, frame) {
    this.preferences = preferences;
    this.session = session;
    this.frame = frame;
    this.selects = SETTINGS.map((setting) => this.select(setting.name));
    this.state = el("p", {});
    this.change = button("", () => this.changeToken());
    this.forget = /** @type {HTMLButtonElement} */ (button("Forget the token", () => this.forgetToken()));
    this.note = el("p", { class: "small", role: "status" });
    this.preselect();
  }

  show() {
    this.note.textContent = "";
    this.draw();
    byId("settings-body").replaceChildren(
      el("p", { class: "small" }, "Kept in this browser and nowhere else."),
      ...SETTINGS.map((setting, index) => line(setting, this.selects[index])),
      button("Forget these choices", () => this.forgetChoices(), "quiet"),
      el("section", { class: "block", "aria-labelledby": "token-heading" },
        el("h2", { id: "token-heading" }, "Access token"), this.state, el("div", { class: "actions" }, this.change, this.forget)),
      this.note);
    this.frame.stage.show("settings", "Settings");
  }

  /**
   * @param {Name} name
   * @returns {HTMLSelectElement}
   */
  select(name) {
    const options = CHOICES[name].map((value) => el("option", { value, lang: value === "de" ? "de" : null }, WORDS[value]));
    const made = /** @type {HTMLSelectElement} */ (el("select", { id: `settings-${name}`, "aria-describedby": `settings-${name}-hint` }, ...options));
    made.addEventListener("change", () => this.choose(name, made.value));
    return made;
  }

  draw() {
    SETTINGS.forEach(({ name }, index) => (this.selects[index].value = this.preferences.get(name)));
    this.state.textContent = this.session.token ? "A token is set. It is forgotten when you close this tab." : "No token is set.";
    this.change.textContent = this.session.token ? "Enter another token" : "Enter a token";
    this.forget.disabled = !this.session.token;
  }

  /**
   * @param {Name} name
   * @param {string} value
   */
  choose(name, value) {
    this.preferences.set(name, value);
    this.apply("Kept in this browser.");
  }

  forgetChoices() {
    this.preferences.forget();
    this.apply("Everything is as it was at first.");
  }

  /** @param {string} sentence */
  apply(sentence) {
    applyTheme(this.preferences);
    this.preselect();
    this.draw();
    this.note.textContent = sentence;
  }

  /** What is chosen at first for the next file. */
  preselect() {
    chooseDepth(this.preferences.get("depth"));
    chooseKeeping(this.preferences.get("keeping"));
  }

  forgetToken() {
    this.session.forget();
    this.frame.access.tokenWorks = false;
    this.draw();
    this.note.textContent = "The token is forgotten.";
    this.change.focus();
  }

  async changeToken() {
    if (!(await this.frame.access.change())) return;
    this.draw();
    this.note.textContent = "The token is set for this tab.";
  }
}

/**
 * @param {{name: Name, title: string, hint: string}} setting
 * @param {HTMLSelectElement} select
 * @returns {HTMLElement}
 */
function line({ name, title, hint }, select) {
  return el("div", { class: "setting" }, el("label", { for: select.id }, title), select, el("p", { id: `settings-${name}-hint`, class: "small" }, hint));
}
