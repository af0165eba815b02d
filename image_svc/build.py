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
from image_svc.detectors import Detectors
from image_svc.settings import ImageSettings
from image_svc.video import VideoCues, VideoDetector
from kit.clock import SystemClock
from kit.media.file import MediaFile
from kit.media.image import decode_image
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.models.fitted import read_fitted
from kit.models.onnx import open_network
from kit.models.registry import Registry
from kit.vision.faces import Picture
from kit.vision.watch import SandboxVideoReader
from kit.vision.yolo import open_finder


@dataclass(frozen=True, slots=True)
class SandboxDecoder:
    """Decodes in the sandbox, under limits."""

    sandbox: Sandbox
    limits: MediaLimits

    def decode(self, media: MediaFile) -> Picture:
        """(H, W, 3) RGB after the EXIF rotation."""
        return decode_image(self.sandbox, media, self.limits).pixels


@dataclass(frozen=True, slots=True)
class ImageCues:
    """All tests of the pixels of a picture."""

    face_spatial: FaceSpatialCue
    frequency: FrequencyCue
    noise_residual: NoiseResidualCue
    whole_picture: WholePictureCue

    @property
    def all(self) -> list[Cue]:
        """Every one, for stills."""
        return [self.face_spatial, self.frequency, self.noise_residual, self.whole_picture]

    @property
    def for_videos(self) -> VideoCues:
        """Every one, by what it does with a video."""
        return VideoCues(self.face_spatial, [self.frequency, self.noise_residual], [self.whole_picture])


def build_detector(settings: ImageSettings, sandbox: Sandbox) -> ImageDetector:
    """The detector for stills alone. Raises ModelInvalid when a model is missing from the registry or was changed."""
    return build_detectors(settings, sandbox).stills


def build_detectors(settings: ImageSettings, sandbox: Sandbox) -> Detectors:
    """The detectors over the same models. Raises ModelInvalid when one is missing from the registry or was changed."""
    # Calls run beside each other already; threads inside each call would only make them wait for one another.
    cv2.setNumThreads(settings.intra_op_threads)
    registry = Registry(settings.models)
    finder_model = registry.load("face_finder")
    finder = open_finder(finder_model, settings.intra_op_threads)
    cues = build_cues(registry, settings.intra_op_threads)
    models = [finder_model, *(cue.model for cue in cues.all)]
    stills = ImageDetector(SandboxDecoder(sandbox, settings.limits), finder, cues.all, models, SystemClock())
    reader = SandboxVideoReader(sandbox, settings.limits)
    return Detectors(stills, VideoDetector(reader, finder, cues.for_videos, SystemClock()))


def build_cues(registry: Registry, intra_op_threads: int) -> ImageCues:
    """All cues, each with its newest model."""
    names = ("face_spatial", "frequency", "noise_residual", "whole_picture")
    face_spatial, frequency, noise, whole = (registry.load(name) for name in names)
    return ImageCues(
        FaceSpatialCue(open_network(face_spatial, intra_op_threads=intra_op_threads), face_spatial),
        FrequencyCue(read_fitted(frequency), frequency),
        NoiseResidualCue(open_network(noise, intra_op_threads=intra_op_threads), noise),
        WholePictureCue(open_network(whole, intra_op_threads=intra_op_threads), whole),
    )
