from __future__ import annotations

from kit.errors import ModelInvalid, ModelUntrusted, StorageUnavailable, TelltaleError
from kit.serving.watcher import Offer, Watcher
from tests.support.serving import Shelf

FIRST = {"alpha": "aa", "beta": "bb"}
SECOND = {"alpha": "cc", "beta": "bb"}


class FakeChannel:
    """Offers what a test puts there, or raises it."""

    def __init__(self) -> None:
        self.holds: dict[str, str] | Exception = FIRST
        self.trusted = frozenset({"ann"})

    def offered(self) -> Offer:
        if isinstance(self.holds, Exception):
            raise self.holds
        return Offer(self.holds, Shelf(), self.trusted)


class Follower:
    """Notes what it is told to follow, and refuses as often as a test says."""

    def __init__(self, *refusals: Exception) -> None:
        self.followed = 0
        self.refused: list[str] = []
        self._refusals = list(refusals)

    def follow(self, _models: object) -> None:
        self.followed += 1
        if self._refusals:
            raise self._refusals.pop(0)

    def refuse(self, error: TelltaleError) -> None:
        self.refused.append(error.message)


def a_watcher(channel: FakeChannel, follower: Follower) -> Watcher:
    return Watcher(channel, follower.follow, follower.refuse, FIRST, 10.0)


def test_what_runs_already_is_left_alone() -> None:
    follower = Follower()
    assert a_watcher(FakeChannel(), follower).look() == 10.0
    assert follower.followed == 0


def test_a_new_offer_is_followed_once() -> None:
    channel, follower = FakeChannel(), Follower()
    watcher = a_watcher(channel, follower)
    channel.holds = SECOND
    assert [watcher.look(), watcher.look()] == [10.0, 10.0]
    assert follower.followed == 1


def test_a_refused_set_is_not_tried_again_but_the_next_one_is() -> None:
    channel, follower = FakeChannel(), Follower(ModelInvalid("broken"))
    watcher = a_watcher(channel, follower)
    channel.holds = SECOND
    for _ in range(3):
        assert watcher.look() == 10.0
    assert follower.followed == 1
    channel.holds = FIRST
    watcher.look()
    assert follower.followed == 2


def test_a_refused_set_is_tried_again_when_somebody_else_is_trusted() -> None:
    channel, follower = FakeChannel(), Follower(ModelUntrusted("signed by bob"))
    watcher = a_watcher(channel, follower)
    channel.holds = SECOND
    watcher.look()
    channel.trusted |= {"bob"}
    for _ in range(2):
        watcher.look()
    assert follower.followed == 2
    channel.trusted -= {"ann"}
    watcher.look()
    assert follower.followed == 2


def test_a_registry_that_does_not_answer_is_asked_less_and_less_often() -> None:
    channel, follower = FakeChannel(), Follower()
    watcher = a_watcher(channel, follower)
    channel.holds = StorageUnavailable("no answer")
    assert [watcher.look() for _ in range(6)] == [20.0, 40.0, 80.0, 160.0, 160.0, 160.0]
    channel.holds = SECOND
    assert watcher.look() == 10.0
    assert follower.followed == 1


def test_a_set_that_could_not_be_fetched_is_tried_again() -> None:
    channel, follower = FakeChannel(), Follower(StorageUnavailable("no answer"))
    watcher = a_watcher(channel, follower)
    channel.holds = SECOND
    assert [watcher.look(), watcher.look()] == [20.0, 10.0]
    assert follower.followed == 2


def test_a_pointer_that_nobody_trusted_signed_is_refused_once_and_noted() -> None:
    channel, follower = FakeChannel(), Follower()
    watcher = a_watcher(channel, follower)
    channel.holds = ModelUntrusted("signed by a stranger")
    assert [watcher.look(), watcher.look()] == [10.0, 10.0]
    assert (follower.followed, follower.refused) == (0, ["signed by a stranger"])


def test_an_error_that_nobody_thought_of_does_not_end_the_looking() -> None:
    channel, follower = FakeChannel(), Follower()
    watcher = a_watcher(channel, follower)
    channel.holds = ZeroDivisionError()
    assert watcher.look() == 20.0
    channel.holds = SECOND
    watcher.look()
    assert follower.followed == 1


def test_it_looks_by_itself_until_it_is_stopped() -> None:
    channel, follower = FakeChannel(), Follower()
    channel.holds = SECOND
    watcher = Watcher(channel, follower.follow, follower.refuse, FIRST, 0.001)
    watcher.start()
    while not follower.followed:
        pass
    watcher.stop()
    assert follower.followed == 1
