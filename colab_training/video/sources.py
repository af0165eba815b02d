"""From labelled files to face clips: recorded ones as they are, and fakes and re-encodings made from real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colab_training.video.clip_set import RECORDED, REENCODED, Found, Tag
from colab_training.video.encode import encoded, random_encoding
from colab_training.video.fakes import KINDS, make_fake
from colab_training.video.footage import Footage
from colab_training.video.manifest import Clip
from kit.errors import TelltaleError
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.spans import Span
from kit.media.video import read_frames, survey_video
from kit.vision.clips import FaceClip, read_clips
from kit.vision.faces import VideoFaceFinder
from kit.vision.paths import FacePath
from kit.vision.tracker import MAX_SIDE_PX, RATE_FPS, FaceTracker
from kit.vision.tracks import Track

LIMITS = MediaLimits()
LEAST_FACE_PX = 48.0
"""Faces stay at least this wide in what is re-encoded."""
_LONGEST_S = 8.0
_PURE = 0.15
"""A clip of which at most this share was replaced is authentic, of which at least the rest fake; between, it is left out."""


@dataclass(frozen=True)
class Reader:
    """What reading clips takes."""

    folder: Path
    sandbox: Sandbox
    finder: VideoFaceFinder

    def media(self, clip: Clip) -> MediaFile:
        """A file of the manifest."""
        return MediaFile.from_bytes((self.folder / clip.file).read_bytes())

    def faces(self, media: MediaFile) -> tuple[list[FacePath], Span]:
        """The people of a short file, the one with most to see first, and the time that was looked at."""
        facts = survey_video(self.sandbox, media, LIMITS).facts
        whole = Span(0.0, min(facts.duration_s, _LONGEST_S))
        tracker = FaceTracker(self.finder)
        for _ in tracker.look(
            read_frames(self.sandbox, media, LIMITS, [whole], rate_fps=RATE_FPS, max_side_px=MAX_SIDE_PX)
        ):
            pass
        return [_path(track) for track in tracker.tracks()], whole

    def cut(self, media: MediaFile, path: FacePath, whole: Span) -> list[FaceClip]:
        """The clips of one person."""
        return list(read_clips(self.sandbox, media, LIMITS, [path], [whole]))


def recorded_clips(reader: Reader, clip: Clip) -> list[Found]:
    """The clips of the main person of a file as it is; none where no face stays in view."""
    with reader.media(clip) as media:
        paths, whole = reader.faces(media)
        found = reader.cut(media, paths[0], whole) if paths else []
    return [(_tag(clip, face, clip.fake, RECORDED, 0), face) for face in found]


def footage_of(reader: Reader, clip: Clip) -> Footage | None:
    """All pictures of a real file and the main person's landmarks; None where no face stays in view."""
    with reader.media(clip) as media:
        paths, whole = reader.faces(media)
        if not paths:
            return None
        rate_fps = survey_video(reader.sandbox, media, LIMITS).facts.frame_rate_fps
        batches = list(read_frames(reader.sandbox, media, LIMITS, [whole], rate_fps=rate_fps, max_side_px=MAX_SIDE_PX))
    times_s = np.concatenate([batch.times_s for batch in batches])
    pixels = np.concatenate([batch.pixels for batch in batches])
    boxes, landmarks = paths[0].at(times_s)
    return Footage(clip.file, clip.source, pixels, landmarks.astype(np.float64), boxes.astype(np.float64), rate_fps)


def made_clips(
    reader: Reader, clip: Clip, footage: Footage, donor: Footage, fakes: int, originals: int, seed: int
) -> Iterator[Found]:
    """Clips of `originals` re-encodings and `fakes` fakes of one real clip, all encoded alike.

    They depend on the seed and the file's name alone.
    """
    digest = hashlib.sha256(f"{seed}/{clip.file}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    untouched = np.zeros(footage.frames, dtype=bool)
    for variant in range(1, originals + 1):
        yield from _encoded_clips(reader, rng, clip, footage, footage.pixels, untouched, (REENCODED, variant))
    for variant, kind in enumerate(rng.permutation(list(KINDS))[:fakes], originals + 1):
        fake = make_fake(rng, footage, donor, str(kind), _when(rng, footage))
        yield from _encoded_clips(reader, rng, clip, footage, fake.pixels, fake.replaced, (fake.kind, variant))


def _encoded_clips(
    reader: Reader,
    rng: np.random.Generator,
    clip: Clip,
    footage: Footage,
    pixels: NDArray[np.uint8],
    replaced: NDArray[np.bool_],
    made: tuple[str, int],
) -> Iterator[Found]:
    face_px = float(np.median(footage.boxes[:, 2] - footage.boxes[:, 0]))
    encoding = random_encoding(rng, face_px, LEAST_FACE_PX)
    times_s = np.arange(footage.frames) / footage.rate_fps
    # The faces are where they were: finding them again would only add the finder's own wavering to one class.
    path = footage.path(times_s, encoding.scale)
    with MediaFile.from_bytes(encoded(pixels, footage.rate_fps, encoding)) as media:
        try:
            found = reader.cut(media, path, Span(0.0, footage.frames / footage.rate_fps))
        except TelltaleError as error:
            raise RuntimeError(f"{clip.file}: what was made of it cannot be read: {error.message}") from error
    for face in found:
        inside = (times_s >= face.start_s) & (times_s < face.end_s)
        share = float(replaced[inside].mean())
        if _PURE <= share <= 1 - _PURE:
            continue
        yield _tag(clip, face, share > 0.5, made[0] if share > 0.5 else REENCODED, made[1]), face


def _when(rng: np.random.Generator, footage: Footage) -> NDArray[np.bool_]:
    """All of a short clip; of a longer one often a stretch of a third to two thirds."""
    count = footage.frames
    if count / footage.rate_fps < 2.4 or rng.random() < 0.5:
        return np.ones(count, dtype=bool)
    length = int(count * rng.uniform(0.34, 0.67))
    first = int(rng.integers(0, count - length + 1))
    return (np.arange(count) >= first) & (np.arange(count) < first + length)


def _path(track: Track) -> FacePath:
    return FacePath(track.number, track.times_s, track.boxes_px, track.landmarks_px)


def _tag(clip: Clip, face: FaceClip, fake: bool, made: str, variant: int) -> Tag:
    return Tag(
        clip.file, clip.source, clip.kind, clip.split, fake, made, variant, face.start_s, face.end_s, face.face_px
    )
