/** Sends a file and reads the answer line by line. XMLHttpRequest, because fetch does not tell how much was sent. */

import { bearer } from "/assets/api.js";
import { brokenAnswer, cancelled, failureOf, offline } from "/assets/failures.js";
import { keepingQuery } from "/assets/keeping.js";
import { messageIn } from "/assets/lines.js";

/** @typedef {import("/assets/types.js").Analysis} Analysis */

/**
 * @typedef {object} Listener
 * @property {(share: number) => void} onSent Share of the file that was sent, [0, 1].
 * @property {(analysis: Analysis) => void} onStep Each line of the answer.
 */

const NAME_LIMIT = 200;
const NO_VERDICT = "The server's answer ended before there was a verdict.";

export class Upload {
  /**
   * @param {File} file
   * @param {import("/assets/judging.js").Wishes} wishes The request id is the same for every attempt with this file, so that none is judged twice.
   * @param {Listener} listener
   */
  constructor(file, wishes, listener) {
    this.file = file;
    this.wishes = wishes;
    this.listener = listener;
    this.request = new XMLHttpRequest();
    this.read = 0;
    /** Whether the server has the whole file. */
    this.hasArrived = false;
    /** @type {Analysis | undefined} */
    this.latest = undefined;
  }

  /**
   * @param {string} token
   * @returns {Promise<Analysis>} The finished analysis; rejects with a Failure.
   */
  send(token) {
    const name = [...this.file.name].slice(0, NAME_LIMIT).join("");
    const { requestId, depth, language, keeping } = this.wishes;
    const query = new URLSearchParams({ display_name: name, request_id: requestId, depth, language, ...keepingQuery(keeping) });
    this.request = new XMLHttpRequest();
    this.request.open("POST", `/v1/media:analyze?${query}`);
    this.request.setRequestHeader("Content-Type", this.file.type || "application/octet-stream");
    for (const [name, value] of Object.entries(bearer(token))) this.request.setRequestHeader(name, value);
    const answer = this.answer();
    this.request.send(this.file);
    return answer;
  }

  cancel() {
    this.request.abort();
  }

  /** @param {number} share Of the file. */
  sent(share) {
    this.hasArrived = share >= 1;
    this.listener.onSent(share);
  }

  /** @returns {Promise<Analysis>} */
  answer() {
    const { request } = this;
    this.read = 0;
    this.hasArrived = false;
    this.latest = undefined;
    request.upload.onprogress = (event) => this.sent(event.total ? event.loaded / event.total : 1);
    return new Promise((resolve, reject) => {
      request.onprogress = () => this.guarded(() => this.readLines(false), reject);
      request.onload = () => this.guarded(() => resolve(this.finish()), reject);
      request.onerror = () => reject(offline());
      request.onabort = () => reject(cancelled());
    });
  }

  /**
   * @param {() => void} step
   * @param {(error: unknown) => void} reject
   */
  guarded(step, reject) {
    try {
      step();
    } catch (error) {
      reject(error instanceof SyntaxError ? brokenAnswer(NO_VERDICT) : error);
    }
  }

  /** @returns {Analysis} */
  finish() {
    if (this.request.status !== 200) throw failureOf(this.request.status, this.request.responseText);
    this.readLines(true);
    if (!this.latest?.verdict) throw brokenAnswer(NO_VERDICT);
    return this.latest;
  }

  /** @param {boolean} complete Whether the last line counts although no line break follows. */
  readLines(complete) {
    if (this.request.status !== 200) return;
    const text = this.request.responseText;
    const end = complete ? text.length : text.lastIndexOf("\n") + 1;
    for (const line of text.slice(this.read, end).split("\n")) {
      if (line.trim()) this.readLine(messageIn(line, this.request.status));
    }
    this.read = Math.max(this.read, end);
  }

  /** @param {Analysis} step */
  readLine(step) {
    this.latest = step;
    this.listener.onStep(step);
  }
}

/** @returns {string} A random UUID. `crypto.randomUUID` is missing where a laptop is reached by its network address without TLS. */
export function newRequestId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
