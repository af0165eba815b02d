from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cli.client import DEPTHS, StackAnalyzer, Wish, analyze_all
from cli.connection import Connection
from cli.output import Outcome
from kit.errors import DetectorUnavailable, EmptyMedia, Internal, InvalidRequest, NotFound, RateLimited, StorageFull
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2
from telltale_client import Retry
from tests.support.moody_gateway import LOST, MoodyGateway, moody_gateway


class SlowFirst:
    """Judges a file only after all others that were sent at the same time."""

    def __init__(self) -> None:
        self.at_work = 0
        self.most_at_work = 0

    async def analyze(self, path: Path) -> resources_pb2.Analysis:
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        await asyncio.sleep(0.05 if path.name == "0" else 0)
        self.at_work -= 1
        if path.name == "1":
            raise EmptyMedia("no bytes")
        return resources_pb2.Analysis(name=path.name)


@pytest.fixture
def gateway() -> Iterator[tuple[MoodyGateway, str]]:
    with moody_gateway() as running:
        yield running


@pytest.fixture
def steps() -> list[tuple[str, resources_pb2.Analysis]]:
    return []


@pytest.fixture
async def analyzer(
    gateway: tuple[MoodyGateway, str], steps: list[tuple[str, resources_pb2.Analysis]]
) -> AsyncIterator[StackAnalyzer]:
    async with Connection(gateway[1], "tt_secret").client(Retry(first_pause_s=0.001)) as client:
        yield StackAnalyzer(
            client, Wish(DEPTHS["quick"], "de"), lambda path, analysis: steps.append((path.name, analysis))
        )


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"x" * (2**20 + 5))
    return path


async def test_verdicts_come_in_the_order_of_the_files_with_errors_in_their_place() -> None:
    seen: list[tuple[str, Outcome]] = []
    paths = [Path(str(number)) for number in range(4)]
    await analyze_all(SlowFirst(), paths, 4, lambda path, outcome: seen.append((path.name, outcome)))
    assert [name for name, _ in seen] == ["0", "1", "2", "3"]
    assert isinstance(seen[1][1], EmptyMedia)


async def test_no_more_files_are_under_way_than_allowed() -> None:
    analyzer = SlowFirst()
    await analyze_all(analyzer, [Path(str(number)) for number in range(9)], 3, lambda *_: None)
    assert analyzer.most_at_work == 3


async def test_a_file_goes_up_in_chunks_with_its_name_and_the_token(
    analyzer: StackAnalyzer, gateway: tuple[MoodyGateway, str], photo: Path
) -> None:
    assert (await analyzer.analyze(photo)).name.startswith("analyses/")
    [[first, second]] = gateway[0].calls["UploadMedia"]
    assert (len(first.file.data), len(second.file.data)) == (2**20, 5)
    assert (first.display_name, second.display_name) == ("photo.jpg", "")
    assert gateway[0].authorization == "Bearer tt_secret"


async def test_the_depth_and_the_language_are_asked_for(
    analyzer: StackAnalyzer, gateway: tuple[MoodyGateway, str], photo: Path
) -> None:
    await analyzer.analyze(photo)
    [[request]] = gateway[0].calls["AnalyzeStoredMedia"]
    assert (request.depth, request.language) == (media_pb2.DEPTH_QUICK, "de")


async def test_steps_are_told_and_the_last_answer_is_none_of_them(
    analyzer: StackAnalyzer, photo: Path, steps: list[tuple[str, resources_pb2.Analysis]]
) -> None:
    await analyzer.analyze(photo)
    assert [(name, step.state) for name, step in steps] == [("photo.jpg", resources_pb2.ANALYSIS_STATE_RUNNING)]


async def test_not_now_is_tried_again_with_the_same_idempotency_key(
    analyzer: StackAnalyzer, gateway: tuple[MoodyGateway, str], photo: Path
) -> None:
    gateway[0].failures["UploadMedia"] = [RateLimited("wait", retry_after_s=0.01)] * 2
    await analyzer.analyze(photo)
    assert len({call[0].request_id for call in gateway[0].calls["UploadMedia"]}) == 1
    assert len(gateway[0].calls["UploadMedia"]) == 3


async def test_not_now_is_an_error_in_the_end(
    analyzer: StackAnalyzer, gateway: tuple[MoodyGateway, str], photo: Path
) -> None:
    gateway[0].failures["UploadMedia"] = [RateLimited("wait", retry_after_s=0.01)] * 20
    with pytest.raises(RateLimited, match="wait"):
        await analyzer.analyze(photo)


async def test_other_errors_are_not_tried_again(
    analyzer: StackAnalyzer, gateway: tuple[MoodyGateway, str], photo: Path
) -> None:
    gateway[0].failures["UploadMedia"] = [StorageFull("the disk is full")]
    with pytest.raises(StorageFull, match="the disk is full"):
        await analyzer.analyze(photo)
    assert len(gateway[0].calls["UploadMedia"]) == 1


async def test_a_gateway_that_stays_away_is_an_error(
    analyzer: StackAnalyzer, gateway: tuple[MoodyGateway, str], photo: Path
) -> None:
    gateway[0].failures["UploadMedia"] = [LOST] * 20
    with pytest.raises(DetectorUnavailable, match=LOST):
        await analyzer.analyze(photo)


async def test_an_empty_file_is_sent_so_that_the_gateway_says_what_is_wrong(
    analyzer: StackAnalyzer, gateway: tuple[MoodyGateway, str], tmp_path: Path
) -> None:
    (tmp_path / "empty").touch()
    await analyzer.analyze(tmp_path / "empty")
    [[request]] = gateway[0].calls["UploadMedia"]
    assert (request.display_name, request.file.data) == ("empty", b"")


async def test_a_call_that_ends_without_an_analysis_is_an_error(
    analyzer: StackAnalyzer, gateway: tuple[MoodyGateway, str], photo: Path
) -> None:
    gateway[0].silent = True
    with pytest.raises(Internal, match="without an analysis"):
        await analyzer.analyze(photo)


async def test_a_missing_file_is_named(analyzer: StackAnalyzer, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nowhere\.jpg does not exist"):
        await analyzer.analyze(tmp_path / "nowhere.jpg")


async def test_a_folder_is_no_file(analyzer: StackAnalyzer, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="is no file"):
        await analyzer.analyze(tmp_path)


async def test_an_output_that_nobody_reads_is_told_as_what_it_is() -> None:
    def closed(_path: Path, _outcome: Outcome) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await analyze_all(SlowFirst(), [Path("0"), Path("1")], 2, closed)
