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
from kit.batching.cores import cores_of_process
from kit.batching.tuned import crews
from kit.clock import SystemClock
from kit.media import sound, video
from kit.media.sandbox import Sandbox
from kit.models.fitted import read_fitted
from kit.models.source import ModelSource
from kit.serving.bundle import Bundle
from kit.serving.networks import Networks
from kit.sound.speech import speech_finder_of
from kit.vision.watch import Eyes, SandboxVideoReader
from kit.vision.yolo import finder_of

PRELOAD: Final = (*video.PRELOAD, *sound.PRELOAD)
"""What the sandbox must preload."""


def build_detector(settings: AvSyncSettings, sandbox: Sandbox, models: ModelSource) -> AvSyncDetector:
    """The detector with all its models. Raises ModelInvalid when one is missing or was changed."""
    return build_bundle(settings, sandbox, models).detector


def build_bundle(settings: AvSyncSettings, sandbox: Sandbox, models: ModelSource) -> Bundle[AvSyncDetector]:
    """The same with the networks that it runs. Raises ModelInvalid."""
    # Calls run beside each other already; threads inside each call would only make them wait for one another.
    cv2.setNumThreads(1)
    networks = Networks(crews(cores_of_process(settings.cores)))
    return Bundle.of(networks, lambda networks: _detector(settings, sandbox, networks, models))


def _detector(settings: AvSyncSettings, sandbox: Sandbox, networks: Networks, models: ModelSource) -> AvSyncDetector:
    finder_model, speech_model, mesh_model = (
        models.load(name) for name in ("face_finder", "voice_activity", "face_landmarks")
    )
    mesh = FaceMesh(networks.open(mesh_model), mesh_model)
    eyes = Eyes(SandboxVideoReader(sandbox, settings.limits), finder_of(finder_model, networks.open(finder_model)))
    ears = Ears(
        SandboxSoundReader(sandbox, settings.limits), speech_finder_of(speech_model, networks.open(speech_model))
    )
    mouths = SandboxMouthReader(sandbox, settings.limits, mesh)
    cues = build_cues(models, networks)
    loaded = [finder_model, speech_model, mesh_model, *(cue.model for cue in cues.all)]
    return AvSyncDetector(ears, eyes, mouths, cues, loaded, SystemClock())


def build_cues(models: ModelSource, networks: Networks) -> Cues:
    """All cues, each with its model."""
    voice, lips, coherence = (models.load(name) for name in ("voice_spoof", "lip_sync", "av_coherence"))
    return Cues(
        VoiceSpoofCue(networks.open(voice), voice),
        LipSyncCue(networks.open(lips), lips),
        AvCoherenceCue(read_fitted(coherence), coherence),
    )
