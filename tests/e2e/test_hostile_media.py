"""Damaged media before the whole stack; a longer run is `make fuzz-media`."""

from __future__ import annotations

from tests.fuzz.hostile.campaign import Tally, send
from tests.fuzz.hostile.seeds import damaged
from tests.fuzz.hostile.watch import processes
from tests.support.clamd import EICAR
from tests.support.hostile_media import ARCHIVES
from tests.support.media_factory import jpeg
from tests.support.stack import Stack

COUNT = 16


def test_damaged_media_are_judged_or_refused_and_nobody_dies(stack: Stack) -> None:
    tally, before = Tally(), processes(stack)
    for file in damaged(COUNT, seed=3):
        tally.add(file, send(stack, file, judged=True))
    assert tally.faults == []
    assert tally.outcomes["judged"]
    assert processes(stack) == before


def test_eicar_is_refused_in_a_photo_and_in_an_archive(stack: Stack) -> None:
    refused = stack.rest("POST", "/v1/media", jpeg(comment=EICAR))
    assert refused.status == 400
    assert refused.json()["details"][0]["reason"] == "MEDIA_INFECTED"
    assert stack.rest("POST", "/v1/media", ARCHIVES["zip"]()).status == 400


def test_what_is_stored_says_that_nobody_scanned_it(stack: Stack) -> None:
    stored = stack.rest("POST", "/v1/media", jpeg()).json()
    assert stored["scan"] == "SCAN_STATE_UNSCANNED"
    assert stack.rest("DELETE", f"/v1/{stored['name']}").status == 200
