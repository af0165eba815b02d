/** The access token: taken from the address once, kept for this tab alone. */

const KEY = "telltale.token";

export class Session {
  /**
   * @param {Storage} storage
   * @param {(tokenIsSet: boolean) => void} onChange
   */
  constructor(storage, onChange) {
    this.storage = storage;
    this.onChange = onChange;
  }

  /** @returns {string} Empty when there is none. */
  get token() {
    return this.storage.getItem(KEY) ?? "";
  }

  /** @param {string} token */
  set token(token) {
    this.storage.setItem(KEY, token);
    this.onChange(token !== "");
  }

  forget() {
    this.storage.removeItem(KEY);
    this.onChange(false);
  }

  /** Takes `#token=…` out of the address bar, so that it is neither bookmarked nor shared. */
  takeFromAddress() {
    const given = new URLSearchParams(location.hash.slice(1)).get("token");
    if (given) {
      history.replaceState(null, "", location.pathname);
      this.token = given;
    }
  }
}
