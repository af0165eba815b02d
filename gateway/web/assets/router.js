/** What the address names. Everything stands behind the `#`, which a browser never sends: no server logs who looked at what. */

/** @type {Array<[string, RegExp]>} */
const ROUTES = [
  ["start", /^$/],
  ["analysis", /^analyses\/([a-z0-9]+)$/],
  ["unkept", /^not-kept$/],
  ["history", /^history$/],
  ["compare", /^compare\/([a-z0-9]+)\/([a-z0-9]+)$/],
  ["shared", /^shared\/([A-Za-z0-9_-]+)$/],
  ["settings", /^settings$/],
  ["accuracy", /^how-often-wrong$/],
];
const NOWHERE = "nowhere";

/** @typedef {Record<string, (...parts: string[]) => void>} Handlers One for each name in ROUTES, and "nowhere". */

export class Router {
  /** @param {Handlers} handlers */
  constructor(handlers) {
    this.handlers = handlers;
  }

  begin() {
    window.addEventListener("popstate", () => this.follow());
    this.follow();
  }

  /** @param {string} address E.g. "#/history". */
  go(address) {
    this.put(address);
    this.follow();
  }

  /**
   * Names what is already shown.
   * @param {string} address
   */
  put(address) {
    if (location.hash !== address) history.pushState(null, "", address);
    this.mark();
  }

  follow() {
    const { name, parts } = routeOf(location.hash);
    this.mark();
    this.handlers[name](...parts);
  }

  /** Tells in the menu which page the address names. */
  mark() {
    const { name } = routeOf(location.hash);
    for (const link of document.querySelectorAll("nav a")) {
      if (link.getAttribute("data-route") === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
}

/**
 * @param {string} hash Of the address, e.g. "#/analyses/abc".
 * @returns {{name: string, parts: string[]}}
 */
export function routeOf(hash) {
  const path = hash.replace(/^#?\/?/, "");
  for (const [name, pattern] of ROUTES) {
    const found = pattern.exec(path);
    if (found) return { name, parts: found.slice(1) };
  }
  return { name: NOWHERE, parts: [] };
}
