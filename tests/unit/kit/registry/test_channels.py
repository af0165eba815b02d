"""Who may make a channel offer what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from google.protobuf import json_format

from kit.errors import ChannelChanged, ModelInvalid, ModelUntrusted, PromotionRefused, StorageUnavailable
from kit.registry.channels import Channels, Wish
from kit.registry.layout import pointer_key
from kit.registry.trust import Trust
from kit.sealing.canonical import canonical_json
from telltale.model.v1 import registry_pb2
from tests.support.registry import Town


def test_a_channel_without_pointers_offers_nothing(town: Town) -> None:
    assert town.channels.current("dev", "thing") is None
    assert list(town.channels.history("dev", "thing")) == []


@pytest.mark.parametrize("channel", ["dev", "staging", "production"])
def test_what_was_pointed_at_by_the_rules_is_offered(town: Town, channel: str) -> None:
    release = town.published()
    pointer = town.offer(release, channel)
    assert town.channels.current(channel, "thing") == pointer
    assert (pointer.sequence, pointer.release) == (1, release)


def test_the_last_pointer_holds(town: Town) -> None:
    first, second = town.published("1.0.0"), town.published("1.1.0")
    town.offer(first)
    town.offer(second, after=1)
    current = town.channels.current("dev", "thing")
    assert current is not None
    assert current.release == second
    assert [offer.record.pointer.release for offer in town.channels.history("dev", "thing")] == [first, second]


def test_a_stranger_cannot_point(town: Town) -> None:
    with pytest.raises(PromotionRefused, match=f"key {town.eve.key_id}, which is not trusted here"):
        town.channels.point(Wish("dev", town.published(), 0), town.eve)


def test_staging_needs_an_approval(town: Town) -> None:
    with pytest.raises(PromotionRefused, match="needs approvals by 1 different keys and has 0"):
        town.channels.point(Wish("staging", town.published(), 0), town.ann)


def test_production_needs_two_different_people(town: Town) -> None:
    release = town.published()
    given = town.approval(town.ann, release, "production")
    with pytest.raises(PromotionRefused, match="by 2 different keys and has 1, all by ann"):
        town.channels.point(Wish("production", release, 0, [given, given]), town.ann)


def test_who_approved_may_also_point(town: Town) -> None:
    assert town.offer(town.published(), "production").sequence == 1


def test_an_approval_of_another_release_does_not_count(town: Town) -> None:
    other = town.approval(town.ann, town.published("1.1.0"), "staging")
    with pytest.raises(PromotionRefused, match=r"of another release: thing@1\.1\.0"):
        town.channels.point(Wish("staging", town.published(), 0, [other]), town.ann)


def test_an_approval_for_another_channel_does_not_count(town: Town) -> None:
    release = town.published()
    staging = [town.approval(key, release, "staging") for key in (town.ann, town.bob)]
    with pytest.raises(PromotionRefused, match="for another channel: staging"):
        town.channels.point(Wish("production", release, 0, staging), town.ann)


def test_an_approval_by_a_stranger_does_not_count(town: Town) -> None:
    release = town.published()
    given = [town.approval(key, release, "production") for key in (town.ann, town.eve)]
    with pytest.raises(PromotionRefused, match="not trusted here"):
        town.channels.point(Wish("production", release, 0, given), town.ann)


def test_an_approval_against_what_was_live_before_does_not_count(town: Town) -> None:
    first, second = town.published("1.0.0"), town.published("1.1.0")
    old = town.approval(town.ann, second, "staging", live=0)
    town.offer(first, "staging")
    with pytest.raises(PromotionRefused, match="given against pointer 0"):
        town.channels.point(Wish("staging", second, 1, [old]), town.ann)


def test_two_people_have_to_approve_the_same_report(town: Town) -> None:
    release = town.published()
    given = [town.approval(key, release, "production", report=f"{key.key_id:0<64}") for key in (town.ann, town.bob)]
    with pytest.raises(PromotionRefused, match="of different reports"):
        town.channels.point(Wish("production", release, 0, given), town.ann)


def test_what_is_not_published_is_not_pointed_at(town: Town) -> None:
    release = town.published()
    release.card_sha256 = "0" * 64
    with pytest.raises(ModelInvalid, match="is not published with card"):
        town.channels.point(Wish("dev", release, 0), town.ann)


def test_there_are_three_channels(town: Town) -> None:
    with pytest.raises(PromotionRefused, match="no channel"):
        town.channels.point(Wish("nightly", town.published(), 0), town.ann)


def test_back_to_what_was_offered_takes_one_key_and_no_approval(town: Town) -> None:
    first, second = town.published("1.0.0"), town.published("1.1.0")
    town.offer(first, "production")
    town.offer(second, "production", after=1)
    back = town.channels.point(Wish("production", first, 2, rollback=True, reason="too slow"), town.bob)
    assert town.channels.current("production", "thing") == back
    assert (back.release, back.reason) == (first, "too slow")


def test_there_is_no_way_back_to_what_was_never_offered(town: Town) -> None:
    town.offer(town.published("1.0.0"), "production")
    with pytest.raises(PromotionRefused, match=r"never offered thing@1\.1\.0"):
        town.channels.point(Wish("production", town.published("1.1.0"), 1, rollback=True), town.ann)


def test_two_ways_back_do_not_make_an_offer(town: Town) -> None:
    """A rollback is no offer, or a first false one would make all others true."""
    first, never = town.published("1.0.0"), town.published("1.1.0")
    town.offer(first, "production")
    for sequence in (2, 3):
        pointer = registry_pb2.Pointer(channel="production", sequence=sequence, release=never, rollback=True)
        town.planted(pointer, town.ann)
    with pytest.raises(ModelUntrusted, match="never offered"):
        town.channels.current("production", "thing")


def test_who_decided_on_something_older_is_told_who_was_first(town: Town) -> None:
    first, second = town.published("1.0.0"), town.published("1.1.0")
    town.offer(first)
    with pytest.raises(ChannelChanged, match=r"ann .* was first: dev offers thing@1\.0\.0") as refused:
        town.channels.point(Wish("dev", second, 0), town.bob)
    assert refused.value.details == {"sequence": "1", "version": "1.0.0", "key_id": town.ann.key_id}


def test_who_decided_on_something_that_never_was_is_told(town: Town) -> None:
    with pytest.raises(ChannelChanged, match="never had a pointer 4 of thing; it is at 0"):
        town.channels.point(Wish("dev", town.published(), 4), town.ann)


def test_of_many_at_once_one_wins_and_the_others_are_told_who_did(town: Town) -> None:
    versions = [town.published(f"1.{number}.0") for number in range(8)]

    def attempt(release: registry_pb2.Release) -> str:
        try:
            return town.channels.point(Wish("dev", release, 0), town.ann).release.version
        except ChannelChanged as error:
            return f"lost to {error.details['version']}"

    with ThreadPoolExecutor(8) as threads:
        outcomes = sorted(threads.map(attempt, versions))
    assert outcomes[1:] == [f"lost to {outcomes[0]}"] * 7


@pytest.mark.parametrize(
    "name", ["readme.txt", "1.json", "00000002.json.bak", "00000002.json/x", "x/00000002.json", "٠٠٠٠٠٠٠٢.json"]
)
def test_what_is_not_named_like_a_pointer_is_none(town: Town, name: str) -> None:
    pointer = town.offer(town.published())
    town.files.content[f"channels/dev/thing/{name}"] = b"x"
    assert town.channels.current("dev", "thing") == pointer


def test_who_is_no_longer_trusted_is_no_longer_followed_and_history_says_so(town: Town) -> None:
    town.offer(town.published())
    later = Channels(town.store, Trust({}), town.clock)
    with pytest.raises(ModelUntrusted, match="trusted are none"):
        later.current("dev", "thing")
    [offer] = later.history("dev", "thing")
    assert offer.signed_by == f"a stranger ({town.ann.key_id})"
    assert "not trusted here" in offer.refusal


def test_what_came_before_may_have_lost_its_trust(town: Town) -> None:
    """Or nobody could ever leave: only what holds has to be believed."""
    first, second = town.published("1.0.0"), town.published("1.1.0")
    town.offer(first)
    town.channels.point(Wish("dev", second, 1), town.bob)
    bob_alone = Trust({town.bob.key_id: town.trust.keys[town.bob.key_id]})
    current = Channels(town.store, bob_alone, town.clock).current("dev", "thing")
    assert current is not None
    assert current.release == second


def test_a_registry_that_is_away_is_unavailable(town: Town) -> None:
    town.files.broken = True
    with pytest.raises(StorageUnavailable, match="does not answer"):
        town.channels.current("dev", "thing")


def test_pointers_are_stored_as_canonical_json(town: Town) -> None:
    town.offer(town.published())
    raw = town.files.content[pointer_key("dev", "thing", 1)]
    assert canonical_json(json_format.Parse(raw, registry_pb2.PointerRecord())) == raw
