/** How much of a video or a recording is to be examined, as the reader chose it. */

/** @type {Record<string, string>} */
const PICTURES = {
  DEPTH_QUICK: "a few seconds, spread over the whole length (quick)",
  DEPTH_STANDARD: "half a minute, spread over the whole length (standard)",
  DEPTH_THOROUGH: "everything, as far as the time allowed (thorough)",
};
/** @type {Record<string, string>} */
const SOUND = {
  DEPTH_QUICK: "a minute, spread over the whole length (quick)",
  DEPTH_STANDARD: "five minutes, spread over the whole length (standard)",
  DEPTH_THOROUGH: "everything up to an hour (thorough)",
};

/** @returns {string} Name of a telltale.common.v1.Depth. */
export function chosenDepth() {
  const chosen = /** @type {HTMLInputElement | null} */ (document.querySelector('input[name="depth"]:checked'));
  return chosen?.value ?? "DEPTH_STANDARD";
}

/** @param {string} depth Name of a telltale.common.v1.Depth. */
export function chooseDepth(depth) {
  for (const radio of document.querySelectorAll('input[name="depth"]')) /** @type {HTMLInputElement} */ (radio).checked = /** @type {HTMLInputElement} */ (radio).value === depth;
}

/**
 * @param {string | undefined} depth
 * @param {boolean} isRecording Sound alone.
 */
export function depthInWords(depth, isRecording) {
  const words = isRecording ? SOUND : PICTURES;
  return words[depth ?? ""] ?? words.DEPTH_STANDARD;
}
