/** How much of a video is to be looked at, as the reader chose it. */

/** @type {Record<string, string>} */
const WORDS = {
  DEPTH_QUICK: "a few seconds, spread over the whole length (quick)",
  DEPTH_STANDARD: "half a minute, spread over the whole length (standard)",
  DEPTH_THOROUGH: "everything, as far as the time allowed (thorough)",
};

/** @returns {string} Name of a telltale.common.v1.Depth. */
export function chosenDepth() {
  const chosen = /** @type {HTMLInputElement | null} */ (document.querySelector('input[name="depth"]:checked'));
  return chosen?.value ?? "DEPTH_STANDARD";
}

/** @param {string | undefined} depth */
export function depthInWords(depth) {
  return WORDS[depth ?? ""] ?? WORDS.DEPTH_STANDARD;
}
