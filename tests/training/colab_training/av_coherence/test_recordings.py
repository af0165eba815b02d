from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

import numpy as np
import soundfile

from colab_training.av_coherence.recordings import read_all
from colab_training.speech_files import RATE_HZ
from tests.support.sound_factory import clicks, recording
from tests.training.colab_training.av_coherence.made_up import a_recording


def a_data_folder(root: Path) -> Path:
    """Two recordings, of which one is fake, and two clips, of which one is silent."""
    for folder in ("speech", "av"):
        (root / folder / "real").mkdir(parents=True)
    (root / "speech/manifest.csv").write_text(
        "file,label,source,speaker,licence,split\n"
        "real/a.flac,real,one,anna,CC0,train\nfake/b.flac,fake,one,,CC0,train\n",
        encoding="utf-8",
    )
    (root / "av/manifest.csv").write_text(
        "file,label,source,has_audio,split\nreal/c.mp4,real,grid_s1,1,val\nreal/d.mp4,real,grid_s1,0,val\n",
        encoding="utf-8",
    )
    soundfile.write(root / "speech/real/a.flac", np.zeros(800, np.float32), RATE_HZ)
    (root / "av/real/c.mp4").write_bytes(recording("mp4", clicks([0.5], 1.0)))
    return root


def test_real_speech_and_the_sound_of_real_clips_are_read(tmp_path: Path) -> None:
    speech, clip = read_all(a_data_folder(tmp_path))
    assert (speech.file, speech.speaker, speech.folder, speech.split) == (
        "speech/real/a.flac",
        "anna",
        "speech",
        "train",
    )
    assert (clip.source, clip.folder, clip.licence) == ("grid_s1", "av", "GRID, CC BY 4.0")
    assert len(speech.samples) == 800
    assert np.argmax(np.abs(clip.samples) > 0.25) == pytest.approx(0.5 * RATE_HZ, abs=160)


def test_the_fold_is_the_speaker_s() -> None:
    folds = {number: a_recording(number, seconds=0.01).fold for number in range(40)}
    assert set(folds.values()) == {0, 1, 2, 3}
    assert folds[3] == a_recording(3, seconds=0.02).fold
