/** The calls of the server, but for the upload. */

import { brokenAnswer, cancelled, Failure, failureOf, offline } from "/assets/failures.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */
/** @typedef {import("/assets/types.js").Deletion} Deletion */
/** @typedef {import("/assets/types.js").Feedback} Feedback */
/** @typedef {import("/assets/types.js").Share} Share */
/** @typedef {{method?: string, token?: string, body?: object, signal?: AbortSignal}} Options */

export class Api {
  /** @param {import("/assets/session.js").Session} session */
  constructor(session) {
    this.session = session;
  }

  /**
   * @param {{pageSize: number, pageToken?: string, query?: string, labels?: string[], kinds?: string[]}} wanted
   * @returns {Promise<{analyses?: Analysis[], nextPageToken?: string}>} Newest first.
   */
  async listAnalyses({ pageSize, pageToken = "", query = "", labels = [], kinds = [] }) {
    const parameters = new URLSearchParams({ page_size: String(pageSize) });
    if (pageToken) parameters.set("page_token", pageToken);
    if (query) parameters.set("query", query);
    for (const label of labels) parameters.append("labels", label);
    for (const kind of kinds) parameters.append("kinds", kind);
    return this.json(`/v1/analyses?${parameters}`);
  }

  /**
   * @param {string} name "analyses/{id}"
   * @returns {Promise<Analysis>}
   */
  async getAnalysis(name) {
    return this.json(`/v1/${name}`);
  }

  /**
   * @param {string} name "analyses/{id}", or "media/{id}" with all that was made of it.
   * @returns {Promise<Deletion>}
   */
  async delete(name) {
    return jsonOf(await this.call(`/v1/${name}`, { method: "DELETE" }));
  }

  /**
   * @param {string} name "media/{id}"
   * @returns {Promise<import("/assets/types.js").Media>}
   */
  async getMedia(name) {
    return this.json(`/v1/${name}`);
  }

  /**
   * @param {string} name A map.
   * @returns {Promise<Blob>}
   */
  async getFile(name) {
    return blobOf(await this.call(`/v1/${name}`));
  }

  /**
   * @param {string} name "analyses/{id}"
   * @param {string} format Name of a ReportFormat.
   * @returns {Promise<Blob>}
   */
  async getReport(name, format) {
    return blobOf(await this.call(`/v1/${name}/report?${new URLSearchParams({ format })}`));
  }

  /**
   * @param {string} name "media/{id}"
   * @param {AbortSignal} signal
   * @returns {Promise<Blob>} The file as it was handed in.
   */
  async download(name, signal) {
    return blobOf(await this.call(`/v1/${name}:download`, { signal }));
  }

  /**
   * @param {string} name "analyses/{id}"
   * @param {number} lifetimeS
   * @param {boolean} withMedia
   * @returns {Promise<Share>} With its secret, this once.
   */
  async createShare(name, lifetimeS, withMedia) {
    return jsonOf(await this.call(`/v1/${name}/shares`, { method: "POST", body: { timeToLive: `${lifetimeS}s`, withMedia } }));
  }

  /**
   * @param {string} name "analyses/{id}"
   * @returns {Promise<Share[]>} Those that have not expired, newest first.
   */
  async listShares(name) {
    return (await this.json(`/v1/${name}/shares`)).shares ?? [];
  }

  /** @param {string} name "analyses/{id}/shares/{id}" */
  async deleteShare(name) {
    await this.call(`/v1/${name}`, { method: "DELETE" });
  }

  /**
   * @param {string} name "analyses/{id}"
   * @returns {Promise<Feedback | undefined>} Undefined where nothing was said.
   */
  async getFeedback(name) {
    try {
      return await this.json(`/v1/${name}/feedback`);
    } catch (error) {
      if (error instanceof Failure && error.reason === "NOT_FOUND") return undefined;
      throw error;
    }
  }

  /**
   * @param {string} name "analyses/{id}"
   * @param {string} truth Name of a Truth.
   * @param {string} comment
   * @returns {Promise<Feedback>}
   */
  async setFeedback(name, truth, comment) {
    return jsonOf(await this.call(`/v1/${name}/feedback`, { method: "PUT", body: { truth, comment } }));
  }

  /** @param {string} name "analyses/{id}" */
  async deleteFeedback(name) {
    await this.call(`/v1/${name}/feedback`, { method: "DELETE" });
  }

  /**
   * @param {string} path
   * @returns {Promise<any>}
   */
  async json(path) {
    return jsonOf(await this.call(path));
  }

  /**
   * @param {string} path
   * @param {Options} [options]
   * @returns {Promise<Response>}
   */
  call(path, options = {}) {
    return request(path, { ...options, token: this.session.token });
  }
}

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<Response>} Rejects with a Failure.
 */
export async function request(path, { method = "GET", token = "", body, signal } = {}) {
  const headers = { ...bearer(token), ...(body ? { "Content-Type": "application/json" } : {}) };
  const options = { method, headers, body: body && JSON.stringify(body), cache: /** @type {const} */ ("no-store"), signal };
  const response = await connected(() => fetch(path, options));
  if (!response.ok) throw failureOf(response.status, await connected(() => response.text()));
  return response;
}

/**
 * @param {Response} response
 * @returns {Promise<any>} Rejects with a Failure.
 */
export function jsonOf(response) {
  return connected(() => response.json());
}

/**
 * @param {Response} response
 * @returns {Promise<Blob>} Rejects with a Failure.
 */
export function blobOf(response) {
  return connected(() => response.blob());
}

/**
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T>} Rejects with a Failure where the connection ends first, or the answer is none of ours.
 */
async function connected(call) {
  try {
    return await call();
  } catch (error) {
    if (error instanceof SyntaxError) throw brokenAnswer("The server's answer was cut off, or is none of its own.");
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
