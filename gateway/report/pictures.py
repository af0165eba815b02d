"""Pictures of the media for a report: faces in their boxes, where tests responded, and the moments that decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gateway.report.document import Figure
from gateway.report.eye import Eye, Frame, Pixels
from gateway.report.painting import box_crop, figure, framed, overlaid
from gateway.report.wording import Wording, wording
from gateway.report.words import seconds
from kit.media.file import MediaFile
from telltale.common.v1 import evidence_pb2, faces_pb2, media_pb2
from telltale.report.v1 import report_pb2

MAX_SCENES, MAX_FACES, MAX_MAPS = 4, 3, 3
_MERGE_S = 0.75  # Two moments this near to each other show the same.
_NEAR_S = 0.6


@dataclass(frozen=True)
class Pictures:
    """What can be shown.

    Attributes:
        scenes: whole pictures; of a photo the photo itself and where tests responded, of a video its moments.
        faces: faces at full sharpness.
        why_none: why nothing can be shown; empty when something is, or when there is nothing to see.
    """

    scenes: tuple[Figure, ...] = ()
    faces: tuple[Figure, ...] = ()
    why_none: str = ""


def without(why: str) -> Pictures:
    """No pictures, and why."""
    return Pictures(why_none=why)


def look(eye: Eye, media: MediaFile, report: report_pb2.Report) -> Pictures:
    """At most 7 pictures of one file. Blocks. Raises TelltaleError for what cannot be decoded."""
    if report.analysis.info.kind == media_pb2.MEDIA_KIND_IMAGE:
        return _still(eye.still(media), report)
    if report.analysis.info.kind == media_pb2.MEDIA_KIND_VIDEO:
        return _video(eye.moments(media, moments(report)), report)
    return Pictures()


def moments(report: report_pb2.Report) -> list[float]:
    """When to look at a video, in seconds, in order: the worst stretches, then the strongest stretches of single tests."""
    verdict, length_s = report.analysis.verdict, seconds(report.analysis.info.duration)
    stretches = [(each.start, each.end) for each in ([verdict.decisive] if verdict.HasField("decisive") else [])]
    stretches += [(each.start, each.end) for each in verdict.segments]
    spans = [span for piece in report.judged.evidence for span in piece.finding.spans]
    stretches += [(each.start, each.end) for each in sorted(spans, key=lambda each: -each.log_likelihood_ratio)]
    wanted = [(seconds(start) + seconds(end)) / 2 for start, end in stretches]
    chosen: list[float] = []
    for time_s in (*wanted, length_s / 2, length_s / 6, length_s * 5 / 6):
        if len(chosen) < MAX_SCENES and all(abs(time_s - other) >= _MERGE_S for other in chosen):
            chosen.append(min(time_s, max(0.0, length_s - 0.1)))
    return sorted(chosen)


def _still(pixels: Pixels, report: report_pb2.Report) -> Pictures:
    faces = [(track.track_id, track.observations[0]) for track in report.analysis.tracks if track.observations]
    words = wording(report.analysis.verdict.language)
    caption = {0: "photo_no_face", 1: "photo_one_face"}.get(len(faces), "photo_faces")
    scenes = [figure(framed(pixels, faces), words.say(caption, count=str(len(faces))))]
    scenes += [
        figure(overlaid(pixels, piece.finding.map), words.say("how_to_read_map", cue=words.cue_name(piece.cue)))
        for piece in islice(_mapped(report), MAX_MAPS)
    ]
    return Pictures(tuple(scenes), tuple(_crops([Frame(0.0, pixels)], faces, words, timed=False)))


def _video(frames: Sequence[Frame], report: report_pb2.Report) -> Pictures:
    words = wording(report.analysis.verdict.language)
    scenes, seen = [], []
    for frame in frames[:MAX_SCENES]:
        faces = [
            (track.track_id, near)
            for track in report.analysis.tracks
            if (near := nearest(track, frame.time_s)) is not None
        ]
        seen.append((frame, faces))
        scenes.append(figure(framed(frame.pixels, faces), _who(faces, frame.time_s, words)))
    largest: dict[int, tuple[Frame, faces_pb2.FaceObservation]] = {}
    for frame, faces in seen:
        for track_id, face in faces:
            if track_id not in largest or face.width_px > largest[track_id][1].width_px:
                largest[track_id] = (frame, face)
    crops = [
        crop
        for track_id in sorted(largest)[:MAX_FACES]
        for crop in _crops([largest[track_id][0]], [(track_id, largest[track_id][1])], words, timed=True)
    ]
    return Pictures(tuple(scenes), tuple(crops))


def nearest(track: faces_pb2.FaceTrack, time_s: float) -> faces_pb2.FaceObservation | None:
    """Where a face was at a moment; None when it was not seen within 0.6 s of it."""
    if not track.observations:
        return None
    best = min(track.observations, key=lambda each: abs(seconds(each.time_offset) - time_s))
    return best if abs(seconds(best.time_offset) - time_s) <= _NEAR_S else None


def _mapped(report: report_pb2.Report) -> Iterator[evidence_pb2.Evidence]:
    """Evidence with a map of the whole picture, what counted most first."""
    weight = {entry.cue: abs(entry.log_odds) for entry in report.analysis.verdict.contributions}
    for piece in sorted(report.judged.evidence, key=lambda each: (-weight.get(each.cue, 0.0), each.cue)):
        found = piece.finding.map
        if piece.finding.HasField("map") and len(found.values) == found.width * found.height > 0:
            yield piece


def _crops(
    frames: Sequence[Frame],
    faces: Sequence[tuple[int, faces_pb2.FaceObservation]],
    words: Wording,
    *,
    timed: bool,
) -> Iterator[Figure]:
    for frame in frames:
        for track_id, face in sorted(faces, key=lambda each: each[0])[:MAX_FACES]:
            values = {"person": str(track_id + 1), "width": str(face.width_px), "time": words.clock(frame.time_s)}
            caption = words.say("face_at" if timed else "face", **values)
            yield figure(box_crop(frame.pixels, face.box), caption)


def _who(faces: Sequence[tuple[int, faces_pb2.FaceObservation]], time_s: float, words: Wording) -> str:
    people = [str(track_id + 1) for track_id, _ in sorted(faces, key=lambda each: each[0])]
    code = {0: "moment_no_face", 1: "moment_person"}.get(len(people), "moment_people")
    return words.say(code, time=words.clock(time_s), person="".join(people[:1]), people=", ".join(people))
