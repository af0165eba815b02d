/** Answers that come as one JSON object a line (NDJSON). */

import { brokenAnswer, cancelled, Failure, failureFromStatus, offline } from "/assets/failures.js";

/**
 * @param {Response} response
 * @param {(message: any) => void} onLine
 * @returns {Promise<void>} When the last line was read. Rejects with a Failure, also when the server fails half-way.
 */
export async function eachLine(response, onLine) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      const lines = (rest + decoder.decode(value, { stream: !done })).split("\n");
      rest = done ? "" : (lines.pop() ?? "");
      for (const line of lines) if (line.trim()) onLine(messageIn(line, response.status));
      if (done) return;
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (error instanceof SyntaxError) throw brokenAnswer("The server's answer was cut off, or is none of its own.");
    throw error instanceof DOMException ? cancelled() : offline();
  }
}

/**
 * @param {string} line
 * @param {number} status HTTP status.
 * @returns {any} Throws the Failure that a google.rpc.Status tells of.
 */
export function messageIn(line, status) {
  const message = JSON.parse(line);
  if ("code" in message && "message" in message) throw failureFromStatus(message, status);
  return message;
}
