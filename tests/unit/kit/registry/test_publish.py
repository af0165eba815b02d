from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import ModelInvalid, StorageUnavailable
from kit.registry.publish import publish
from kit.registry.releases import find_release, releases
from tests.support.registry import Town, model_folder

PLACE = "models/image/thing/1.0.0/2026-01-01"


def test_a_model_is_published_whole_with_its_card_last(town: Town) -> None:
    release = town.published()
    assert list(town.files.content) == [
        f"{PLACE}/{file}" for file in ("CARD.md", "thing.json", "model.sig", "card.json")
    ]
    assert (release.name, release.version, release.modality, release.date) == ("thing", "1.0.0", "image", "2026-01-01")
    assert list(releases(town.store, "thing")) == [release]


def test_versions_are_listed_in_their_order(town: Town) -> None:
    for version in ("1.10.0", "1.9.0", "2.0.0"):
        town.published(version)
    assert [release.version for release in releases(town.store, "thing")] == ["1.9.0", "1.10.0", "2.0.0"]
    assert find_release(town.store, "thing", "1.10.0").version == "1.10.0"


def test_a_version_that_is_not_there_is_told_with_those_that_are(town: Town) -> None:
    town.published()
    with pytest.raises(ModelInvalid, match=r"thing@3\.0\.0 is not published; of thing there is 1\.0\.0"):
        find_release(town.store, "thing", "3.0.0")


def test_publishing_the_same_again_is_answered_with_what_is_there(town: Town) -> None:
    release = town.published()
    before = dict(town.files.content)
    town.clock.advance(10 * 86_400)
    assert publish(town.store, town.folder / "zoo" / "thing" / "1.0.0", town.bob, town.clock) == release
    assert town.files.content == before


def test_a_version_is_never_used_for_another_model(town: Town, tmp_path: Path) -> None:
    town.published()
    town.clock.advance(10 * 86_400)
    other = model_folder(tmp_path / "other", content=b'{"a": 2}')
    with pytest.raises(ModelInvalid, match=r"thing@1\.0\.0 is published already with another card"):
        publish(town.store, other, town.ann, town.clock)


@pytest.mark.parametrize("done", range(5))
def test_an_attempt_that_broke_off_is_finished_by_the_next(town: Town, done: int) -> None:
    release = town.published()
    for key in list(town.files.content)[done:]:
        del town.files.content[key]
    folder = town.folder / "zoo" / "thing" / "1.0.0"
    assert publish(town.store, folder, town.ann, town.clock) == release
    town.cache().fetch(release)


@pytest.mark.parametrize("done", [1, 2, 3])
def test_what_another_one_began_is_not_finished_with_other_files(town: Town, tmp_path: Path, done: int) -> None:
    town.published()
    for key in list(town.files.content)[done:]:
        del town.files.content[key]
    before = dict(town.files.content)
    other = model_folder(tmp_path / "other", content=b'{"a": 2}')
    (other / "CARD.md").write_text("# another\n")
    with pytest.raises(ModelInvalid, match=r"is published already with another CARD\.md"):
        publish(town.store, other, town.bob, town.clock)
    assert town.files.content == before


def test_what_somebody_else_signed_is_not_finished(town: Town) -> None:
    town.published()
    del town.files.content[f"{PLACE}/card.json"]
    with pytest.raises(ModelInvalid, match="by another key"):
        publish(town.store, town.folder / "zoo" / "thing" / "1.0.0", town.bob, town.clock)


@pytest.mark.parametrize(("file", "problem"), [("notes.txt", "too many: notes.txt"), (".env", "too many: .env")])
def test_a_folder_with_more_than_the_model_is_refused(town: Town, tmp_path: Path, file: str, problem: str) -> None:
    folder = model_folder(tmp_path)
    (folder / file).write_text("secret")
    with pytest.raises(ModelInvalid, match=problem):
        publish(town.store, folder, town.ann, town.clock)
    assert town.files.content == {}


def test_a_folder_without_a_text_for_people_is_refused(town: Town, tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    (folder / "CARD.md").unlink()
    with pytest.raises(ModelInvalid, match=r"missing: CARD\.md"):
        publish(town.store, folder, town.ann, town.clock)


def test_a_folder_with_another_name_than_its_card_is_refused(town: Town, tmp_path: Path) -> None:
    folder = model_folder(tmp_path).rename(tmp_path / "thing" / "2.0.0")
    with pytest.raises(ModelInvalid, match=r"is of thing@1\.0\.0"):
        publish(town.store, folder, town.ann, town.clock)


def test_what_is_not_named_like_a_model_is_none(town: Town) -> None:
    release = town.published()
    for key in ("models/image/thing/card.json", "models/image/thing/1.0.0/yesterday/card.json", f"{PLACE}/x/card.json"):
        town.files.content[key] = b"{}"
    assert list(releases(town.store, "thing")) == [release]


def test_a_version_with_two_cards_is_told(town: Town) -> None:
    town.published()
    town.files.content["models/image/thing/1.0.0/2026-02-02/card.json"] = b"{}"
    with pytest.raises(ModelInvalid, match="different cards"):
        find_release(town.store, "thing", "1.0.0")


def test_a_registry_that_is_away_is_unavailable(town: Town, tmp_path: Path) -> None:
    town.files.broken = True
    with pytest.raises(StorageUnavailable):
        publish(town.store, model_folder(tmp_path), town.ann, town.clock)
