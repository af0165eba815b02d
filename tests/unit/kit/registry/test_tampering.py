"""What is believed of pointers that are found in a registry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kit.errors import ModelInvalid, ModelUntrusted
from kit.registry.layout import pointer_key
from telltale.model.v1 import registry_pb2
from tests.support.registry import Town


def signed_by(name: str) -> Callable[[Town], None]:
    def plant(town: Town) -> None:
        town.planted(registry_pb2.Pointer(channel="dev", sequence=1, release=town.published()), getattr(town, name))

    return plant


def byte_changed(town: Town) -> None:
    town.offer(town.published())
    key = pointer_key("dev", "thing", 1)
    town.files.content[key] = town.files.content[key].replace(b"1.0.0", b"1.0.1")


def another_place(town: Town) -> None:
    release = town.published()
    town.offer(release)
    town.planted(registry_pb2.Pointer(channel="dev", sequence=1, release=release), town.ann, place=2)


def another_channel(town: Town) -> None:
    town.offer(town.published())
    town.files.content[pointer_key("staging", "thing", 1)] = town.files.content[pointer_key("dev", "thing", 1)]


def another_name(town: Town) -> None:
    release = town.published()
    release.name = "other"
    town.planted(registry_pb2.Pointer(channel="dev", sequence=1, release=release), town.ann)


def gap(town: Town) -> None:
    release = town.published()
    town.offer(release)
    town.planted(registry_pb2.Pointer(channel="dev", sequence=3, release=release), town.ann)


def without_approvals(town: Town) -> None:
    town.planted(registry_pb2.Pointer(channel="staging", sequence=1, release=town.published()), town.ann)


def one_person_twice(town: Town) -> None:
    release = town.published()
    given = town.approval(town.ann, release, "production")
    pointer = registry_pb2.Pointer(channel="production", sequence=1, release=release, approvals=[given, given])
    town.planted(pointer, town.ann)


def approved_with_changes(town: Town) -> None:
    first, second = town.published(), town.published("1.1.0")
    given = town.approval(town.ann, first, "staging")
    given.approval.release.CopyFrom(second)
    town.planted(registry_pb2.Pointer(channel="staging", sequence=1, release=second, approvals=[given]), town.ann)


def never_offered(town: Town) -> None:
    town.offer(town.published())
    other = town.published("1.1.0")
    town.planted(registry_pb2.Pointer(channel="dev", sequence=2, release=other, rollback=True), town.ann)


TAMPERED = {
    signed_by("eve"): ("dev", "not trusted here"),
    byte_changed: ("dev", "changed after signing"),
    another_place: ("dev", "holds pointer 1 of thing in dev"),
    another_channel: ("staging", "holds pointer 1 of thing in dev"),
    another_name: ("dev", "holds pointer 1 of other"),
    gap: ("dev", "pointer 2 of thing in dev is missing, but 3 is there"),
    without_approvals: ("staging", "has 0"),
    one_person_twice: ("production", "has 1, all by ann"),
    approved_with_changes: ("staging", "changed after signing"),
    never_offered: ("dev", "never offered"),
}


@pytest.mark.parametrize("tamper", TAMPERED, ids=lambda tamper: tamper.__qualname__.split(".")[0])
def test_what_was_tampered_with_is_not_followed(town: Town, tamper: Callable[[Town], None]) -> None:
    tamper(town)
    channel, reason = TAMPERED[tamper]
    with pytest.raises(ModelUntrusted, match=reason):
        town.channels.current(channel, "thing")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b'{"pointer": {}}', b'{"secret": 1}', b'{"pointer":' * 50_000, b"[" * 500_000, b" " * 2**21],
    ids=["empty", "no text", "list", "no fields", "strange", "deep", "deeper", "huge"],
)
def test_what_is_no_pointer_is_refused(town: Town, content: bytes) -> None:
    town.files.content[pointer_key("dev", "thing", 1)] = content
    with pytest.raises(ModelInvalid, match=r"00000001\.json"):
        town.channels.current("dev", "thing")
