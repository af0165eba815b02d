"""Puts the detector for sound together from settings, for the service's process and for callers in the same process."""

from __future__ import annotations

from typing import Final

import cv2

from av_sync_svc.cues.av_coherence import AvCoherenceCue
from av_sync_svc.cues.lip_sync import LipSyncCue
from av_sync_svc.cues.voice_spoof import VoiceSpoofCue
from av_sync_svc.detector import AvSyncDetector, Cues, Ears
from av_sync_svc.face_mesh import FaceMesh
from av_sync_svc.hearing import SandboxSoundReader
from av_sync_svc.mouths import SandboxMouthReader
from av_sync_svc.settings import AvSyncSettings
from kit.clock import SystemClock
from kit.media import sound, video
from kit.media.sandbox import Sandbox
from kit.models.fitted import read_fitted
from kit.models.onnx import open_network
from kit.models.registry import Registry
from kit.sound.speech import open_speech_finder
from kit.vision.watch import Eyes, SandboxVideoReader
from kit.vision.yolo import open_finder

PRELOAD: Final = (*video.PRELOAD, *sound.PRELOAD)
"""What the sandbox must preload."""


def build_detector(settings: AvSyncSettings, sandbox: Sandbox) -> AvSyncDetector:
    """The detector with all its models. Raises ModelInvalid when one is missing from the registry or was changed."""
    # Calls run beside each other already; threads inside each call would only make them wait for one another.
    cv2.setNumThreads(settings.intra_op_threads)
    registry, threads = Registry(settings.models), settings.intra_op_threads
    finder_model, speech_model, mesh_model = (
        registry.load(name) for name in ("face_finder", "voice_activity", "face_landmarks")
    )
    mesh = FaceMesh(open_network(mesh_model, intra_op_threads=threads), mesh_model)
    eyes = Eyes(SandboxVideoReader(sandbox, settings.limits), open_finder(finder_model, threads))
    ears = Ears(SandboxSoundReader(sandbox, settings.limits), open_speech_finder(speech_model))
    mouths = SandboxMouthReader(sandbox, settings.limits, mesh)
    cues = build_cues(registry, threads)
    models = [finder_model, speech_model, mesh_model, *(cue.model for cue in cues.all)]
    return AvSyncDetector(ears, eyes, mouths, cues, models, SystemClock())


def build_cues(registry: Registry, intra_op_threads: int) -> Cues:
    """All cues, each with its newest model."""
    voice, lips, coherence = (registry.load(name) for name in ("voice_spoof", "lip_sync", "av_coherence"))
    return Cues(
        VoiceSpoofCue(open_network(voice, intra_op_threads=intra_op_threads), voice),
        LipSyncCue(open_network(lips, intra_op_threads=intra_op_threads), lips),
        AvCoherenceCue(read_fitted(coherence), coherence),
    )
