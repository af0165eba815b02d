/** How long the page waits before it asks once more. */

/** After the connection was lost, time after time; then the reader is asked what to do. */
export const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15_000];
/** Of a photo the server tells the end alone: as often as this the page asks how far it is. */
export const LOOK_MS = 2000;

/**
 * @param {number} lengthMs
 * @returns {Promise<void>}
 */
export function pause(lengthMs) {
  return new Promise((resolve) => setTimeout(resolve, lengthMs));
}
