"""Uploads coming in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from google.api import httpbody_pb2

from gateway.door.access import Call
from gateway.intake.ingest import Intake, Memory, Piece, clean_display_name
from kit.errors import DeadlineExceeded, MediaTooLarge, Overloaded, QuotaExceeded
from telltale.gateway.v1 import media_service_pb2
from tests.support.fake_quotas import FakeQuotas


async def sent(
    *chunks: bytes, content_type: str = "", stalls: bool = False
) -> AsyncIterator[media_service_pb2.UploadMediaRequest]:
    for chunk in chunks:
        yield media_service_pb2.UploadMediaRequest(file=httpbody_pb2.HttpBody(content_type=content_type, data=chunk))
    if stalls:
        await asyncio.Event().wait()


async def claimed(content_type: str) -> str | None:
    async with Intake(Memory(100), FakeQuotas(), 100, 1.0).receive(
        sent(b"x", content_type=content_type), Call()
    ) as upload:
        return upload.claimed_mime_type


async def test_bytes_are_counted_and_put_together() -> None:
    call = Call()
    async with Intake(Memory(100), FakeQuotas(), 100, 1.0).receive(sent(b"ab", b"cd"), call) as upload:
        assert upload.media.read() == b"abcd"
        assert call.received_bytes == 4


async def test_a_claim_is_taken_without_its_parameters() -> None:
    assert await claimed("Image/JPEG; charset=binary") == "image/jpeg"


@pytest.mark.parametrize("content_type", ["", "application/octet-stream", "application/x-www-form-urlencoded"])
async def test_what_clients_send_by_default_claims_nothing(content_type: str) -> None:
    assert await claimed(content_type) is None


async def test_an_upload_that_stalls_is_ended() -> None:
    with pytest.raises(DeadlineExceeded):
        async with Intake(Memory(100), FakeQuotas(), 100, 0.05).receive(sent(b"ab", stalls=True), Call()):
            pass


async def test_an_upload_ends_where_the_quota_does_and_not_with_the_file() -> None:
    call = Call()
    with pytest.raises(QuotaExceeded):
        async with Intake(Memory(100), FakeQuotas(room_bytes=3), 100, 5.0).receive(
            sent(b"ab", b"cd", stalls=True), call
        ):
            pass
    assert call.received_bytes == 4


async def test_an_upload_knows_who_sent_it() -> None:
    async with Intake(Memory(100), FakeQuotas(), 100, 1.0).receive(sent(b"ab"), Call(token_id="t1")) as upload:
        assert upload.token_id == "t1"


async def test_memory_is_given_back_whatever_happens() -> None:
    memory = Memory(4)
    with pytest.raises(MediaTooLarge):
        async with Intake(memory, FakeQuotas(), 3, 1.0).receive(sent(b"ab", b"cd"), Call()):
            pass
    with pytest.raises(Overloaded):
        async with Intake(memory, FakeQuotas(), 9, 1.0).receive(sent(b"abcd", b"e"), Call()):
            pass
    async with Intake(memory, FakeQuotas(), 9, 1.0).receive(sent(b"abcd"), Call()) as upload:
        assert upload.media.size_bytes == 4


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("photo.jpg", "photo.jpg"),
        ("/home/me/photo.jpg", "photo.jpg"),
        ("C:\\me\\photo.jpg", "photo.jpg"),
        ("a\x00b\n\u202ec.jpg", "abc.jpg"),
        ("e\u0301.jpg", "\u00e9.jpg"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_display_name_is_fit_to_be_shown(given: str, shown: str) -> None:
    assert clean_display_name(given) == shown


async def test_one_token_cannot_hold_the_memory_of_all() -> None:
    memory, alice, bob = Memory(10, share_bytes=4), Call(token_id="alice"), Call(token_id="bob")
    async with Intake(memory, FakeQuotas(), 9, 1.0).receive(sent(b"abc"), alice):
        with pytest.raises(Overloaded, match="of this token"):
            async with Intake(memory, FakeQuotas(), 9, 1.0).receive(sent(b"de"), Call(token_id="alice")):
                pass
        async with Intake(memory, FakeQuotas(), 9, 1.0).receive(sent(b"abcd"), bob) as upload:
            assert upload.media.size_bytes == 4
    async with Intake(memory, FakeQuotas(), 9, 1.0).receive(sent(b"abcd"), alice) as upload:
        assert upload.media.size_bytes == 4


async def test_one_token_cannot_take_all_places_with_uploads_that_hardly_move() -> None:
    intake = Intake(Memory(100), FakeQuotas(), 100, 5.0, most_per_token=1)
    slow = asyncio.ensure_future(_received(intake, sent(b"a", stalls=True), "alice"))
    await asyncio.sleep(0)
    with pytest.raises(Overloaded, match="1 uploads under way"):
        await _received(intake, sent(b"b"), "alice")
    assert await _received(intake, sent(b"c"), "bob") == b"c"
    slow.cancel()
    await asyncio.wait({slow})
    assert await _received(intake, sent(b"d"), "alice") == b"d"


async def _received(intake: Intake, pieces: AsyncIterator[Piece], token_id: str) -> bytes:
    async with intake.receive(pieces, Call(token_id=token_id)) as upload:
        return upload.media.read()
