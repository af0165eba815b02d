"""Damaged JPEGs before the real metadata detector and the shipped models: evidence that keeps the contract, or an error.

`pytest tests/fuzz/detectors --mutants 500` makes a longer run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import protovalidate
import pytest

from kit.errors import TelltaleError
from kit.media.file import MediaFile
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.registry import Registry
from metadata_svc.detector import MetadataDetector, build_detector
from metadata_svc.features import WARM_UP
from metadata_svc.settings import MetadataSettings
from telltale.common.v1 import evidence_pb2
from tests.support.histories import ROOT, again, saved, scenery
from tests.support.metadata_files import info_of
from tests.support.mutants import mutant

MUTANTS = 30


@pytest.fixture(scope="module")
def detector() -> Iterator[MetadataDetector]:
    with Sandbox.start(SandboxSettings(), [WARM_UP]) as sandbox:
        yield build_detector(MetadataSettings(), sandbox, Registry(ROOT / "models"))


def judged(detector: MetadataDetector, data: bytes) -> list[evidence_pb2.Evidence] | None:
    """None where the file was refused with a reason."""
    with MediaFile.from_bytes(data) as media:
        try:
            return list(detector.examine(media, info_of(media)).evidence)
        except TelltaleError:
            return None


def test_mutants_are_judged_or_refused(detector: MetadataDetector, pytestconfig: pytest.Config) -> None:
    chance, seed = random.Random(6), again(saved(scenery(), 60), 90)
    answers = [judged(detector, mutant(seed, chance)) for _ in range(pytestconfig.getoption("--mutants") or MUTANTS)]
    for evidence in (answer for answer in answers if answer is not None):
        assert {"jpeg_history", "region_consistency"} <= {entry.cue for entry in evidence}
        for entry in evidence:
            protovalidate.validate(entry)
    assert sum(answer is not None for answer in answers) > len(answers) / 2


def test_a_file_that_ends_early_keeps_the_other_cues(detector: MetadataDetector) -> None:
    whole = again(saved(scenery(), 60), 90)
    evidence = judged(detector, whole[: whole.index(b"\xff\xda") + 4])
    assert evidence is not None
    [history] = [entry for entry in evidence if entry.cue == "jpeg_history"]
    assert history.HasField("abstention")
