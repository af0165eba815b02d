"""Making examples and fitting, on made-up originals."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

import cv2
import numpy as np

from colab_training.jpeg_history.__main__ import main
from colab_training.jpeg_history.examples import ALIGNED, CAMERA, ONCE, SHIFTED, Example, measure_all
from colab_training.jpeg_history.fitting import QUESTIONS, Fit, fit
from colab_training.jpeg_history.report import grid, metrics
from colab_training.jpeg_history.settings import HistorySettings, load_history_settings
from colab_training.jpeg_originals import Original, fresh, large_enough, originals, random_of, stored_by
from kit.models.card import load_model
from metadata_svc.history.model import load_history
from metadata_svc.history.reading import is_on_lattice
from tests.support.histories import scenery

CONFIG = Path(__file__).parents[4] / "colab_training" / "configs" / "jpeg_history.toml"
TABLE = tuple(5 + place % 7 for place in range(64))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three pictures of each source."""
    root = tmp_path_factory.mktemp("data")
    for folder in ("scenes/real", "faces/splice_ciplab/real", "metadata/exif"):
        (root / folder).mkdir(parents=True)
        for number in range(3):
            cv2.imwrite(str(root / folder / f"{number}.jpg"), scenery(220, seed=number))
    return root


@pytest.fixture(scope="module")
def settings() -> HistorySettings:
    small = {"sides_px": [128], "once": [6], "twice": [6], "first_qualities": [55, 75], "second_qualities": [90]}
    return load_history_settings(CONFIG).model_copy(update=small)


@pytest.fixture(scope="module")
def examples(data: Path, settings: HistorySettings) -> list[Example]:
    return measure_all(originals(data), settings, [TABLE], 1)


@pytest.fixture(scope="module")
def fits(examples: list[Example], settings: HistorySettings) -> list[Fit]:
    return [fit(question, examples, settings.strength) for question in QUESTIONS]


def test_originals_are_cut_to_size_and_remembered_by_name(data: Path) -> None:
    file = originals(data)[0]
    pictures = [fresh(file, 128, random_of(file, 1)) for _ in range(2)]
    assert pictures[0].shape == (128, 128, 3)
    assert np.array_equal(pictures[0], pictures[1])


def test_small_files_are_left_out() -> None:
    files = [Original(Path(name), "scenes", short_px) for name, short_px in (("a", 300), ("b", 400))]
    assert [file.path.name for file in large_enough(files, 256)] == ["b"]


def test_brightness_stored_by_a_table_lies_on_its_lattice() -> None:
    luma = stored_by(scenery(128), TABLE)
    assert luma.steps[0, :2].tolist() == [5, 6]
    assert is_on_lattice(luma)


def test_every_kind_is_made_of_every_file(examples: list[Example]) -> None:
    assert len(examples) == 9 * (6 + 6 + 6 + 3)
    assert {example.kind for example in examples} == {ONCE, ALIGNED, SHIFTED}
    assert {example.corner_px for example in examples if example.kind != SHIFTED} == {(0, 0)}
    assert sum(example.tables == CAMERA for example in examples) == 9 * 3


def test_what_is_measured_depends_on_the_names_alone(data: Path, settings: HistorySettings) -> None:
    few = settings.model_copy(update={"once": [1], "twice": [1], "most": 1})
    first, second = (measure_all(originals(data, 1), few, [], 1) for _ in range(2))
    assert [e.reading.aligned_features().tolist() for e in first] == [
        e.reading.aligned_features().tolist() for e in second
    ]


def test_histories_of_unseen_sources_are_told_apart(fits: list[Fit], examples: list[Example]) -> None:
    for one in fits:
        alike = [ratio for ratio, example in zip(one.ratios, examples, strict=True) if example.kind == ONCE]
        found = [
            r for r, e in zip(one.ratios, examples, strict=True) if e.kind == one.question.kind and e.first_quality
        ]
        assert np.median(found) > 1 > 0 > np.median(alike)


def test_the_report_counts_errors_and_false_alarms(fits: list[Fit], examples: list[Example]) -> None:
    found = {(metric.metric, metric.dataset): metric for metric in metrics(fits[1], examples, 0.5)}
    assert found["false alarms, other grid", "all, 128 px"].items == 54
    assert found["corner of the grid right, other grid", "all sizes, where it is found"].value > 0.8
    assert grid(fits[0], examples).startswith("| first")


def test_the_command_writes_a_model_that_the_service_reads(data: Path, tmp_path: Path) -> None:
    text = CONFIG.read_text(encoding="utf-8")
    for line, small in (("sides_px", "[256]"), ("once", "[4]"), ("twice", "[4]"), ("second_qualities", "[90]")):
        text = "\n".join(f"{line} = {small}" if row.startswith(line) else row for row in text.splitlines())
    for folder in ("scenes/real", "faces/splice_ciplab/real"):
        for number in range(2):
            cv2.imwrite(str(data / folder / f"large{number}.jpg"), scenery(360, seed=number + 5))
    config = tmp_path / "small.toml"
    config.write_text(text.replace("most = 100", "most = 9"), encoding="utf-8")
    out = tmp_path / "jpeg_history" / "1.0.0"
    main(["--config", str(config), "--data", str(data), "--out", str(out), "--processes", "1"])
    model = load_history(load_model(out))
    assert model.parameters.least_px == 256
    assert "auc, same grid" in (out / "CARD.md").read_text(encoding="utf-8")
