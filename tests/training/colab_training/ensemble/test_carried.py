"""What is taken over from the shipped model is the shipped model's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from colab_training.ensemble.carried import carried
from colab_training.ensemble.tables import promises_table
from fusion_svc.model import MODEL_NAME, read_fusion_model
from kit.models.registry import Registry

SHIPPED = Registry(Path(__file__).parents[4] / "models").load(MODEL_NAME)


def test_parameters_figures_and_data_are_those_of_the_model() -> None:
    video, audio = carried(SHIPPED.folder)
    kinds = read_fusion_model(SHIPPED).parameters.kinds
    assert (video.parameters, audio.parameters) == (kinds["video"], kinds["audio"])
    rows = [*video.metrics, *audio.metrics]
    assert rows == [row for row in SHIPPED.card.metrics if row.dataset.endswith((" (videos)", " (recordings)"))]
    assert {point.name for point in audio.points} == {"audio_manipulated", "audio_suspicious", "audio_authentic"}
    assert all(row.name.endswith(" (videos)") for row in video.data)
    assert min(len(own) for own in (rows, video.data, audio.data)) > 5


def test_promises_come_out_of_the_card_as_they_went_in() -> None:
    lines = promises_table(carried(SHIPPED.folder)).splitlines()[2:]
    assert len(lines) > 10
    assert set(lines) <= set((SHIPPED.folder / "CARD.md").read_text(encoding="utf-8").splitlines())


def test_a_card_without_promises_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "fusion"
    shutil.copytree(SHIPPED.folder, folder)
    (folder / "CARD.md").write_text("nothing\n", encoding="utf-8")
    with pytest.raises(ValueError, match="fit this kind again"):
        carried(folder)
