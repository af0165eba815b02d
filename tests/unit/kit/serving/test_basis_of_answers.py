"""An answer says by what it is made, and is made by that, whatever is switched meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from kit.media.cancel import CancelToken
from kit.media.file import MediaFile, MediaWriter
from kit.models.card import LoadedModel
from kit.serving.bundle import Bundle
from kit.serving.desk import Caller, Desk
from kit.serving.lanes import MAIN, Lanes
from kit.serving.networks import Networks
from tests.support.clock import FakeClock


class Says:
    """A detector that answers with what it is."""

    models: Sequence[LoadedModel] = ()

    def __init__(self, basis: str) -> None:
        self.basis = basis

    def warm_up(self) -> None:
        pass


class NoShadow:
    def hear(self, *_: object) -> None:
        pass


def bundle(basis: str) -> Bundle[Says]:
    return Bundle(Says(basis), Networks())


def medium() -> MediaFile:
    with MediaWriter(10) as writer:
        writer.append(b"bytes")
        return writer.finish()


def test_a_switch_in_the_middle_of_an_answer_changes_neither_it_nor_what_it_said_of_itself() -> None:
    lanes, told = Lanes(bundle("old"), 2, FakeClock(), lambda _: None), list[str]()
    desk = Desk(lanes, cast(Any, NoShadow()))

    def ask(detector: Says, _: MediaFile, __: CancelToken) -> Iterator[str]:
        yield detector.basis
        lanes.put(MAIN, bundle("new"))
        yield detector.basis

    with medium() as media:
        answer = list(desk.about_medium(Caller(MAIN, CancelToken(), told.append), media, ask, lambda _: []))
    assert told + answer == ["old", "old", "old"]
    assert lanes.view(MAIN).basis == "new"
