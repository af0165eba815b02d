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
from kit.batching.cores import cores_of_process
from kit.batching.tuned import crews
from kit.clock import SystemClock
from kit.media.file import MediaFile
from kit.media.image import decode_image
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.models.fitted import read_fitted
from kit.models.source import ModelSource
from kit.serving.bundle import Bundle
from kit.serving.networks import Networks
from kit.vision.faces import Picture
from kit.vision.watch import SandboxVideoReader
from kit.vision.yolo import finder_of


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


def build_detector(settings: ImageSettings, sandbox: Sandbox, models: ModelSource) -> ImageDetector:
    """The detector for stills alone. Raises ModelInvalid when a model is missing or was changed."""
    return build_detectors(settings, sandbox, models).stills


def build_detectors(settings: ImageSettings, sandbox: Sandbox, models: ModelSource) -> Detectors:
    """The detectors over the same models. Raises ModelInvalid when one is missing or was changed."""
    return build_bundle(settings, sandbox, models).detector


def build_bundle(settings: ImageSettings, sandbox: Sandbox, models: ModelSource) -> Bundle[Detectors]:
    """The same with the networks that they run. Raises ModelInvalid."""
    # Calls run beside each other already; threads inside each call would only make them wait for one another.
    cv2.setNumThreads(1)
    networks = Networks(crews(cores_of_process(settings.cores)))
    return Bundle.of(networks, lambda networks: _detectors(settings, sandbox, networks, models))


def _detectors(settings: ImageSettings, sandbox: Sandbox, networks: Networks, models: ModelSource) -> Detectors:
    finder_model = models.load("face_finder")
    finder = finder_of(finder_model, networks.open(finder_model))
    cues = build_cues(models, networks)
    loaded = [finder_model, *(cue.model for cue in cues.all)]
    stills = ImageDetector(SandboxDecoder(sandbox, settings.limits), finder, cues.all, loaded, SystemClock())
    reader = SandboxVideoReader(sandbox, settings.limits)
    return Detectors(stills, VideoDetector(reader, finder, cues.for_videos, SystemClock()))


def build_cues(models: ModelSource, networks: Networks) -> ImageCues:
    """All cues, each with its model."""
    names = ("face_spatial", "frequency", "noise_residual", "whole_picture")
    face_spatial, frequency, noise, whole = (models.load(name) for name in names)
    return ImageCues(
        FaceSpatialCue(networks.open(face_spatial), face_spatial),
        FrequencyCue(read_fitted(frequency), frequency),
        NoiseResidualCue(networks.open(noise), noise),
        WholePictureCue(networks.open(whole), whole),
    )
