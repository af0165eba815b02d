/** Takes a file by choosing, dropping anywhere on the page, or pasting. */

import { byId } from "/assets/dom.js";

/**
 * @param {(file: File, others: number) => void} onFile
 * @param {() => boolean} ready Whether a file may be handed in at this moment.
 */
export function takeFiles(onFile, ready) {
  const input = /** @type {HTMLInputElement} */ (byId("file"));
  const area = byId("drop");
  /** @param {FileList | undefined | null} files */
  const hand = (files) => {
    if (files?.length && ready()) onFile(files[0], files.length - 1);
  };
  input.addEventListener("change", () => {
    hand(input.files);
    input.value = "";
  });
  document.addEventListener("paste", (event) => hand(event.clipboardData?.files));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.classList.toggle("over", ready());
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) area.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over");
    hand(event.dataTransfer?.files);
  });
}
