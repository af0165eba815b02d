"""What av_sync_svc works with, put together as it does, so that each part can be called alone."""

from __future__ import annotations

from dataclasses import dataclass

from av_sync_svc.build import build_cues
from av_sync_svc.detector import Cues, Ears
from av_sync_svc.face_mesh import FaceMesh
from av_sync_svc.hearing import SandboxSoundReader
from av_sync_svc.mouths import MouthReader, SandboxMouthReader
from av_sync_svc.settings import AvSyncSettings
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.sandbox import Sandbox
from kit.models.onnx import open_network
from kit.models.registry import Registry
from kit.serving.networks import Networks
from kit.sound.speech import open_speech_finder
from kit.vision.watch import Eyes, SandboxVideoReader
from kit.vision.yolo import open_finder
from telltale.common.v1 import media_pb2
from telltale.image.v1 import image_service_pb2


@dataclass(frozen=True)
class Tools:
    """Senses and tests."""

    ears: Ears
    eyes: Eyes
    mouths: MouthReader
    cues: Cues


@dataclass(frozen=True)
class FaceSight:
    """The faces of a video, as image_svc tells them."""

    tracks: image_service_pb2.FaceTracks
    width_px: int
    height_px: int


def open_tools(settings: AvSyncSettings, sandbox: Sandbox) -> Tools:
    """Everything with the newest models. Raises ModelInvalid."""
    registry = Registry(settings.models)
    mesh_model = registry.load("face_landmarks")
    mesh = FaceMesh(open_network(mesh_model), mesh_model)
    return Tools(
        Ears(SandboxSoundReader(sandbox, settings.limits), open_speech_finder(registry.load("voice_activity"))),
        Eyes(SandboxVideoReader(sandbox, settings.limits), open_finder(registry.load("face_finder"))),
        SandboxMouthReader(sandbox, settings.limits, mesh),
        build_cues(registry, Networks()),
    )


def find_faces(eyes: Eyes, video: bytes) -> FaceSight:
    """Looks for the faces of a short video, which is no work of av_sync_svc as long as image_svc does it."""
    cancel = CancelToken()
    with MediaFile.from_bytes(video) as media:
        seen = eyes.watch(media, media_pb2.DEPTH_STANDARD, cancel)
        for _ in seen.shares(cancel):
            pass
        return FaceSight(seen.face_tracks(seen.people()), seen.facts.width_px, seen.facts.height_px)
