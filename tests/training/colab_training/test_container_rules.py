from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("scipy", reason="the training dependencies are not installed")

from colab_training.container_files import AUTHENTIC, MANIPULATED, ContainerFile, container_files
from colab_training.container_rules import assumed, fit
from metadata_svc.container_rules import parse_container_rules
from metadata_svc.unsandboxed import read_facts
from telltale.common.v1 import evidence_pb2
from tests.support.container_factory import Movie, movie

CONFIG = tomllib.loads(Path("colab_training/configs/container_rules.toml").read_text(encoding="utf-8"))
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_file(label: str, wanted: Movie) -> ContainerFile:
    return ContainerFile("somewhere", label, read_facts(movie(wanted), "video/quicktime"))


def test_what_people_decided_is_what_the_service_reads() -> None:
    rules = parse_container_rules(assumed(CONFIG), evidence_pb2.ModelReference())
    assert rules.log_likelihood_ratios["container_encoder_of_program"] == 0.4
    assert [maker.name for maker in rules.makers][:2] == ["Apple", "GoPro"]


def test_hits_are_counted_among_files_that_could_be_asked_and_change_no_ratio() -> None:
    files = [
        a_file(AUTHENTIC, Movie()),
        a_file(MANIPULATED, Movie("isom")),
        a_file(MANIPULATED, Movie("isom", keys={})),
    ]
    entry = fit(CONFIG, files, NOW)["log_likelihood_ratios"]["container_brand_of_other"]
    assert entry["counts"] == {
        "authentic_files": 1,
        "authentic_hits": 0,
        "manipulated_files": 1,
        "manipulated_hits": 1,
    }
    assert (entry["value"], entry["basis"]) == (0.25, "assumed")


def test_folders_give_the_label_and_other_files_are_passed_by(tmp_path: Path) -> None:
    for folder, name, data in (
        ("av/real", "a.mov", movie(Movie())),
        ("av/fake", "b.mov", movie(Movie())),
        ("av/fake", "c.txt", b"text"),
    ):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / name).write_bytes(data)
    assert [(file.folder, file.label) for file in container_files(tmp_path)] == [
        ("av/real", AUTHENTIC),
        ("av/fake", MANIPULATED),
    ]
