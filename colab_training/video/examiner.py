"""The detectors of video in this process: the same sandbox, models and cues as the services, without any server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from image_svc.build import build_detectors
from image_svc.detectors import Detectors
from image_svc.settings import ImageSettings
from kit.clock import SystemClock
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.image import PRELOAD as PRELOAD_IMAGE
from kit.media.limits import MediaLimits
from kit.media.probe import probe
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.media.sound import PRELOAD as PRELOAD_SOUND
from kit.media.video import PRELOAD as PRELOAD_VIDEO
from kit.models.registry import Registry
from kit.serving.networks import Networks
from kit.vision.watch import Eyes, SandboxVideoReader
from kit.vision.yolo import open_finder
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from temporal_svc.build import build_cues
from temporal_svc.detector import TemporalDetector
from temporal_svc.footage import SandboxClipReader

_LIMITS = MediaLimits()


@dataclass(frozen=True)
class VideoExaminer:
    """Image and temporal detectors; the metadata of clips that were all encoded by us tell nothing."""

    sandbox: Sandbox
    image: Detectors
    temporal: TemporalDetector
    depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_STANDARD

    @property
    def card_digests(self) -> list[str]:
        """Digests of all model cards behind the evidence."""
        return [model.card_sha256 for model in (*self.image.models, *self.temporal.models)]

    def examine(self, data: bytes) -> tuple[media_pb2.MediaInfo, list[evidence_pb2.Evidence]]:
        """What the gateway would send to fusion for a video of these bytes. Raises what the detectors raise."""
        with MediaFile.from_bytes(data) as media:
            info, cancel = probe(self.sandbox, media, _LIMITS, None), CancelToken()
            seen = list(self.image.analyze(media, info, self.depth, cancel))
            tracks = next(event for event in seen if isinstance(event, image_service_pb2.FaceTracks))
            moved = self.temporal.analyze(media, info, self.depth, tracks, cancel)
            return info, [event for event in (*seen, *moved) if isinstance(event, evidence_pb2.Evidence)]


@contextmanager
def video_examiner(models: Path, temporal_models: Path | None = None) -> Iterator[VideoExaminer]:
    """The detectors over the models in a registry; the tests of movement from another one, where it is given.

    Raises ModelInvalid when a model is missing.
    """
    with Sandbox.start(SandboxSettings(), [*PRELOAD_IMAGE, *PRELOAD_VIDEO, *PRELOAD_SOUND]) as sandbox:
        finder_model = Registry(models).load("face_finder")
        eyes = Eyes(SandboxVideoReader(sandbox, _LIMITS), open_finder(finder_model, 1))
        cues = build_cues(Registry(temporal_models or models), Networks())
        clips = SandboxClipReader(sandbox, _LIMITS)
        temporal = TemporalDetector(eyes, clips, cues, [cue.model for cue in cues], SystemClock())
        yield VideoExaminer(sandbox, build_detectors(ImageSettings(), sandbox, Registry(models)), temporal)
