"""The malware scanner: a real clamd, one that is gone or stuck, and what becomes of uploads."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.scanning.clamd import Clamd, ClamdAddress
from gateway.scanning.scanner import CLEAN, Forgiving
from kit.errors import MediaInfected, MediaTooLarge, ScannerUnavailable, UnsupportedMediaType
from kit.media.file import MediaFile
from kit.media.identify import identify
from telltale.gateway.v1 import resources_pb2
from tests.support import media_factory
from tests.support.clamd import CLAMD, EICAR, MAX_BYTES, Talk, answering, hang, hang_up, listening, running_clamd
from tests.support.gateway import refusal, running_gateway

real = pytest.mark.skipif(not CLAMD.exists(), reason=f"there is no {CLAMD}; Debian's clamav-daemon has it")


def scanner_at(url: str, *, timeout_s: float = 20.0, max_bytes: int = MAX_BYTES) -> Clamd:
    return Clamd(ClamdAddress.parse(url), timeout_s, max_bytes, connections=2)


async def scanned(scanner: Clamd | Forgiving, data: bytes) -> int:
    with MediaFile.from_bytes(data) as media:
        return await scanner.scan(media)


def eicar_in_a_comment() -> bytes:
    return media_factory.jpeg(comment=b"holiday " * 200 + EICAR)


def eicar_in_a_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eicar.com", EICAR)
    return file.getvalue()


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("clamd")
    with running_clamd(folder) as url:
        yield url


@pytest.fixture(scope="module")
def clamd_socket(clamd: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"unix://{tmp_path_factory.getbasetemp()}/clamd0/socket"


@real
@pytest.mark.parametrize("door", ["clamd", "clamd_socket"])
async def test_clamd_tells_a_clean_photo_from_an_infected_one(door: str, request: pytest.FixtureRequest) -> None:
    scanner = scanner_at(request.getfixturevalue(door))
    assert await scanned(scanner, media_factory.jpeg()) == CLEAN
    with pytest.raises(MediaInfected, match="Eicar-Test-Signature") as refused:
        await scanned(scanner, eicar_in_a_comment())
    assert refused.value.details == {"signature": "Eicar-Test-Signature.UNOFFICIAL", "scanner": "clamd"}


@real
async def test_eicar_in_a_zip_is_refused_by_its_magic_bytes_and_known_to_clamd(clamd: str) -> None:
    with MediaFile.from_bytes(eicar_in_a_zip()) as media, pytest.raises(UnsupportedMediaType):
        identify(media, None)
    with pytest.raises(MediaInfected):
        await scanned(scanner_at(clamd), eicar_in_a_zip())


@real
async def test_a_file_of_which_clamd_sees_a_part_is_not_clean(clamd: str) -> None:
    longest = b"holiday " * (MAX_BYTES // 8)
    assert await scanned(scanner_at(clamd), longest) == CLEAN
    with pytest.raises(MediaTooLarge):
        await scanned(scanner_at(clamd), longest + b"!")
    with pytest.raises((MediaTooLarge, ScannerUnavailable)):
        await scanned(scanner_at(clamd, max_bytes=2**30), longest * 2)


@real
async def test_what_unpacks_to_more_than_clamd_looks_at_is_not_clean(clamd: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(8 * MAX_BYTES))
    with pytest.raises(MediaTooLarge):
        await scanned(scanner_at(clamd), file.getvalue())


@real
async def test_uploads_are_refused_while_clamd_is_gone_and_taken_when_it_is_back(tmp_path: Path) -> None:
    address = ClamdAddress(path=str(tmp_path / "clamd" / "socket"))
    scanner = Clamd(address, timeout_s=20.0, max_bytes=MAX_BYTES, connections=2)
    async with running_gateway(tmp_path / "state", scanner=scanner) as world:
        with running_clamd(tmp_path / "clamd"):
            assert (await world.upload()).scan == resources_pb2.SCAN_STATE_CLEAN
            assert (await refusal(world.upload(EICAR))).reason_name() == "MEDIA_INFECTED"
            assert len(world.blobs.keys()) == 1
        gone = await refusal(world.upload(b"PHOTO of something else"))
        assert (gone.reason_name(), gone.retry_after_s) == ("SCANNER_UNAVAILABLE", 5.0)
        assert len(world.blobs.keys()) == 1
        with running_clamd(tmp_path / "clamd"):
            assert (await world.upload(b"PHOTO of a third thing")).scan == resources_pb2.SCAN_STATE_CLEAN


@pytest.mark.parametrize(
    "talk",
    [
        hang,
        hang_up,
        answering(b""),
        answering(b"COMMAND UNAVAILABLE\0"),
        answering(b"\xff"),
        answering(b"stream: OK"),
        answering(b"x" * 2**17),
    ],
)
async def test_a_clamd_that_gives_no_answer_refuses_every_upload(tmp_path: Path, talk: Talk) -> None:
    async with listening(talk) as url:
        scanner = scanner_at(url, timeout_s=0.3)
        async with running_gateway(tmp_path, scanner=scanner) as world:
            assert (await refusal(world.upload())).reason_name() == "SCANNER_UNAVAILABLE"
            assert (await refusal(world.analyze())).reason_name() == "SCANNER_UNAVAILABLE"
            assert world.blobs.keys() == []


async def test_what_clamd_found_is_heard_to_its_end() -> None:
    async def haltingly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(b"stream: Eicar-Te")(reader, writer)
        await writer.drain()
        await asyncio.sleep(0.05)  # long enough for a reader who takes what is there
        writer.write(b"st-Signature FOUND\0")

    async with listening(haltingly) as url:
        with pytest.raises(MediaInfected, match="Eicar-Test-Signature"):
            await scanned(Forgiving(scanner_at(url)), media_factory.jpeg())


async def test_a_file_beyond_clamds_own_limit_is_too_large_and_not_worth_another_try() -> None:
    async with listening(answering(b"INSTREAM size limit exceeded. ERROR\0")) as url:
        with pytest.raises(MediaTooLarge):
            await scanned(scanner_at(url), media_factory.jpeg())


async def test_without_need_for_a_scanner_its_silence_is_told_and_the_upload_taken(tmp_path: Path) -> None:
    async with (
        listening(hang) as url,
        running_gateway(tmp_path, scanner=Forgiving(scanner_at(url, timeout_s=0.1))) as world,
    ):
        assert (await world.upload()).scan == resources_pb2.SCAN_STATE_UNSCANNED


async def test_an_upload_says_when_no_scanner_is_set_up(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload()
        assert media.scan == resources_pb2.SCAN_STATE_UNSCANNED


async def test_a_scan_that_takes_its_time_holds_up_no_more_than_its_places(tmp_path: Path) -> None:
    begun, end = asyncio.Semaphore(0), asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.release()
        await end.wait()
        await answering(b"stream: OK\0")(reader, writer)

    async with listening(slow) as url:
        scanner = scanner_at(url)
        scans = [asyncio.ensure_future(scanned(scanner, media_factory.jpeg())) for _ in range(3)]
        for _ in range(2):
            await begun.acquire()
        assert begun.locked()
        end.set()
        assert await asyncio.gather(*scans) == [CLEAN] * 3


@pytest.mark.parametrize("make", [media_factory.jpeg, lambda: bytes(3 * 2**20)])
async def test_a_file_reaches_clamd_whole(make: Callable[[], bytes]) -> None:
    received = bytearray()

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            received.extend(await reader.readexactly(length))
        writer.write(b"stream: OK\0")

    async with listening(keep) as url:
        assert await scanned(scanner_at(url), make()) == CLEAN
    assert received == make()
