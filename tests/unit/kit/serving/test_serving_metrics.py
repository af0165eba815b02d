from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.models.settings import ModelSettings
from kit.models.source import ModelSource
from kit.serving.bundle import Bundle
from kit.serving.desk import Caller, if_evidence
from kit.serving.networks import Networks
from kit.serving.start import serving
from telltale.common.v1 import evidence_pb2, media_pb2
from tests.support.readings import told
from tests.support.registry import model_folder
from tests.support.serving import desk_of


def a_finding(cue: str, ratio: float) -> evidence_pb2.Evidence:
    return evidence_pb2.Evidence(cue=cue, finding=evidence_pb2.Finding(log_likelihood_ratio=ratio))


def an_abstention(cue: str) -> evidence_pb2.Evidence:
    reason = evidence_pb2.ABSTENTION_REASON_NO_FACE
    return evidence_pb2.Evidence(cue=cue, abstention=evidence_pb2.Abstention(reason=reason))


class OneModel:
    """A detector of one model."""

    basis = "b"

    def __init__(self, models: ModelSource) -> None:
        self.models = [models.load("thing")]

    def warm_up(self) -> None:
        """Needs none."""


class Says:
    """A detector that says the same of everything."""

    basis, models = "b", ()

    def __init__(self, *evidence: evidence_pb2.Evidence) -> None:
        self.evidence = evidence

    def warm_up(self) -> None:
        """Needs none."""


@pytest.fixture
def medium() -> Iterator[MediaFile]:
    with MediaFile.from_bytes(b"a picture") as media:
        yield media


def test_what_tests_say_is_counted_by_outcome(medium: MediaFile) -> None:
    desk = desk_of(Says(a_finding("counted", 1.5), a_finding("counted", -9.0), an_abstention("silent")))
    list(desk.about_medium(Caller("main", CancelToken()), medium, lambda own, *_: own.evidence, if_evidence))
    assert told("telltale_evidence_total", cue="counted", outcome="finding") == 2
    assert told("telltale_evidence_total", cue="silent", outcome="NO_FACE") == 1
    assert told("telltale_finding_log_odds_count", cue="counted") == 2
    assert told("telltale_finding_log_odds_bucket", cue="counted", le="-8.0") == 1
    assert told("telltale_finding_log_odds_count", cue="silent") is None


def test_progress_is_no_evidence(medium: MediaFile) -> None:
    before = told("telltale_evidence_total")
    desk = desk_of(Says())
    list(desk.about_medium(Caller("main", CancelToken()), medium, lambda *_: [media_pb2.Progress()], if_evidence))
    assert told("telltale_evidence_total") == before


def test_a_model_is_told_while_it_is_loaded(tmp_path: Path) -> None:
    for version in ("1.0.0", "2.0.0"):
        model_folder(tmp_path, version=version)
    settings = ModelSettings(models=tmp_path, model_versions={"thing": "1.0.0"})
    with serving(settings, lambda models: Bundle(OneModel(models), Networks())) as models:
        models.manager.switch("trial", {"thing": "2.0.0"})
        assert told("telltale_model_info", model="thing", version="1.0.0", lane="main") == 1
        assert told("telltale_model_info", model="thing", version="2.0.0", lane="trial") == 1
        models.manager.switch("main", {"thing": "2.0.0"})
        models.manager.drop("trial")
        assert told("telltale_model_info", version="1.0.0") is None
        assert told("telltale_model_info", lane="trial") is None
    assert told("telltale_model_info", model="thing") is None
