"""The image detector: decode in the sandbox, find the faces, let every cue examine them. It has never heard of gRPC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

import numpy as np

from image_svc.cues.cue import Cue
from kit.batching.wish import carried
from kit.clock import Clock
from kit.media.file import MediaFile
from kit.models.card import LoadedModel
from kit.vision.faces import Face, FaceFinder, Picture
from kit.vision.tracks import tracks_of_still
from telltale.common.v1 import evidence_pb2
from telltale.image.v1 import image_service_pb2

# Cues spend their time in code that lets go of the interpreter; more than two would only wait for one another on two cores.
_AT_ONCE: Final = 2


class PictureDecoder(Protocol):
    """Turns a file into pixels."""

    def decode(self, media: MediaFile) -> Picture:
        """(H, W, 3) RGB after the EXIF rotation. Raises UndecodableMedia, TooManyPixels, DecoderStopped."""
        ...


class ImageDetector:
    """Faces and evidence of one picture."""

    def __init__(
        self,
        decoder: PictureDecoder,
        face_finder: FaceFinder,
        cues: Sequence[Cue],
        models: Sequence[LoadedModel],
        clock: Clock,
    ) -> None:
        self._decoder = decoder
        self._face_finder = face_finder
        self._cues = cues
        self._clock = clock
        self.models = models

    def warm_up(self) -> None:
        """Runs all but the decoder once: the first caller must not pay for it, and a broken model must stop the start."""
        picture = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
        face = Face((64.0, 64.0, 192.0, 192.0), np.full((5, 2), 128.0, dtype=np.float32), 1.0)
        self._face_finder.find(picture)
        for cue in self._cues:
            cue.examine(picture, [face])

    def analyze(self, media: MediaFile) -> Iterator[image_service_pb2.FaceTracks | evidence_pb2.Evidence]:
        """The faces first, then one piece of evidence per cue. Raises what the decoder raises."""
        return self.examine(self._decoder.decode(media))

    def examine(self, picture: Picture) -> Iterator[image_service_pb2.FaceTracks | evidence_pb2.Evidence]:
        """The same for an (H, W, 3) RGB picture that is decoded already."""
        height, width = picture.shape[:2]
        faces = self._face_finder.find(picture)
        yield image_service_pb2.FaceTracks(tracks=tracks_of_still(faces, width, height), model=self._face_finder.model)

        def timed(cue: Cue) -> evidence_pb2.Evidence:
            return self._timed(cue, picture, faces)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from pool.map(carried(timed), self._cues)

    def _timed(self, cue: Cue, picture: Picture, faces: Sequence[Face]) -> evidence_pb2.Evidence:
        started_s = self._clock.monotonic_s()
        evidence = cue.examine(picture, faces)
        evidence.compute_time.FromMicroseconds(round((self._clock.monotonic_s() - started_s) * 1e6))
        return evidence
