/** Light or dark as the reader prefers, before the first picture of the page. */

import { Preferences } from "/assets/preferences.js";

/** @param {Preferences} preferences */
export function applyTheme(preferences) {
  document.documentElement.dataset.theme = preferences.get("theme");
}

applyTheme(new Preferences(localStorage));
