"""Puts the image detector together from settings, for the service's process and for callers in the same process."""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from image_svc.cues.cue import Cue
from image_svc.cues.face_spatial import FaceSpatialCue
from image_svc.cues.frequency import FREQUENCY
from image_svc.cues.handcrafted import HandcraftedCue
from image_svc.cues.noise_residual import NOISE_RESIDUAL
from image_svc.detector import ImageDetector
from image_svc.fitted import read_fitted
from image_svc.settings import ImageSettings
from kit.clock import SystemClock
from kit.media.file import MediaFile
from kit.media.image import decode_image
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.models.onnx import open_network
from kit.models.registry import Registry
from kit.vision.faces import Picture
from kit.vision.mtcnn import MtcnnFaceFinder, load_nets


@dataclass(frozen=True, slots=True)
class SandboxDecoder:
    """Decodes in the sandbox, under limits."""

    sandbox: Sandbox
    limits: MediaLimits

    def decode(self, media: MediaFile) -> Picture:
        """(H, W, 3) RGB after the EXIF rotation."""
        return decode_image(self.sandbox, media, self.limits).pixels


def build_detector(settings: ImageSettings, sandbox: Sandbox) -> ImageDetector:
    """The detector with all its models. Raises ModelInvalid when one is missing from the registry or was changed."""
    # Calls run beside each other already; threads inside each call would only make them wait for one another.
    cv2.setNumThreads(settings.intra_op_threads)
    registry = Registry(settings.models)
    finder_model = registry.load("mtcnn")
    finder = MtcnnFaceFinder(load_nets(finder_model, settings.intra_op_threads), finder_model.reference)
    cues = build_cues(registry, settings.intra_op_threads)
    models = [finder_model, *(cue.model for cue in cues)]
    return ImageDetector(SandboxDecoder(sandbox, settings.limits), finder, cues, models, SystemClock())


def build_cues(registry: Registry, intra_op_threads: int) -> list[Cue]:
    """All cues, each with its newest model."""
    face_spatial, frequency, noise = (registry.load(name) for name in ("face_spatial", "frequency", "noise_residual"))
    return [
        FaceSpatialCue(open_network(face_spatial, intra_op_threads=intra_op_threads), face_spatial),
        HandcraftedCue(FREQUENCY, read_fitted(frequency), frequency),
        HandcraftedCue(NOISE_RESIDUAL, read_fitted(noise), noise),
    ]
