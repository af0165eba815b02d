from __future__ import annotations

import pytest

from kit.errors import ModelInvalid, ModelUntrusted
from kit.registry.source import channel_source
from tests.support.registry import Town


def test_a_service_gets_what_the_channel_offers(town: Town) -> None:
    town.offer(town.published())
    source = channel_source(town.channels, town.cache(), "dev", ["thing"])
    assert source.versions == {"thing": "1.0.0"}
    assert source.load("thing").card.version == "1.0.0"


def test_what_is_offered_later_is_another_source(town: Town) -> None:
    """One who builds from several models must not get them from two moments."""
    town.offer(town.published())
    before = channel_source(town.channels, town.cache(), "dev", ["thing"])
    town.offer(town.published("1.1.0"), after=1)
    after = channel_source(town.channels, town.cache(), "dev", ["thing"])
    assert (before.load("thing").card.version, after.load("thing").card.version) == ("1.0.0", "1.1.0")
    assert before.releases != after.releases


def test_what_the_channel_does_not_offer_is_named(town: Town) -> None:
    town.offer(town.published())
    with pytest.raises(ModelInvalid, match="channel dev offers no other"):
        channel_source(town.channels, town.cache(), "dev", ["thing", "other"])


def test_what_was_not_asked_of_the_channel_is_named(town: Town) -> None:
    town.offer(town.published())
    with pytest.raises(ModelInvalid, match="no other was asked"):
        channel_source(town.channels, town.cache(), "dev", ["thing"]).load("other")


def test_a_pointer_must_be_followed_to_the_card_that_it_names(town: Town) -> None:
    town.offer(town.published())
    key = next(key for key in town.files.content if key.startswith("channels/"))
    town.files.content[key] = town.files.content[key].replace(b"1.0.0", b"1.0.1")
    with pytest.raises(ModelUntrusted):
        channel_source(town.channels, town.cache(), "dev", ["thing"])
