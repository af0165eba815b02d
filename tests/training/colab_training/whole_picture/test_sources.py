"""Which pictures are learned from, calibrated on and measured on."""

from __future__ import annotations

from pathlib import Path

import pytest

from colab_training.manifest import Sample
from colab_training.whole_picture.sources import Labelled, by_source, fewest, labelled_pictures, part, scene_part

DATA = Path(__file__).parents[5] / "shared" / "data"


def labelled(source: str, fake: bool, name: str, of: str = "fit") -> Labelled:
    return Labelled(Path(name), Sample(f"{source}/{name}", fake, "kind", of, name))


def test_the_part_of_a_scene_depends_on_its_name_alone() -> None:
    parts = [scene_part(f"scene_{index}.jpg") for index in range(1000)]
    assert parts == [scene_part(f"scene_{index}.jpg") for index in range(1000)]
    assert 350 < parts.count("fit") < 450
    assert 350 < parts.count("val") < 450


def test_at_most_so_many_of_each_source_and_class_are_chosen_whatever_their_order() -> None:
    pictures = [labelled(source, fake, f"{i}.jpg") for source in ("a", "b") for fake in (True, False) for i in range(9)]
    chosen = fewest(pictures, 4)
    assert len(chosen) == 16
    assert set(fewest(pictures[::-1], 4)) == set(chosen)


def test_classes_and_parts_are_kept_apart() -> None:
    pictures = [labelled("a", True, "1"), labelled("a", False, "2"), labelled("a", False, "3", of="val")]
    assert [p.sample.file for p in by_source(part(pictures, "fit"), fake=False)["a"]] == ["a/2"]


@pytest.mark.skipif(not DATA.is_dir(), reason="the data folder ../shared/data is missing")
def test_pictures_that_are_partly_fake_belong_to_neither_class() -> None:
    pictures = labelled_pictures(DATA)
    assert {p.sample.source for p in pictures if p.sample.fake} == {"gan_genphotos", "stylegan2_tpdne", "diffusion_sd3"}
    assert {p.sample.part for p in pictures if p.sample.source == "camera_photos"} == {"val"}
    assert not {p.sample.file for p in part(pictures, "fit")} & {p.sample.file for p in part(pictures, "val")}
