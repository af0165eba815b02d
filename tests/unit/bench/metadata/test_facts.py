from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from bench.metadata.facts import EXPECTED, FACTS, Checked, WithoutPixels, check, expected, manifest_agreement
from bench.metadata.page import counts, page, summary
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.registry import Registry
from metadata_svc.detector import build_detector
from metadata_svc.features import WARM_UP
from metadata_svc.settings import MetadataSettings
from tests.support.metadata_files import DATA, ROOT, needs_data

NONE = {**dict.fromkeys(FACTS, ""), "integrity": "absent", "origin": "none"}
# Differs on purpose: it names the import program CAMEDIA Master, as those that the manifest calls edited name Nikon Transfer.
DISAGREED = ["exif/meta_ianare__olympus-c960.jpg"]


def checked(found: Mapping[str, str]) -> Checked:
    return Checked("a.jpg", NONE, {**NONE, **found}, "none")


@pytest.fixture(scope="module")
def everything() -> Iterator[list[Checked]]:
    with Sandbox.start(SandboxSettings(), [WARM_UP]) as sandbox:
        detector = build_detector(MetadataSettings(), WithoutPixels(sandbox), Registry(ROOT / "models"))
        yield list(check(detector, DATA, expected()))


@needs_data
def test_every_labelled_file_has_the_right_facts(everything: list[Checked]) -> None:
    assert {item.file: item.wrong for item in everything if item.wrong} == {}


@needs_data
def test_the_classes_of_the_manifest_are_met_but_for_one(everything: list[Checked]) -> None:
    assert [file for file, theirs, ours in manifest_agreement(everything, DATA) if theirs != ours] == DISAGREED


@needs_data
def test_the_table_leaves_no_file_out() -> None:
    present = {path.relative_to(DATA).as_posix() for path in DATA.glob("*/*") if path.suffix != ".py"}
    assert {row["file"] for row in expected()} == present


def test_a_wrong_fact_is_named_and_counted() -> None:
    items = [checked({}), checked({"origin": "camera"})]
    assert items[1].wrong == ["origin"]
    assert [(right, files) for _, right, files in counts(items)][-2:] == [(1, 2), (1, 2)]


def test_the_page_tells_what_was_expected() -> None:
    text = page([checked({"integrity": "broken"})], [("a.jpg", "camera", "none")], {"a.jpg": "E: broken"})
    assert "**no**: expected integrity absent" in text
    assert "- `a.jpg`: camera by the manifest, none by its tags" in summary([], [("a.jpg", "camera", "none")])


def test_the_table_stands_beside_its_reader() -> None:
    assert EXPECTED.is_file()
