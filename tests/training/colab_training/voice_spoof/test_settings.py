"""The configuration is read, and wrong ones are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pydantic import ValidationError

from colab_training.voice_spoof.settings import load_voice_settings
from colab_training.voice_spoof.vocoders import VOCODERS

CONFIG = Path(__file__).parents[4] / "colab_training" / "configs" / "voice_spoof.toml"


def changed(folder: Path, old: str, new: str) -> Path:
    text = CONFIG.read_text(encoding="utf-8")
    assert old in text
    path = folder / "changed.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_windows_come_as_services_cut_them() -> None:
    settings = load_voice_settings(CONFIG)
    cut = settings.preprocessing()
    assert (settings.name, cut.sample_rate_hz) == ("voice_spoof", 16000)
    assert (cut.window_s, cut.hop_s, cut.min_s) == (3.0, 1.5, 1.0)
    assert cut.level_dbfs == -26


def test_the_vocoders_that_are_named_exist() -> None:
    assert set(load_voice_settings(CONFIG).making.copies) <= set(VOCODERS)


@pytest.mark.parametrize("section", ["", "windows", "making", "weights", "trees", "kernels"])
def test_an_unknown_line_is_refused(tmp_path: Path, section: str) -> None:
    head = f"[{section}]\n" if section else "name ="
    path = changed(tmp_path, head, f"{head}surplus = 1\n" if section else f"surplus = 1\n{head}")
    with pytest.raises(ValidationError, match="surplus"):
        load_voice_settings(path)


@pytest.mark.parametrize(
    ("old", "new"), [("folds = ", "folds = -"), ("min_s = 1.0", "min_s = 0.1"), ("columns = 0.", "columns = 9.")]
)
def test_numbers_out_of_range_are_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(ValidationError, match=old.split()[0]):
        load_voice_settings(changed(tmp_path, old, new))
