"""Puts the image detector together from settings, for the service's process and for callers in the same process."""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from image_svc.cues.cue import Cue
from image_svc.cues.face_spatial import FaceSpatialCue
from image_svc.cues.frequency import FrequencyCue
from image_svc.cues.noise_residual import NoiseResidualCue
from image_svc.cues.whole_picture import WholePictureCue
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
from kit.vision.yolo import open_finder


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
    finder_model = registry.load("face_finder")
    finder = open_finder(finder_model, settings.intra_op_threads)
    cues = build_cues(registry, settings.intra_op_threads)
    models = [finder_model, *(cue.model for cue in cues)]
    return ImageDetector(SandboxDecoder(sandbox, settings.limits), finder, cues, models, SystemClock())


def build_cues(registry: Registry, intra_op_threads: int) -> list[Cue]:
    """All cues, each with its newest model."""
    names = ("face_spatial", "frequency", "noise_residual", "whole_picture")
    face_spatial, frequency, noise, whole = (registry.load(name) for name in names)
    return [
        FaceSpatialCue(open_network(face_spatial, intra_op_threads=intra_op_threads), face_spatial),
        FrequencyCue(read_fitted(frequency), frequency),
        NoiseResidualCue(open_network(noise, intra_op_threads=intra_op_threads), noise),
        WholePictureCue(open_network(whole, intra_op_threads=intra_op_threads), whole),
    ]
