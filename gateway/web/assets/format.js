/** Numbers and times as people read them. */

const MINUS = "\u2212";

/**
 * @param {number} value
 * @param {number} [digits]
 * @returns {string} With a sign, e.g. "+1.8".
 */
export function signed(value, digits = 1) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return (value < 0 ? MINUS : "+") + text;
}

/**
 * @param {number} share [0, 1]
 * @returns {string} E.g. "4.2%"; never rounded to a certainty that was not measured.
 */
export function percent(share) {
  const value = share * 100;
  if (value > 0 && value < 0.1) return "under 0.1%";
  if (value > 99.9 && value < 100) return "over 99.9%";
  return `${value.toFixed(value < 10 || value > 99 ? 1 : 0)}%`;
}

/**
 * @param {number} logOdds Natural logarithm.
 * @returns {string} What it does to the odds of manipulation, in words.
 */
export function oddsInWords(logOdds) {
  const factor = Math.exp(Math.abs(logOdds));
  if (factor < 1.05) return "next to no effect";
  const times = factor < 10 ? factor.toFixed(1) : Math.round(factor).toLocaleString("en");
  return logOdds > 0 ? `odds of manipulation ${times} times higher` : `odds of manipulation ${times} times lower`;
}

/**
 * @param {number} logOdds Natural logarithm.
 * @returns {number} The same as a percentage, [0, 100].
 */
export function asRisk(logOdds) {
  return 100 / (1 + Math.exp(-logOdds));
}

/**
 * @param {number | string | undefined} count
 * @returns {string} E.g. "2.4 MB"; empty when unknown.
 */
export function bytes(count) {
  const value = Number(count ?? 0);
  if (!value) return "";
  if (value < 1000) return `${value} bytes`;
  const power = Math.min(3, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${scaled.toFixed(scaled < 10 ? 1 : 0)} ${["bytes", "kB", "MB", "GB"][power]}`;
}

/**
 * @param {string | undefined} iso
 * @returns {string} Date and time in the reader's zone; empty when unknown.
 */
export function dateTime(iso) {
  if (!iso) return "";
  return new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** @type {Array<[number, string]>} Seconds of each, the longest first. */
const UNITS = [[86_400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];

/**
 * @param {number} lengthS
 * @returns {string} E.g. "2 minutes", never shorter than it is.
 */
export function lengthInWords(lengthS) {
  const [unitS, unit] = UNITS.find(([eachS]) => lengthS >= eachS) ?? [1, "second"];
  const count = Math.max(1, Math.ceil(lengthS / unitS));
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/**
 * @param {number} timeS
 * @returns {string} E.g. "1:02.5", and from the first hour on "1:00:02.5".
 */
export function moment(timeS) {
  const tenths = Math.round(timeS * 10);
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  const minutes = Math.floor(tenths / 600);
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

/**
 * @param {string} code E.g. "original_after_modified" or "NO_FACE".
 * @returns {string} E.g. "Original after modified".
 */
export function fromCode(code) {
  const words = code.replaceAll("_", " ").trim().toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
