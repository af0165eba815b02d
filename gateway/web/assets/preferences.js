/** What the reader prefers, kept by this browser. Nothing here is secret: the token lies elsewhere and ends with the tab. */

import { keepings } from "/assets/keeping.js";

const KEY = "telltale.preferences";

/** @typedef {{language: string, depth: string, keeping: string, theme: string}} Choice */

/** @type {Record<keyof Choice, string[]>} What can be chosen; the first of each where nothing was. */
export const CHOICES = {
  language: ["en", "de"],
  depth: ["DEPTH_STANDARD", "DEPTH_QUICK", "DEPTH_THOROUGH"],
  keeping: keepings(),
  theme: ["system", "light", "dark"],
};

export class Preferences {
  /** @param {Storage} storage */
  constructor(storage) {
    this.storage = storage;
  }

  /**
   * @param {keyof Choice} name
   * @returns {string} One of CHOICES, whatever lies in the storage.
   */
  get(name) {
    const kept = this.kept()[name];
    return CHOICES[name].find((each) => each === kept) ?? CHOICES[name][0];
  }

  /**
   * @param {keyof Choice} name
   * @param {string} value
   */
  set(name, value) {
    this.storage.setItem(KEY, JSON.stringify({ ...this.kept(), [name]: value }));
  }

  forget() {
    this.storage.removeItem(KEY);
  }

  /** @returns {Partial<Choice>} */
  kept() {
    try {
      return Object(JSON.parse(this.storage.getItem(KEY) ?? "{}"));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return {};
    }
  }
}
