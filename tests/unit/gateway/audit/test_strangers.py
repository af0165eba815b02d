"""Who has no token cannot fill the log."""

from __future__ import annotations

from dataclasses import replace

from gateway.audit.entry import Event
from gateway.audit.strangers import MANY, MOST_NETWORKS, Strangers
from tests.support.audit import EVENT

REFUSED = replace(EVENT, outcome="MISSING_TOKEN", owner="", token_id="")


def test_the_first_call_is_written_and_the_next_ones_are_counted() -> None:
    strangers = Strangers()
    assert [strangers.counts(replace(REFUSED, method=name)) for name in ("GetMedia", "ListMedia", "GetMedia")] == [
        False,
        True,
        True,
    ]
    assert strangers.sums(5) == [Event(5, MANY, "MISSING_TOKEN", network=REFUSED.network, calls=2)]
    assert strangers.sums(6) == []
    assert not strangers.counts(REFUSED)


def test_networks_and_reasons_are_counted_apart() -> None:
    strangers = Strangers()
    others = [replace(REFUSED, network="198.51.100.0/24"), replace(REFUSED, outcome="INVALID_TOKEN")]
    assert not any(strangers.counts(event) for event in (REFUSED, *others))


def test_who_is_known_is_never_counted_together() -> None:
    strangers = Strangers()
    visitor, tenant = replace(REFUSED, owner="alice"), replace(REFUSED, token_id="t", outcome="NOT_FOUND")
    let_in = replace(REFUSED, outcome="OK")
    assert not any(strangers.counts(event) for event in (visitor, tenant, let_in) * 3)


def test_more_networks_than_that_are_counted_as_one() -> None:
    strangers = Strangers()
    events = [replace(REFUSED, network=str(number)) for number in range(MOST_NETWORKS + 3)]
    assert [strangers.counts(event) for event in events][-4:] == [False, True, True, True]
    assert [(event.network, event.calls) for event in strangers.sums(0)] == [(MANY, 3)]
