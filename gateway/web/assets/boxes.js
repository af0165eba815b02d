/** Face boxes over the playing video. */

import { el } from "/assets/dom.js";
import { putAt, whole } from "/assets/regions.js";
import { LONGEST_GAP_S, personName, seconds } from "/assets/times.js";

/** @typedef {import("/assets/types.js").Track} Track */
/** @typedef {Required<import("/assets/types.js").Box>} Box */

/** A face is drawn this much before it was first and after it was last seen: between two looks it was there. */
const MARGIN_S = 0.1;

export class FaceBoxes {
  /**
   * @param {Track[]} tracks
   * @param {import("/assets/times.js").Stretch[]} stretches
   */
  constructor(tracks, stretches) {
    this.stretches = stretches;
    this.faces = tracks.map((track) => {
      const label = el("span", { class: "face-name" });
      return { path: new Path(track), trackId: track.trackId ?? 0, label, box: el("div", { class: "face", hidden: true }, label) };
    });
    this.layer = el("div", { class: "faces", "aria-hidden": "true" }, ...this.faces.map((face) => face.box));
  }

  /** @param {number} timeS */
  draw(timeS) {
    for (const { path, trackId, label, box } of this.faces) {
      const place = path.at(timeS);
      box.hidden = !place;
      if (!place) continue;
      putAt(box, place);
      const stretch = this.stretches.find((each) => each.trackId === trackId && each.startS <= timeS && timeS < each.endS);
      box.classList.toggle("face-suspicious", Boolean(stretch));
      box.classList.toggle("region-at-top", place.yMin < 0.08);
      label.textContent = personName(trackId) + (stretch ? `: risk ${stretch.risk.toFixed(0)}` : "");
    }
  }
}

/** Where one face is at any time, straight between the moments at which it was seen. */
export class Path {
  /** @param {Track} track */
  constructor(track) {
    const seen = track.observations ?? [];
    this.timesS = seen.map((each) => seconds(each.timeOffset));
    this.boxes = seen.map((each) => whole(each.box));
  }

  /**
   * @param {number} timeS
   * @returns {Box | undefined} Undefined while the face is not in the picture.
   */
  at(timeS) {
    const { timesS, boxes } = this;
    const after = timesS.findIndex((each) => each > timeS);
    const next = after < 0 ? timesS.length : after;
    const before = next - 1;
    if (timesS[next] - timesS[before] <= LONGEST_GAP_S) return between(boxes[before], boxes[next], (timeS - timesS[before]) / (timesS[next] - timesS[before]));
    if (timeS - timesS[before] <= MARGIN_S) return boxes[before];
    return timesS[next] - timeS <= MARGIN_S ? boxes[next] : undefined;
  }
}

/**
 * @param {Box} from
 * @param {Box} to
 * @param {number} share [0, 1]
 * @returns {Box}
 */
function between(from, to, share) {
  const mix = (/** @type {number} */ a, /** @type {number} */ b) => a + (b - a) * share;
  return { xMin: mix(from.xMin, to.xMin), yMin: mix(from.yMin, to.yMin), xMax: mix(from.xMax, to.xMax), yMax: mix(from.yMax, to.yMax) };
}
