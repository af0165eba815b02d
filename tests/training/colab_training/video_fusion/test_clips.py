"""Reading labelled evidence, and how much each clip counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

from colab_training.video_fusion.clips import fitted_cues, labels, read_clips, shares
from tests.training.colab_training.video_fusion.made_up import clip, clips, write


def test_what_was_written_is_read(tmp_path: Path) -> None:
    found = read_clips(write(clips(2), tmp_path / "evidence.jsonl"))
    assert [(entry.source, entry.group, entry.fake) for entry in found][-1] == ("heads", "heads-1", True)
    assert [entry.request for entry in found] == [entry.request for entry in clips(2)]


@pytest.mark.parametrize("change", [{"label": "maybe"}, {"group": ""}, {"request": {"surprise": 1}}, {"request": {}}])
def test_a_line_that_is_no_labelled_evidence_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    path = write(clips(1), tmp_path / "evidence.jsonl")
    lines = path.read_text().splitlines()
    lines[1] = json.dumps({**json.loads(lines[1]), **change})
    path.write_text("\n".join(lines))
    with pytest.raises(ValueError, match=r"evidence\.jsonl:2 is"):
        read_clips(path)


def test_classes_count_alike_and_sources_within_a_class_too() -> None:
    found = [*clips(2), *(clip("swaps", n, n) for n in range(10, 16))]
    importance, fake = shares(found), labels(found)
    assert importance[fake].sum() == pytest.approx(0.5)
    assert importance[[entry.source == "swaps" for entry in found]].sum() == pytest.approx(0.25)


def test_tests_without_an_opinion_or_weighed_by_hand_are_not_fitted() -> None:
    found = clips(1)
    found[0].request.evidence.add(cue="provenance").finding.log_likelihood_ratio = 1
    found[0].request.evidence.add(cue="noise_residual").abstention.reason = 2
    assert fitted_cues(found) == ["face_drift", "face_motion"]
