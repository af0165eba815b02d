"""The cache of evidence: by what was examined and by whom, not by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.evidence_table import EvidenceOf, collect, cues_with_findings, learned_sources, weighed_ratios
from kit.clock import SystemClock
from kit.models.card import describe_artefact, write_card
from kit.models.registry import Registry
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.model.v1 import card_pb2


@dataclass
class CountingExaminer:
    """Says of a picture that it is as suspicious as its first byte, and counts how often it was asked."""

    card_digests: list[str]
    seen: list[bytes] = field(default_factory=list)

    def examine(self, data: bytes) -> tuple[media_pb2.MediaInfo, list[evidence_pb2.Evidence]]:
        self.seen.append(data)
        finding = evidence_pb2.Finding(log_likelihood_ratio=data[0], quality=0.5)
        return media_pb2.MediaInfo(size_bytes=len(data)), [evidence_pb2.Evidence(cue="first_byte", finding=finding)]


def contents(*pictures: bytes) -> list:
    return [lambda data=data: data for data in pictures]


def test_the_same_bytes_are_examined_once_whatever_the_list(tmp_path: Path) -> None:
    examiner = CountingExaminer(["a"])
    collect(examiner, contents(b"\x01", b"\x02"), tmp_path)
    table = collect(examiner, contents(b"\x02", b"\x03", b"\x01"), tmp_path)
    assert sorted(examiner.seen) == [b"\x01", b"\x02", b"\x03"]
    assert [row.evidence[0].finding.log_likelihood_ratio for row in table] == [2, 3, 1]


def test_other_models_examine_again(tmp_path: Path) -> None:
    collect(CountingExaminer(["a"]), contents(b"\x01"), tmp_path)
    other = CountingExaminer(["b"])
    collect(other, contents(b"\x01"), tmp_path)
    assert other.seen == [b"\x01"]


def test_half_a_line_of_a_killed_run_is_examined_again(tmp_path: Path) -> None:
    examiner = CountingExaminer(["a"])
    collect(examiner, contents(b"\x01", b"\x02"), tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text()[:-20])
    examiner.seen.clear()
    collect(examiner, contents(b"\x01", b"\x02"), tmp_path)
    table = collect(examiner, contents(b"\x01", b"\x02"), tmp_path)
    assert examiner.seen == [b"\x02"]
    assert len(table) == 2


def test_ratios_count_with_their_quality_and_abstentions_as_nothing() -> None:
    finding = evidence_pb2.Finding(log_likelihood_ratio=2.0, quality=0.5)
    silent = evidence_pb2.Abstention(reason=evidence_pb2.ABSTENTION_REASON_NO_FACE)
    table = [
        EvidenceOf(evidence=[evidence_pb2.Evidence(cue="a", finding=finding)]),
        EvidenceOf(evidence=[evidence_pb2.Evidence(cue="a", abstention=silent)]),
    ]
    np.testing.assert_array_equal(weighed_ratios(table, ["a", "b"]), [[1.0, np.nan], [np.nan, np.nan]])
    assert cues_with_findings(table) == ["a"]


def registry_with(root: Path, *sources: str) -> Registry:
    """A registry with one model whose card names these sources as training data."""
    folder = root / "brain" / "1.0.0"
    folder.mkdir(parents=True)
    (folder / "brain.json").write_text("{}")
    card = card_pb2.ModelCard(
        name="brain",
        version="1.0.0",
        modality="image",
        task="Answers a question for a test.",
        licence="none",
        created=SystemClock().now().date().isoformat(),
        training_data=[card_pb2.TrainingData(name=name) for name in sources],
        artefacts=[describe_artefact(folder / "brain.json", card_pb2.ARTEFACT_FORMAT_JSON)],
    )
    write_card(card, folder)
    return Registry(root)


def evidence_of(model: str) -> EvidenceOf:
    return EvidenceOf(
        evidence=[evidence_pb2.Evidence(cue="x", model=evidence_pb2.ModelReference(name=model, version="1.0.0"))]
    )


def test_what_was_learned_stands_in_the_cards_of_the_models_behind_the_evidence(tmp_path: Path) -> None:
    registry = registry_with(tmp_path, "swap_dfdc", "gan_genphotos (made alike)")
    assert learned_sources([evidence_of("brain")], registry) == {"swap_dfdc", "gan_genphotos"}
    assert learned_sources([EvidenceOf()], registry) == set()
