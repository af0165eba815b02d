"""Several scanners, and none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gateway.scanning.scanner import CLEAN, UNSCANNED, Both, Counted, Forgiving, NoScanner, ScanState
from kit.errors import MediaInfected, MediaTooLarge, ScannerUnavailable, TelltaleError
from kit.media.file import MediaFile
from kit.telemetry import exposition


@dataclass(frozen=True)
class Says:
    """A scanner of one opinion."""

    opinion: ScanState | TelltaleError

    async def scan(self, _: MediaFile) -> ScanState:
        if isinstance(self.opinion, TelltaleError):
            raise self.opinion
        return self.opinion


class Stuck:
    """A scanner that never ends; whether it was stopped."""

    stopped = False

    async def scan(self, _: MediaFile) -> ScanState:
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped = True
        return CLEAN


@pytest.fixture
def photo_file() -> Iterator[MediaFile]:
    with MediaFile.from_bytes(b"photo") as media:
        yield media


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [(CLEAN, UNSCANNED, CLEAN), (UNSCANNED, CLEAN, CLEAN), (UNSCANNED, UNSCANNED, UNSCANNED)],
)
async def test_one_that_looked_is_enough(
    photo_file: MediaFile, first: ScanState, second: ScanState, both: ScanState
) -> None:
    assert await Both(Says(first), Says(second)).scan(photo_file) == both


async def test_one_that_finds_something_is_enough_and_stops_the_other(photo_file: MediaFile) -> None:
    stuck = Stuck()
    with pytest.raises(MediaInfected):
        await Both(stuck, Says(MediaInfected("found"))).scan(photo_file)
    assert stuck.stopped


@pytest.mark.parametrize("problem", [ScannerUnavailable("gone"), MediaTooLarge("too long")])
async def test_an_optional_scanner_that_cannot_look_leaves_the_file_unscanned(
    photo_file: MediaFile, problem: TelltaleError
) -> None:
    assert await Forgiving(Says(problem)).scan(photo_file) == UNSCANNED


async def test_what_an_optional_scanner_finds_is_refused(photo_file: MediaFile) -> None:
    assert await Forgiving(Says(CLEAN)).scan(photo_file) == CLEAN
    with pytest.raises(MediaInfected):
        await Forgiving(Says(MediaInfected("found"))).scan(photo_file)


async def test_nobody_looks_unless_somebody_is_asked_to(photo_file: MediaFile) -> None:
    assert await NoScanner().scan(photo_file) == UNSCANNED


async def test_what_a_scanner_says_is_counted(photo_file: MediaFile) -> None:
    await Counted("test", Says(CLEAN)).scan(photo_file)
    with pytest.raises(MediaInfected):
        await Counted("test", Says(MediaInfected("found"))).scan(photo_file)
    counted = {line for line in exposition().splitlines() if 'scanner="test"' in line and "_total" in line}
    assert counted == {
        'telltale_gateway_scans_total{result="CLEAN",scanner="test"} 1.0',
        'telltale_gateway_scans_total{result="MEDIA_INFECTED",scanner="test"} 1.0',
    }
