"""The shipped detectors in this process: the same sandbox, models and cues as the services, without any server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from image_svc.build import build_detector as build_image_detector
from image_svc.detector import ImageDetector
from image_svc.settings import ImageSettings
from kit.media.file import MediaFile
from kit.media.image import PRELOAD
from kit.media.limits import MediaLimits
from kit.media.probe import probe
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.registry import Registry
from metadata_svc.detector import MetadataDetector
from metadata_svc.detector import build_detector as build_metadata_detector
from metadata_svc.features import WARM_UP
from metadata_svc.settings import MetadataSettings
from telltale.common.v1 import evidence_pb2, media_pb2


@dataclass(frozen=True)
class Examiner:
    """All detectors for still pictures."""

    sandbox: Sandbox
    image: ImageDetector
    metadata: MetadataDetector

    @property
    def card_digests(self) -> list[str]:
        """Digests of all model cards behind the evidence."""
        return [model.card_sha256 for model in (*self.image.models, *self.metadata.models)]

    def examine(self, data: bytes) -> tuple[media_pb2.MediaInfo, list[evidence_pb2.Evidence]]:
        """What the gateway would send to fusion for a file of these bytes. Raises what the detectors raise."""
        with MediaFile.from_bytes(data) as media:
            info = probe(self.sandbox, media, MediaLimits(), None)
            events = self.image.analyze(media)
            pixels = [event for event in events if isinstance(event, evidence_pb2.Evidence)]
            return info, [*pixels, *self.metadata.examine(media, info).evidence]


@contextmanager
def examiner(models: Path) -> Iterator[Examiner]:
    """The detectors over the models in a registry. Raises ModelInvalid when one is missing."""
    with Sandbox.start(SandboxSettings(), [*PRELOAD, WARM_UP]) as sandbox:
        image = build_image_detector(ImageSettings(), sandbox, Registry(models))
        yield Examiner(sandbox, image, build_metadata_detector(MetadataSettings(), sandbox, Registry(models)))
