/** The calls that read. */

import { cancelled, failureOf, offline } from "/assets/failures.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

export class Api {
  /** @param {import("/assets/session.js").Session} session */
  constructor(session) {
    this.session = session;
  }

  /**
   * @param {number} pageSize
   * @param {string} [pageToken]
   * @returns {Promise<{analyses?: Analysis[], nextPageToken?: string}>}
   */
  async listAnalyses(pageSize, pageToken = "") {
    const query = new URLSearchParams({ page_size: String(pageSize) });
    if (pageToken) query.set("page_token", pageToken);
    return (await this.get(`/v1/analyses?${query}`)).json();
  }

  /**
   * @param {string} name "analyses/{id}"
   * @returns {Promise<Analysis>}
   */
  async getAnalysis(name) {
    return (await this.get(`/v1/${name}`)).json();
  }

  /**
   * @param {string} name A map or a report.
   * @returns {Promise<Blob>}
   */
  async getFile(name) {
    return (await this.get(`/v1/${name}`)).blob();
  }

  /**
   * @param {string} name "media/{id}"
   * @param {AbortSignal} signal
   * @returns {Promise<Blob>} The file as it was handed in.
   */
  async download(name, signal) {
    const response = await this.get(`/v1/${name}:download`, signal);
    return connected(() => response.blob());
  }

  /**
   * @param {string} path
   * @param {AbortSignal} [signal]
   * @returns {Promise<Response>}
   */
  async get(path, signal) {
    const response = await connected(() => fetch(path, { headers: bearer(this.session.token), cache: "no-store", signal }));
    if (!response.ok) throw failureOf(response.status, await response.text());
    return response;
  }
}

/**
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T>} Rejects with a Failure where the connection ends first.
 */
async function connected(call) {
  try {
    return await call();
  } catch (error) {
    throw error instanceof DOMException ? cancelled() : offline();
  }
}

/**
 * @param {string} token
 * @returns {Record<string, string>}
 */
export function bearer(token) {
  return token ? { Authorization: `Bearer ${token}` } : {};
}
