"""The work of a verdict without any server: probe, both detectors at once, fusion, in one process with its own sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fusion_svc.judge import judge
from fusion_svc.model import FusionModel, read_fusion_model
from gateway.making.rounding import rounded
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
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2


@dataclass(frozen=True)
class Pipeline:
    """Everything that a verdict needs, loaded once. Thread-safe."""

    sandbox: Sandbox
    image: ImageDetector
    metadata: MetadataDetector
    fusion: FusionModel
    threads: ThreadPoolExecutor

    def verdict(self, photo: bytes) -> verdict_pb2.Verdict:
        """Judges a photo as the gateway would: the detectors work at the same time."""
        with MediaFile.from_bytes(photo) as media:
            info = probe(self.sandbox, media, MediaLimits(), None)
            metadata = self.threads.submit(self.metadata.examine, media, info)
            events = self.image.analyze(media)
            pixels = [event for event in events if isinstance(event, evidence_pb2.Evidence)]
            found = [*pixels, *metadata.result().evidence]
            return judge([rounded(each) for each in found], info, self.fusion)


@contextmanager
def open_pipeline(models: Path, clients: int) -> Iterator[Pipeline]:
    """Loads and warms everything; `clients` calls may run at once."""
    settings = SandboxSettings(max_children=2 * clients)
    with Sandbox.start(settings, [*PRELOAD, WARM_UP]) as sandbox, ThreadPoolExecutor(clients) as threads:
        image = build_image_detector(ImageSettings(), sandbox, Registry(models))
        metadata = build_metadata_detector(MetadataSettings(), sandbox, Registry(models))
        image.warm_up()
        fusion = read_fusion_model(Registry(models).load("fusion"))
        yield Pipeline(sandbox, image, metadata, fusion, threads)
