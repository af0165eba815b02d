"""From evidence of every kind to a model that fusion reads."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

from colab_training.audio_fusion.settings import AudioFusionSettings
from colab_training.ensemble import clips as videos
from colab_training.ensemble import recordings
from colab_training.ensemble.card import picture_section, write_model
from colab_training.ensemble.pictures import fit_pictures
from fusion_svc.model import FusionModel, is_measured, read_fusion_model
from kit.models.card import load_model
from telltale.model.v1 import card_pb2
from tests.training.colab_training.audio_fusion.made_up import judgements
from tests.training.colab_training.audio_fusion.made_up import settings as audio_settings
from tests.training.colab_training.ensemble.test_pictures import NOBODY, pictures
from tests.training.colab_training.video_fusion.made_up import clips
from tests.training.colab_training.video_fusion.made_up import settings as video_settings


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fit") / "9.9.9"
    photos, val = pictures(), pictures(80)
    picture = picture_section(fit_pictures(photos, NOBODY), photos, NOBODY, val, "ab" * 32)
    made = [*clips(6), *clips(3, split="val")]
    train, _ = videos.splits(made, video_settings())
    video = videos.section(made, videos.fit_clips(train, video_settings()), video_settings(), "cd" * 32)
    settings: AudioFusionSettings = audio_settings(lengths=[2])
    voice = card_pb2.ModelCard(training_data=[card_pb2.TrainingData(name="readers", licence="CC0", items=9)])
    audio = recordings.section([*judgements(), *judgements(split="val")], settings, voice)
    write_model([picture, video, audio], "python -m colab_training.ensemble", folder)
    return folder


@pytest.fixture(scope="module")
def model(written: Path) -> FusionModel:
    return read_fusion_model(load_model(written))


def test_points_of_every_kind_are_measured_on_split_val(model: FusionModel) -> None:
    assert len(model.operating_points) == 9
    assert all(is_measured(point) and "split val" in point.dataset for point in model.operating_points.values())


def test_every_kind_has_its_tested_range(model: FusionModel) -> None:
    assert all(own.tested_range.model_dump(exclude_none=True) for own in model.parameters.kinds.values())


def test_tests_that_are_expected_to_report_are_those_that_are_asked(model: FusionModel) -> None:
    assert "exif_anomaly" in model.parameters.kinds["image"].cues
    assert "exif_anomaly" not in model.parameters.kinds["audio"].cues


def test_the_card_tells_what_was_measured_and_on_what(written: Path) -> None:
    card = load_model(written).card
    measured = {(metric.metric, metric.dataset, metric.split) for metric in card.metrics}
    assert {("auc", "swaps fakes (videos)", "leave one source out"), ("ece", "all (videos)", "val")} <= measured
    assert ("real suspicious", "swap_dfdc", "val") in measured
    assert {"news (videos)", "swap_dfdc", "readers (recordings)"} <= {data.name for data in card.training_data}


def test_the_text_says_how_each_kind_was_fitted_and_what_was_promised(written: Path) -> None:
    text = (written / "CARD.md").read_text(encoding="utf-8")
    assert all(word in text for word in ("Photos: natural", "Tests are taken up one by", "Recordings: the same sum"))
    assert "| image | swap_dfdc | 150 | 5% |" in text
