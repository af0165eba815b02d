"""Puts the detector for movement together from settings, for the service's process and for callers in the same process."""

from __future__ import annotations

import cv2

from kit.batching.cores import cores_of_process
from kit.batching.tuned import crews
from kit.clock import SystemClock
from kit.media.sandbox import Sandbox
from kit.models.fitted import read_fitted
from kit.models.source import ModelSource
from kit.serving.bundle import Bundle
from kit.serving.networks import Networks
from kit.vision.watch import Eyes, SandboxVideoReader
from kit.vision.yolo import finder_of
from temporal_svc.cues.blending_flicker import blending_flicker
from temporal_svc.cues.cue import Cue
from temporal_svc.cues.face_drift import face_drift
from temporal_svc.cues.face_motion import face_motion
from temporal_svc.cues.flow_consistency import flow_consistency
from temporal_svc.detector import TemporalDetector
from temporal_svc.footage import SandboxClipReader
from temporal_svc.settings import TemporalSettings


def build_detector(settings: TemporalSettings, sandbox: Sandbox, models: ModelSource) -> TemporalDetector:
    """The detector with all its models. Raises ModelInvalid when one is missing or was changed."""
    return build_bundle(settings, sandbox, models).detector


def build_bundle(settings: TemporalSettings, sandbox: Sandbox, models: ModelSource) -> Bundle[TemporalDetector]:
    """The same with the networks that it runs. Raises ModelInvalid."""
    # Calls run beside each other already; threads inside each call would only make them wait for one another.
    cv2.setNumThreads(1)
    networks = Networks(crews(cores_of_process(settings.cores)))
    return Bundle.of(networks, lambda networks: _detector(settings, sandbox, networks, models))


def _detector(
    settings: TemporalSettings, sandbox: Sandbox, networks: Networks, models: ModelSource
) -> TemporalDetector:
    finder_model = models.load("face_finder")
    finder = finder_of(finder_model, networks.open(finder_model))
    eyes = Eyes(SandboxVideoReader(sandbox, settings.limits), finder)
    cues = build_cues(models, networks)
    loaded = [finder_model, *(cue.model for cue in cues)]
    return TemporalDetector(eyes, SandboxClipReader(sandbox, settings.limits), cues, loaded, SystemClock())


def build_cues(models: ModelSource, networks: Networks) -> list[Cue]:
    """All cues, each with its model."""
    names = ("face_motion", "flow_consistency", "face_drift", "blending_flicker")
    motion, flow, drift, flicker = (models.load(name) for name in names)
    return [
        face_motion(networks.open(motion), motion),
        flow_consistency(read_fitted(flow), flow),
        face_drift(networks.open(drift), drift),
        blending_flicker(read_fitted(flicker), flicker),
    ]
