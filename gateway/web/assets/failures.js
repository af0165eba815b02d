/** What can go wrong, as one kind of error, and what the reader can do about it. */

import { lengthInWords } from "/assets/format.js";

/** Stands where a time comes from the server, or where it says none. */
const AGAIN = "{again}";
/** @type {Record<string, string>} */
const ADVICE = {
  EMPTY_MEDIA: "Choose a file that has content. If it came from a chat or a mail, save it again first.",
  UNSUPPORTED_MEDIA_TYPE: "Hand in a photo as JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF, a video as MP4, MOV, WebM, MKV or AVI, or a recording as WAV, MP3, FLAC, OGG or M4A.",
  UNSUPPORTED_MEDIA_KIND: "This server judges photos, videos and recordings. Hand in one of these instead.",
  MEDIA_TYPE_MISMATCH: "The ending of the file's name does not fit its content. Rename it, or save it anew under the right type.",
  POLYGLOT_MEDIA: "The file hides a second format behind the first. Treat it with care, and ask the sender for the original.",
  UNDECODABLE_MEDIA: "The file may be cut off or damaged. Get it again from its source.",
  DECODER_STOPPED: "The file asks more of the decoder than any ordinary file. Get it again from its source.",
  MEDIA_TOO_LARGE: "Hand in a smaller file, if you can one that was not edited to become smaller.",
  TOO_MANY_PIXELS: "Hand in a version with fewer pixels.",
  DIGEST_MISMATCH: "Something was lost on the way. Try again.",
  MISSING_TOKEN: "Enter your access token and try again.",
  INVALID_TOKEN: "Enter a token that is still in force and try again.",
  EXPIRED_TOKEN: "Ask for a new token and try again.",
  INSUFFICIENT_SCOPE: "Ask whoever runs this server for a token that allows this.",
  RATE_LIMITED: "Too much was asked for in a short time. {again}",
  OVERLOADED: "Many files are being judged at this moment. {again}",
  STORAGE_FULL: "Delete what you need no more in the history, or tell whoever runs this server that its storage is full.",
  NOT_FOUND: "It may have been deleted, or its time ran out. Hand in the file again.",
  DEADLINE_EXCEEDED: "The work took longer than it may. Try again, with less of the file to examine where you can; if it happens twice, tell whoever runs this server.",
  DETECTOR_UNAVAILABLE: "{again} If it stays so, tell whoever runs this server.",
  MEDIA_INFECTED: "Do not open the file, and do not pass it on. If you are sure that it is harmless, talk to whoever runs this server.",
  SCANNER_UNAVAILABLE: "Every file is scanned for malware here before it is judged. {again} If it stays so, tell whoever runs this server.",
  QUOTA_EXCEEDED: "{again} Whoever runs this server can allow your token more.",
  TOO_MANY_NEAR_DUPLICATES: "Who tries many variants of one picture learns how to slip past the tests, so their number is limited. {again}",
  MEDIA_TOO_LONG: "Hand in the part of it that matters.",
  NOT_CONFIGURED: "Ask whoever runs this server to set it up.",
  STORAGE_UNAVAILABLE: "What was handed in before is not lost. {again}",
  CANCELLED: "Hand in the file once more to have it judged after all.",
  REQUEST_ID_REUSED: "Try again: it is sent as a new request then.",
  OFFLINE: "Check that the server is running and that you are connected, then try again.",
  LINK_ENDED: "Its time ran out, its owner ended it, or the analysis was deleted. Ask whoever sent it for a new link.",
  LINK_CUT: "Copy it again, from its first to its last character.",
  NOT_KEPT: "You asked for nothing to be kept. Hand in the file again for a new answer.",
  NOWHERE: "Choose a page from the menu above, or hand in a file.",
  BROKEN_ANSWER: "Try again; if it happens twice, tell whoever runs this server.",
};

/** @type {Record<number, [string, string]>} Answers that the edge gives without our JSON. */
const BY_STATUS = {
  401: ["MISSING_TOKEN", "This server asks for an access token."],
  404: ["NOT_FOUND", "There is no such thing on this server."],
  413: ["MEDIA_TOO_LARGE", "The file is larger than this server accepts."],
  429: ["RATE_LIMITED", "Too many requests came from here in a short time."],
  503: ["OVERLOADED", "The server cannot take requests at this moment."],
  504: ["DEADLINE_EXCEEDED", "The server took too long to answer."],
};

/** What the edge says while nobody behind it answers. */
const NOBODY_THERE = [502, 503, 504];
/** gRPC's CANCELLED and UNAVAILABLE, which a server that stops says without a reason of ours. */
const BROKEN_OFF = [1, 14];
/** Reasons for which the same request under the same id gets the same answer again. */
const SPENT = ["CANCELLED", "REQUEST_ID_REUSED"];
/** Reasons that lie in the file: sending it again gives the same answer. */
const LASTING = ["EMPTY_MEDIA", "UNSUPPORTED_MEDIA_TYPE", "UNSUPPORTED_MEDIA_KIND", "MEDIA_TYPE_MISMATCH", "POLYGLOT_MEDIA", "UNDECODABLE_MEDIA", "DECODER_STOPPED", "MEDIA_TOO_LARGE", "TOO_MANY_PIXELS", "MEDIA_INFECTED", "MEDIA_TOO_LONG", "NOT_CONFIGURED", "NOT_FOUND", "NOT_KEPT", "LINK_ENDED", "LINK_CUT", "NOWHERE"];

export class Failure extends Error {
  /**
   * @param {string} reason Name of an ErrorReason without prefix, or OFFLINE, BROKEN_ANSWER, CANCELLED.
   * @param {string} message One sentence for the reader.
   * @param {number} [status] HTTP status; 0 when there was no answer.
   * @param {{retryAfterS?: number, isLoss?: boolean}} [more] When to try again; whether a connection broke, so that the work may go on.
   */
  constructor(reason, message, status = 0, { retryAfterS, isLoss = false } = {}) {
    super(message);
    this.reason = reason;
    this.status = status;
    this.retryAfterS = retryAfterS;
    this.isLoss = isLoss;
  }

  /** @returns {string} What to do. */
  get advice() {
    const advice = ADVICE[this.reason] ?? "Try again; if it happens twice, tell whoever runs this server, with the code below.";
    if (this.retryAfterS === undefined) return advice.replace(AGAIN, "Try again shortly.");
    const again = `Try again in ${lengthInWords(this.retryAfterS)}.`;
    return advice.includes(AGAIN) ? advice.replace(AGAIN, again) : `${advice} ${again}`;
  }

  /** @returns {boolean} Whether another attempt must be a new request. */
  get spendsRequest() {
    return SPENT.includes(this.reason);
  }

  /** @returns {boolean} Whether trying again with the same file is of no use. */
  get lastsForThisFile() {
    return LASTING.includes(this.reason);
  }

  /** @returns {boolean} Whether a token may help. */
  get wantsToken() {
    return this.status === 401;
  }
}

/** @returns {Failure} */
export function offline() {
  return new Failure("OFFLINE", "The server could not be reached, or the connection broke off.", 0, { isLoss: true });
}

/**
 * @param {string} message
 * @returns {Failure}
 */
export function brokenAnswer(message) {
  return new Failure("BROKEN_ANSWER", message, 0, { isLoss: true });
}

/** @returns {Failure} */
export function cancelled() {
  return new Failure("CANCELLED", "You cancelled this.");
}

/**
 * @param {number} status
 * @param {string} body google.rpc.Status as JSON, or whatever a proxy wrote.
 * @returns {Failure}
 */
export function failureOf(status, body) {
  const parsed = parse(body);
  if (parsed) return failureFromStatus(parsed, status);
  const [reason, message] = BY_STATUS[status] ?? ["INTERNAL", `The server answered with the code ${status} and no explanation.`];
  return new Failure(reason, message, status, { isLoss: NOBODY_THERE.includes(status) });
}

/**
 * @param {import("/assets/types.js").Status} answer
 * @param {number} status HTTP status.
 * @returns {Failure}
 */
export function failureFromStatus(answer, status) {
  const details = answer.details ?? [];
  const info = details.find((detail) => typeof detail.reason === "string");
  if (!info && BROKEN_OFF.includes(answer.code ?? 0)) return offline();
  const reason = info?.reason ?? BY_STATUS[status]?.[0] ?? "INTERNAL";
  const retry = details.find((detail) => typeof detail.retryDelay === "string");
  const retryAfterS = retry && Number.parseFloat(retry.retryDelay ?? "");
  return new Failure(reason, answer.message || "The server gave no explanation.", status, { retryAfterS });
}

/**
 * @param {string} body
 * @returns {any} Undefined when it is no error of ours.
 */
function parse(body) {
  try {
    const answer = JSON.parse(body);
    return typeof answer?.message === "string" ? answer : undefined;
  } catch {
    return undefined;
  }
}
