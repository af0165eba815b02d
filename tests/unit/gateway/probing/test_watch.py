"""Patterns of calls and uploads, by a clock that tests move."""

from __future__ import annotations

from gateway.audit.entry import Event
from gateway.probing.patterns import (
    GUESSED_LINKS,
    GUESSED_NAMES,
    GUESSED_TOKENS,
    MODEL_SIZED,
    PIXEL_SERIES,
    REFUSED_FILES,
    SLOW_VARIANTS,
    Pattern,
)
from gateway.probing.resemblance import Resemblance
from gateway.probing.tally import Tally
from gateway.probing.watch import NOTICED, Watch, WatchedRecorder
from kit.telemetry import exposition
from telltale.common.v1 import media_pb2
from tests.support.clock import FakeClock


class Notes:
    def __init__(self) -> None:
        self.events: list[Event] = []

    async def ready(self) -> None:
        pass

    async def record(self, event: Event) -> None:
        self.events.append(event)

    def noticed(self) -> list[tuple[str, str]]:
        return [(event.outcome, event.token_id) for event in self.events if event.method == NOTICED]


class Scene:
    def __init__(self) -> None:
        self.clock, self.notes = FakeClock(), Notes()
        self.watch = Watch(self.notes, self.clock, Tally(self.clock))
        self.recorder = WatchedRecorder(self.notes, self.watch)

    async def calls(self, outcome: str, times: int, token_id: str = "t1", every_s: float = 1.0) -> None:
        for _ in range(times):
            await self.recorder.record(Event(0, "GetMedia", outcome, token_id=token_id, network="192.0.2.0/24"))
            self.clock.advance(every_s)

    async def uploads(self, times: int, found: Resemblance, side_px: int = 640, every_s: float = 1.0) -> None:
        info = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_IMAGE, width_px=side_px, height_px=side_px)
        for _ in range(times):
            await self.watch.saw_upload("t1", info, found)
            self.clock.advance(every_s)


def counted(pattern: Pattern) -> float:
    start = f'telltale_gateway_probing_total{{pattern="{pattern.name}"}}'
    return next((float(line.split()[-1]) for line in exposition().splitlines() if line.startswith(start)), 0.0)


async def test_names_that_are_tried_out_are_noticed() -> None:
    scene, before = Scene(), counted(GUESSED_NAMES)
    await scene.calls("NOT_FOUND", GUESSED_NAMES.most - 1)
    assert scene.notes.noticed() == []
    await scene.calls("NOT_FOUND", 1)
    assert scene.notes.noticed() == [("GUESSED_NAMES", "t1")]
    assert counted(GUESSED_NAMES) == before + 1


async def test_the_same_is_told_once_an_hour() -> None:
    scene = Scene()
    await scene.calls("NOT_FOUND", 500, every_s=5)
    assert len(scene.notes.noticed()) == 1
    await scene.calls("NOT_FOUND", 500, every_s=5)
    assert len(scene.notes.noticed()) == 2


async def test_every_caller_is_counted_alone() -> None:
    scene = Scene()
    for number in range(GUESSED_NAMES.most):
        await scene.calls("NOT_FOUND", 1, token_id=f"t{number}")
    assert scene.notes.noticed() == []


async def test_what_is_long_past_does_not_count() -> None:
    scene = Scene()
    await scene.calls("NOT_FOUND", 3 * GUESSED_NAMES.most, every_s=60)
    assert scene.notes.noticed() == []


async def test_links_and_tokens_that_are_tried_out_are_noticed_by_where_they_come_from() -> None:
    scene = Scene()
    await scene.calls("NOT_FOUND", GUESSED_LINKS.most, token_id="")
    await scene.calls("INVALID_TOKEN", GUESSED_TOKENS.most, token_id="")
    assert scene.notes.noticed() == [("GUESSED_LINKS", ""), ("GUESSED_TOKENS", "")]
    assert scene.notes.events[-1].network == "192.0.2.0/24"


async def test_many_refused_files_are_noticed_and_counted_by_reason() -> None:
    scene = Scene()
    await scene.calls("UNDECODABLE_MEDIA", REFUSED_FILES.most)
    assert scene.notes.noticed() == [("REFUSED_FILES", "t1")]
    assert 'telltale_gateway_refused_uploads_total{reason="UNDECODABLE_MEDIA"}' in exposition()


async def test_ordinary_calls_are_not() -> None:
    scene = Scene()
    await scene.calls("OK", 1_000)
    await scene.uploads(1_000, Resemblance(alike=2))
    assert scene.notes.noticed() == []


async def test_variants_below_the_budget_over_days_are_noticed() -> None:
    scene = Scene()
    await scene.uploads(SLOW_VARIANTS.most, Resemblance(alike=12), every_s=400)
    assert scene.notes.noticed() == [("SLOW_VARIANTS", "t1")]


async def test_a_series_of_single_pixels_is_noticed() -> None:
    scene = Scene()
    await scene.uploads(PIXEL_SERIES.most, Resemblance(alike=3, same=3))
    assert scene.notes.noticed() == [("PIXEL_SERIES", "t1")]


async def test_pictures_of_the_size_of_networks_are_noticed() -> None:
    scene = Scene()
    await scene.uploads(MODEL_SIZED.most, Resemblance(), side_px=224)
    assert scene.notes.noticed() == [("MODEL_SIZED", "t1")]


def test_a_tally_forgets_who_was_quiet_for_longest() -> None:
    tally = Tally(FakeClock(), max_keys=2)
    for key in ("a", "b", "a", "c"):
        tally.add(key, 60)
    assert [tally.recent(key, 60) for key in ("a", "b", "c")] == [2, 0, 1]
