"""Stills to one detector, videos to the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from image_svc.detector import ImageDetector
from image_svc.video import Event, VideoDetector
from kit.errors import UnsupportedMediaKind
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.models.basis import basis
from kit.models.card import LoadedModel
from telltale.common.v1 import media_pb2


@dataclass(frozen=True, slots=True)
class Detectors:
    """Both detectors over the same models."""

    stills: ImageDetector
    videos: VideoDetector

    @property
    def models(self) -> Sequence[LoadedModel]:
        """All models behind them."""
        return self.stills.models

    @property
    def basis(self) -> str:
        """By what it answers."""
        return basis("image_svc", self.models)

    def warm_up(self) -> None:
        """Runs every network once: the first caller must not pay for it, and a broken model must stop the start."""
        self.stills.warm_up()

    def analyze(
        self, media: MediaFile, info: media_pb2.MediaInfo, depth: media_pb2.Depth.ValueType, cancel: CancelToken
    ) -> Iterator[Event]:
        """The faces, then one piece of evidence per cue; a video sends its progress between.

        Raises UnsupportedMediaKind for sound, and what the decoders raise.
        """
        if info.kind == media_pb2.MEDIA_KIND_IMAGE:
            return self.stills.analyze(media)
        if info.kind == media_pb2.MEDIA_KIND_VIDEO:
            return self.videos.analyze(media, depth, cancel)
        raise UnsupportedMediaKind(
            f"{info.mime_type} holds no picture. Send a photo or a video.", mime_type=info.mime_type
        )
