"""From evidence to a model that fusion reads."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

from colab_training.fusion_card import UNMEASURED_LIMIT
from colab_training.video_fusion.__main__ import main
from fusion_svc.model import FusionModel, is_measured, read_fusion_model
from kit.models.card import load_model
from kit.models.registry import Registry
from tests.training.colab_training.video_fusion.made_up import CONFIG, clips, write

MODELS = Path(__file__).parents[4] / "models"
SHIPPED = MODELS / "fusion" / Registry(MODELS).versions("fusion")[-1]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fit")
    config = folder / "video_fusion.toml"
    text = CONFIG.read_text(encoding="utf-8")
    config.write_text(text + "".join(f'{name} = "CC0"\n' for name in ("news", "talks", "swaps", "heads")))
    evidence = write([*clips(6), *clips(3, split="val")], folder / "evidence.jsonl")
    out = folder / "9.9.9"
    main(["--evidence", str(evidence), "--fusion", str(SHIPPED), "--out", str(out), "--config", str(config)])
    return out


@pytest.fixture(scope="module")
def model(written: Path) -> FusionModel:
    return read_fusion_model(load_model(written))


def test_the_sections_of_other_kinds_stay_as_they_were(model: FusionModel) -> None:
    before = read_fusion_model(load_model(SHIPPED))
    for kind in ("image", "audio"):
        assert model.parameters.kinds[kind] == before.parameters.kinds[kind]
    points = {name: point for name, point in before.operating_points.items() if not name.startswith("video_")}
    assert points.items() <= model.operating_points.items()


def test_points_of_videos_are_measured(model: FusionModel) -> None:
    points = [point for name, point in model.operating_points.items() if name.startswith("video_")]
    assert all(is_measured(point) for point in points)
    assert {point.dataset for point in points} == {"clips, leave one source out"}
    assert model.operating_points["video_manipulated"].false_positive_rate <= 0.02


def test_tests_that_never_spoke_keep_their_weight(model: FusionModel) -> None:
    before = read_fusion_model(load_model(SHIPPED)).parameters.kinds["video"]
    video = model.parameters.kinds["video"]
    assert video.weights["blending_flicker"] == before.weights["blending_flicker"]
    assert set(video.cues) == set(before.cues)
    assert video.search_discount == 0.25


def test_the_card_tells_what_was_measured_and_on_what(written: Path) -> None:
    card = load_model(written).card
    measured = {(metric.metric, metric.dataset, metric.split) for metric in card.metrics}
    assert ("auc", "swaps fakes (videos)", "leave one source out") in measured
    assert ("ece", "all (videos)", "val") in measured
    assert {"news (videos)", "swap_dfdc"} <= {data.name for data in card.training_data}
    assert UNMEASURED_LIMIT not in card.limits


def test_the_text_says_how_videos_were_fitted(written: Path) -> None:
    text = (written / "CARD.md").read_text(encoding="utf-8")
    assert "fitted in turns with where that stretch lies" in text
    assert "Photos: natural log-odds" in text


def test_a_source_without_terms_is_refused(tmp_path: Path) -> None:
    evidence = write(clips(1), tmp_path / "evidence.jsonl")
    with pytest.raises(ValueError, match=r"terms of the sources \['heads', 'news', 'swaps', 'talks'\] are missing"):
        main(["--evidence", str(evidence), "--fusion", str(SHIPPED), "--out", str(tmp_path), "--config", str(CONFIG)])
