from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from colab_training.manifest import Sample
from colab_training.metrics import Floats
from colab_training.quantise.__main__ import made
from colab_training.quantise.card import write_variant
from colab_training.quantise.graph import Feed
from colab_training.quantise.settings import ProofSettings, QuantiseSettings, VariantSettings
from colab_training.quantise.subjects import Timed
from kit.models.card import LoadedModel, describe_artefact, write_card
from kit.models.registry import Registry
from kit.models.runtime import Session
from telltale.model.v1 import card_pb2

SIDE_PX = 16
HOW = VariantSettings(
    of="1.0.0", version="1.0.1", examples=8, operators=["Conv", "Clip"], keep_float=["first"], reduce_range=True
)
SETTINGS = QuantiseSettings(
    seed=1,
    proof=ProofSettings(least_auc_difference=-0.005, most_ece_difference=0.01, least_speed=1.1, least_saved_ms=1.0),
    models={"tiny": HOW},
)


class Lights:
    """Pictures of which the fakes are lighter."""

    def examples(self, count: int, seed: int) -> Iterator[Feed]:
        """Pictures of part fit."""
        return (self._feed(seed, index) for index in range(count))

    def samples(self, name: str) -> Sequence[Sample]:
        """A hundred, every second one a fake."""
        return [Sample(f"lights/{index}.png", index % 2 == 1, "light", name, str(index)) for index in range(100)]

    def judged(self, sessions: Sequence[Session], name: str) -> Floats:
        """Raw logits (sessions, N)."""
        feeds = [self._feed(len(name), index) for index in range(100)]
        return np.array([[float(session.run(feed)["logit"][0]) for feed in feeds] for session in sessions])

    def _feed(self, seed: int, index: int) -> Feed:
        rng = np.random.default_rng((seed, index))
        light = rng.normal(0.3 * (index % 2), 0.3)
        return {"face": (rng.normal(0, 0.3, (1, 3, SIDE_PX, SIDE_PX)) + light).astype(np.float32)}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def tiny(original: Path, models: Path) -> LoadedModel:
    folder = models / "tiny" / "1.0.0"
    folder.mkdir(parents=True)
    path = Path(shutil.copy(original, folder))
    points = [
        card_pb2.OperatingPoint(name=name, threshold=1.0)
        for name in ("false_alarms_1_percent", "false_alarms_5_percent")
    ]
    card = card_pb2.ModelCard(
        name="tiny",
        version="1.0.0",
        modality="image",
        task="Tells light pictures from dark ones.",
        licence="Apache-2.0",
        created="2026-01-01",
        artefacts=[describe_artefact(path, card_pb2.ARTEFACT_FORMAT_ONNX)],
        postprocessing=card_pb2.Postprocessing(
            calibration=card_pb2.Calibration(slope=1, intercept=0, limit=2), operating_points=points
        ),
        limits=["Not in the dark."],
    )
    return write_card(card, folder)


@pytest.fixture(scope="module")
def variant(tiny: LoadedModel, models: Path) -> card_pb2.ModelCard:
    folder = models / "tiny" / "1.0.1"
    _, judged = made(tiny, Lights(), SETTINGS, folder / "model.onnx")
    assert judged is not None
    return write_variant(tiny, HOW, *judged, folder / "model.onnx", "make it", "Some CPU")


def test_a_variant_is_a_version_that_says_what_it_is_a_variant_of(variant: card_pb2.ModelCard, models: Path) -> None:
    assert (variant.version, variant.variant_of, variant.training_command) == ("1.0.1", "1.0.0", "make it")
    assert Registry(models).load("tiny", "1.0.1").card == variant


def test_nobody_gets_a_variant_who_did_not_ask_for_it(variant: card_pb2.ModelCard, models: Path) -> None:
    assert Registry(models).load(variant.name).card.version == "1.0.0"


def test_a_variant_is_calibrated_and_measured_for_itself(variant: card_pb2.ModelCard) -> None:
    told = {(row.metric, row.dataset) for row in variant.metrics}
    assert {("auc", "all"), ("ece", "all"), ("auc_difference", "all"), ("ece_difference", "all")} <= told
    assert ("false_positive_rate_difference", "false_alarms_1_percent") in told
    assert variant.postprocessing.calibration.items == 100
    assert variant.postprocessing.operating_points[0].threshold != 1.0


def test_a_variant_keeps_the_limits_of_its_original(variant: card_pb2.ModelCard, models: Path) -> None:
    assert list(variant.limits) == ["Not in the dark."]
    text = (models / "tiny" / "1.0.1" / "CARD.md").read_text()
    assert "An int8 variant of tiny 1.0.0" in text
    assert "on one thread of Some CPU" in text


def test_what_a_variant_loses_is_measured(tiny: LoadedModel, tmp_path: Path) -> None:
    proof, _ = made(tiny, Lights(), SETTINGS, tmp_path / "made" / "model.onnx")
    assert proof.auc is not None
    assert abs(proof.auc.value) < 0.02
    assert proof.auc.low <= proof.auc.value <= proof.auc.high
    assert "it saves" in proof.objections(SETTINGS.proof)[-1]


def test_inputs_without_labels_are_timed_alone(tiny: LoadedModel, tmp_path: Path) -> None:
    feeds = list(Lights().examples(8, 1))
    proof, judged = made(tiny, Timed(lambda: feeds), SETTINGS, tmp_path / "made" / "model.onnx")
    assert judged is None
    assert "it was timed alone" in proof.objections(SETTINGS.proof)
