from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from kit.errors import EmptyMedia, MediaTooLarge
from kit.media.file import MediaFile, MediaWriter
from tests.support.descriptors import open_files


def test_size_and_digest_are_those_of_all_chunks() -> None:
    with MediaWriter(max_bytes=10) as writer:
        for chunk in (b"abc", bytearray(b"def"), memoryview(b"g")):
            writer.append(chunk)
        with writer.finish() as media:
            assert (media.size_bytes, media.sha256) == (7, hashlib.sha256(b"abcdefg").hexdigest())
            assert media.read() == b"abcdefg"


def test_one_byte_above_the_limit_is_refused_and_not_stored() -> None:
    with MediaWriter(max_bytes=3) as writer:
        writer.append(b"abc")
        with pytest.raises(MediaTooLarge):
            writer.append(b"d")
        with writer.finish() as media:
            assert media.read() == b"abc"


def test_nothing_is_no_medium() -> None:
    with pytest.raises(EmptyMedia):
        MediaFile.from_bytes(b"")


def test_parts_are_read_by_offset() -> None:
    with MediaFile.from_bytes(b"0123456789") as media:
        assert (media.head(3), media.tail(3), media.read_at(4, 2), media.read_at(8, 99)) == (
            b"012",
            b"789",
            b"45",
            b"89",
        )
        assert (media.head(99), media.tail(99)) == (b"0123456789", b"0123456789")
        assert list(media.chunks(4)) == [b"0123", b"4567", b"89"]


def test_nobody_can_change_a_finished_medium() -> None:
    with MediaFile.from_bytes(b"abc") as media:
        for change in (lambda fd: os.write(fd, b"x"), lambda fd: os.ftruncate(fd, 0), lambda fd: os.ftruncate(fd, 9)):
            with pytest.raises(PermissionError):
                change(media.fileno())


def test_a_reopened_medium_has_its_own_offset_and_is_read_only() -> None:
    with MediaFile.from_bytes(b"abc") as media:
        other = media.reopen()
        assert os.read(other, 2) == b"ab"
        assert os.lseek(media.fileno(), 0, os.SEEK_CUR) != 2
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(other, b"x")
        os.close(other)


def test_many_threads_read_at_once() -> None:
    body = os.urandom(1 << 20)
    with MediaFile.from_bytes(body) as media, ThreadPoolExecutor(8) as pool:
        assert all(
            b"".join(chunks) == body for chunks in pool.map(lambda size: media.chunks(size), range(999, 9999, 999))
        )


def test_forgotten_media_and_uploads_give_their_memory_back() -> None:
    before = open_files()
    for _ in range(20):
        MediaFile.from_bytes(b"abc")
        with MediaWriter(max_bytes=3) as writer:
            writer.append(b"abc")
    assert open_files() == before


def test_a_shared_medium_outlives_the_one_that_it_was_made_of() -> None:
    with MediaFile.from_bytes(b"bytes") as media:
        shared = media.share()
    with shared:
        assert (shared.read(), shared.sha256) == (b"bytes", media.sha256)
