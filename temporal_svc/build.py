"""Puts the detector for movement together from settings, for the service's process and for callers in the same process."""

from __future__ import annotations

import cv2

from kit.clock import SystemClock
from kit.media.sandbox import Sandbox
from kit.models.fitted import read_fitted
from kit.models.onnx import open_network
from kit.models.registry import Registry
from kit.vision.watch import Eyes, SandboxVideoReader
from kit.vision.yolo import open_finder
from temporal_svc.cues.blending_flicker import blending_flicker
from temporal_svc.cues.cue import Cue
from temporal_svc.cues.face_drift import face_drift
from temporal_svc.cues.face_motion import face_motion
from temporal_svc.cues.flow_consistency import flow_consistency
from temporal_svc.detector import TemporalDetector
from temporal_svc.footage import SandboxClipReader
from temporal_svc.settings import TemporalSettings


def build_detector(settings: TemporalSettings, sandbox: Sandbox) -> TemporalDetector:
    """The detector with all its models. Raises ModelInvalid when one is missing from the registry or was changed."""
    # Calls run beside each other already; threads inside each call would only make them wait for one another.
    cv2.setNumThreads(settings.intra_op_threads)
    registry = Registry(settings.models)
    finder_model = registry.load("face_finder")
    finder = open_finder(finder_model, settings.intra_op_threads)
    eyes = Eyes(SandboxVideoReader(sandbox, settings.limits), finder)
    cues = build_cues(registry, settings.intra_op_threads)
    models = [finder_model, *(cue.model for cue in cues)]
    return TemporalDetector(eyes, SandboxClipReader(sandbox, settings.limits), cues, models, SystemClock())


def build_cues(registry: Registry, intra_op_threads: int) -> list[Cue]:
    """All cues, each with its newest model."""
    names = ("face_motion", "flow_consistency", "face_drift", "blending_flicker")
    motion, flow, drift, flicker = (registry.load(name) for name in names)
    return [
        face_motion(open_network(motion, intra_op_threads=intra_op_threads), motion),
        flow_consistency(read_fitted(flow), flow),
        face_drift(open_network(drift, intra_op_threads=intra_op_threads), drift),
        blending_flicker(read_fitted(flicker), flicker),
    ]
