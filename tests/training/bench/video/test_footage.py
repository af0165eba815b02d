"""Videos to measure with are as long as was asked for, large, and silent."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

pytest.importorskip("av", reason="the media library is not installed")

import av

from bench.video import footage
from tests.support.image import noisy_picture
from tests.support.moving import video_of


@pytest.fixture(scope="module")
def piece(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    clip: Path = tmp_path_factory.mktemp("clips") / "face.mp4"
    clip.write_bytes(video_of(noisy_picture(), 4))
    return footage.piece(clip)


@pytest.mark.parametrize("length_s", [1.0, 10.0, 25.0])
def test_a_repeated_clip_is_as_long_as_wanted_and_silent(piece: bytes, length_s: float) -> None:
    with av.open(io.BytesIO(footage.repeated(piece, length_s))) as container:
        (stream,) = container.streams
        assert stream.type == "video"
        assert (stream.width, stream.height) == (footage.WIDTH_PX, footage.HEIGHT_PX)
        packets = [packet for packet in container.demux(stream) if packet.dts is not None]
        assert len(packets) == round(length_s * footage.RATE_FPS)
        assert float(stream.duration * stream.time_base) == pytest.approx(length_s, abs=0.05)


def test_every_repetition_begins_with_a_key_frame(piece: bytes) -> None:
    with av.open(io.BytesIO(footage.repeated(piece, 25.0))) as container:
        packets = [packet for packet in container.demux(container.streams.video[0]) if packet.dts is not None]
    assert all(packets[first].is_keyframe for first in (0, 250, 500))
