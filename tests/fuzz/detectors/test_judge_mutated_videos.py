"""Damaged videos before the real detectors with the shipped models: evidence that keeps the contract, or an error with a reason.

`pytest tests/fuzz/detectors --mutants 500` makes a longer run.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import protovalidate
import pytest

from cli.settings import CliSettings
from image_svc.build import build_detectors
from image_svc.detectors import Detectors
from image_svc.settings import ImageSettings
from kit.errors import TelltaleError
from kit.media import image, sound, video
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.probe import probe
from kit.media.sandbox import Sandbox
from kit.models.registry import Registry
from kit.settings import load
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from temporal_svc.build import build_detector
from temporal_svc.detector import TemporalDetector
from temporal_svc.settings import TemporalSettings
from tests.support.descriptors import child_pids, open_files
from tests.support.face_film import face_film
from tests.support.mutants import mutant

MUTANTS = 20
QUICK = media_pb2.DEPTH_QUICK
CUES = 8


@dataclass(frozen=True)
class Services:
    """Both detectors of pictures that move, and their sandbox."""

    sandbox: Sandbox
    images: Detectors
    temporal: TemporalDetector

    def judge(self, media: MediaFile) -> list[evidence_pb2.Evidence]:
        """All evidence, as the gateway collects it. Raises TelltaleError."""
        info, cancel = probe(self.sandbox, media, MediaLimits(), None), CancelToken()
        events = list(self.images.analyze(media, info, QUICK, cancel))
        if info.kind == media_pb2.MEDIA_KIND_VIDEO:
            [tracks] = [event for event in events if isinstance(event, image_service_pb2.FaceTracks)]
            events += self.temporal.analyze(media, info, QUICK, tracks, cancel)
        return [event for event in events if isinstance(event, evidence_pb2.Evidence)]


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    settings, models = ImageSettings(), Registry(load(CliSettings).models)
    with Sandbox.start(settings.sandbox, (*image.PRELOAD, *video.PRELOAD, *sound.PRELOAD)) as sandbox:
        temporal = build_detector(TemporalSettings(), sandbox, models)
        yield Services(sandbox, build_detectors(settings, sandbox, models), temporal)


def test_mutated_videos_are_judged_or_refused_and_leave_nothing_behind(
    services: Services, photo: Path, request: pytest.FixtureRequest
) -> None:
    chance, seed = random.Random("faces"), face_film(photo, 1.5, rate_fps=12)
    outcomes = Counter([outcome(services, seed)])
    before = open_files()
    for _ in range(request.config.getoption("--mutants") or MUTANTS):
        outcomes[outcome(services, mutant(seed, chance))] += 1
    assert outcomes["answer"] > 1
    assert outcomes["UNDECODABLE_MEDIA"] > 0
    # Fewer is no leak: something that an earlier test dropped may be collected meanwhile.
    assert open_files() <= before
    assert services.sandbox.zygote_pid
    assert child_pids(services.sandbox.zygote_pid) == []


def outcome(services: Services, data: bytes) -> str:
    """`answer`, or the reason of the error."""
    with MediaFile.from_bytes(data) as media:
        try:
            evidence = services.judge(media)
        except TelltaleError as error:
            return error.reason_name()
    for piece in evidence:
        protovalidate.validate(piece)
    assert len({piece.cue for piece in evidence}) == CUES
    return "answer"
