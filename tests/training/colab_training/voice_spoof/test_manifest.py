"""Who may judge what: groups, makers and folds."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.voice_spoof.manifest import fold_of, read_speech_manifest
from tests.training.colab_training.voice_spoof.made_up import a_data_folder, an_utterance, utterances


def test_a_campaign_is_one_group_whoever_speaks() -> None:
    first, second = (
        an_utterance(speaker=speaker, system=system) for speaker, system in (("anna", ""), ("ben", "vits"))
    )
    assert first.group == second.group == "campaign"


def test_speakers_of_a_body_of_many_are_groups_of_their_own() -> None:
    groups = {
        an_utterance(source="librispeech_resemblyzer", speaker=speaker).group for speaker in ("libri_1", "libri_2")
    }
    assert groups == {"libri_1", "libri_2"}


def test_systems_of_a_body_of_many_are_groups_of_their_own() -> None:
    groups = {an_utterance(source="gen_offline", system=system, speaker="one").group for system in ("flite", "piper")}
    assert groups == {"gen_offline flite", "gen_offline piper"}


def test_the_maker_of_a_fake_is_its_system_and_of_real_speech_its_source() -> None:
    assert an_utterance(system="vits").maker == "vits"
    assert an_utterance().maker == "campaign"


def test_folds_depend_on_name_and_seed_alone_and_hold_about_as_many() -> None:
    folds = [fold_of(f"group {number}", 5, 1) for number in range(1000)]
    assert folds == [fold_of(f"group {number}", 5, 1) for number in range(1000)]
    assert folds != [fold_of(f"group {number}", 5, 2) for number in range(1000)]
    assert all(150 < folds.count(fold) < 250 for fold in range(5))


def test_lines_are_read_as_they_were_written(tmp_path: Path) -> None:
    written = utterances()[::7]
    assert read_speech_manifest(a_data_folder(tmp_path, written, seconds=0.01) / "speech") == written


def test_a_missing_list_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"manifest\.csv"):
        read_speech_manifest(tmp_path)
