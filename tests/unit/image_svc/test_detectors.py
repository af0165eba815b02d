from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from image_svc.build import build_detectors
from image_svc.detectors import Detectors
from image_svc.settings import ImageSettings
from kit.errors import UnsupportedMediaKind
from kit.media import image, video
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.registry import Registry
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from tests.support import video_factory
from tests.support.image import SAMPLES, sample
from tests.support.moving import video_of

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="module")
def detectors() -> Iterator[Detectors]:
    with Sandbox.start(SandboxSettings(), (*image.PRELOAD, *video.PRELOAD)) as sandbox:
        yield build_detectors(ImageSettings(), sandbox, Registry(MODELS))


def info(kind: media_pb2.MediaKind.ValueType) -> media_pb2.MediaInfo:
    return media_pb2.MediaInfo(kind=kind, mime_type="made/up")


def reasons(detectors: Detectors, data: bytes, kind: media_pb2.MediaKind.ValueType) -> dict[str, int]:
    """Why each test has no opinion; 0 where it has one."""
    with MediaFile.from_bytes(data) as media:
        events = list(detectors.analyze(media, info(kind), media_pb2.DEPTH_STANDARD, CancelToken()))
    return {event.cue: event.abstention.reason for event in events if isinstance(event, evidence_pb2.Evidence)}


def test_a_video_without_a_face_goes_through_the_sandbox_and_all_tests(detectors: Detectors) -> None:
    small = video_factory.video(video_factory.Recipe(video_factory.steady(40, 25)))
    told = reasons(detectors, small, media_pb2.MEDIA_KIND_VIDEO)
    no_face, out_of_range = evidence_pb2.ABSTENTION_REASON_NO_FACE, evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
    assert told == dict.fromkeys(["face_spatial", "frequency", "noise_residual"], no_face) | {
        "whole_picture": out_of_range
    }


def test_a_video_of_a_portrait_has_one_person_and_a_timeline(detectors: Detectors) -> None:
    with MediaFile.from_bytes(video_of(sample("portrait.jpg"), 32)) as media:
        events = list(
            detectors.analyze(media, info(media_pb2.MEDIA_KIND_VIDEO), media_pb2.DEPTH_STANDARD, CancelToken())
        )
    (tracks,) = (event for event in events if isinstance(event, image_service_pb2.FaceTracks))
    (face,) = (event for event in events if isinstance(event, evidence_pb2.Evidence) and event.cue == "face_spatial")
    assert [len(track.observations) for track in tracks.tracks] == [8]
    assert [span.track_id for span in face.finding.spans] == [0, 0]


def test_a_still_goes_to_the_detector_for_stills(detectors: Detectors) -> None:
    told = reasons(detectors, (SAMPLES / "portrait.jpg").read_bytes(), media_pb2.MEDIA_KIND_IMAGE)
    assert told["face_spatial"] == 0


def test_sound_alone_is_refused(detectors: Detectors) -> None:
    with pytest.raises(UnsupportedMediaKind):
        reasons(detectors, b"x", media_pb2.MEDIA_KIND_AUDIO)
