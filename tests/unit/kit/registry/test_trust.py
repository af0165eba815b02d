from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import InvalidSettings, ModelUntrusted
from kit.registry.trust import read_trust
from tests.support.registry import new_person


def test_keys_are_known_by_the_names_of_their_files(tmp_path: Path) -> None:
    people = {"ann": new_person(), "build-machine": new_person()}
    for name, key in people.items():
        (tmp_path / f"{name}.pub.pem").write_bytes(key.public.pem())
    (tmp_path / "README.md").write_text("who may publish")
    trust = read_trust(tmp_path)
    assert {key_id: key.name for key_id, key in trust.keys.items()} == {
        key.key_id: name for name, key in people.items()
    }
    assert trust.check(people["ann"].sign(b"word"), b"word", "it").name == "ann"


def test_a_stranger_is_told_who_is_trusted(tmp_path: Path) -> None:
    ann, eve = new_person(), new_person()
    (tmp_path / "ann.pub.pem").write_bytes(ann.public.pem())
    with pytest.raises(ModelUntrusted, match=rf"it is signed by key {eve.key_id}.*trusted are ann \({ann.key_id}\)"):
        read_trust(tmp_path).check(eve.sign(b"word"), b"word", "it")


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    ann = new_person()
    (tmp_path / "ann.pub.pem").write_bytes(ann.public.pem())
    with pytest.raises(ModelUntrusted, match=r"it: .*changed after signing"):
        read_trust(tmp_path).check(ann.sign(b"word"), b"other", "it")


def test_nobody_is_two_people(tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        (tmp_path / f"{name}.pub.pem").write_bytes(new_person().public.pem())
    (tmp_path / "bob.pub.pem").write_bytes((tmp_path / "ann.pub.pem").read_bytes())
    with pytest.raises(InvalidSettings, match="one key as ann and as bob"):
        read_trust(tmp_path)


def test_a_folder_without_keys_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="no trusted key"):
        read_trust(tmp_path)
    with pytest.raises(InvalidSettings, match="cannot be read"):
        read_trust(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["Ann B", ".ann", "änn"])
def test_a_name_that_could_be_read_wrongly_is_a_wrong_setting(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.pub.pem").write_bytes(new_person().public.pem())
    with pytest.raises(InvalidSettings, match="is no name for a key"):
        read_trust(tmp_path)
