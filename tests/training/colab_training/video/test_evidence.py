"""Evidence of a clip comes from models that never saw its source, and is written as fusion reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.video.evidence import registry_of, row_of
from colab_training.video_fusion.clips import read_clips
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import fusion_service_pb2
from tests.training.colab_training.video.made_up import a_file

FOLDS = [["grid_s1"], ["float", "ffpp"]]
MODELS, CACHE = Path("models"), Path("cache")


@pytest.mark.parametrize(("source", "folder"), [("grid_s1", "fold0"), ("ffpp", "fold1")])
def test_clips_of_split_train_are_judged_without_their_source(source: str, folder: str) -> None:
    assert registry_of(a_file(source), FOLDS, MODELS, CACHE) == CACHE / folder


def test_clips_of_split_val_are_judged_by_the_shipped_models() -> None:
    assert registry_of(a_file("edtalk", split="val"), FOLDS, MODELS, CACHE) == MODELS


def test_a_real_source_in_no_fold_is_named() -> None:
    with pytest.raises(ValueError, match="spokespeople"):
        registry_of(a_file("spokespeople"), FOLDS, MODELS, CACHE)


def test_recorded_fakes_of_a_source_in_a_fold_are_judged_without_it() -> None:
    assert registry_of(a_file("ffpp", fake=True), FOLDS, MODELS, CACHE) == CACHE / "fold1"


def test_recorded_fakes_of_a_source_in_no_fold_are_shared_out_among_folds_by_their_names() -> None:
    files = [a_file("actalker", fake=True, name=str(number)) for number in range(20)]
    found = [registry_of(file, FOLDS, MODELS, CACHE) for file in files]
    assert set(found) == {CACHE / "fold0", CACHE / "fold1"}
    assert [registry_of(file, FOLDS, MODELS, CACHE) for file in files] == found


def test_a_row_is_what_fusion_reads(tmp_path: Path) -> None:
    request = fusion_service_pb2.FuseRequest()
    request.media.kind = media_pb2.MEDIA_KIND_VIDEO
    request.evidence.add(cue="face_motion").finding.log_likelihood_ratio = 1.5
    clip = a_file("float", fake=True)
    (tmp_path / "rows.jsonl").write_text(row_of(clip, request) + "\n", encoding="utf-8")
    (read,) = read_clips(tmp_path / "rows.jsonl")
    assert (read.source, read.group, read.fake, read.kind, read.split) == (
        "float",
        clip.file,
        True,
        "talking_head",
        "train",
    )
    assert read.request == request
