from __future__ import annotations

import hashlib

import numpy as np
import pytest

from kit.errors import MediaTypeMismatch, TooManyPixels, UndecodableMedia
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.probe import probe
from kit.media.sandbox import Sandbox
from telltale.common.v1 import media_pb2
from tests.support import media_factory, sound_factory, video_factory
from tests.support.sound_factory import Talk
from tests.support.video_factory import Recipe, steady


def probe_bytes(sandbox: Sandbox, data: bytes, claimed: str | None = None) -> media_pb2.MediaInfo:
    with MediaFile.from_bytes(data) as media:
        return probe(sandbox, media, MediaLimits(), claimed)


def test_a_photo_has_type_length_digest_size_and_one_frame(sandbox: Sandbox) -> None:
    data = media_factory.jpeg()
    assert probe_bytes(sandbox, data, "image/jpeg") == media_pb2.MediaInfo(
        kind=media_pb2.MEDIA_KIND_IMAGE,
        mime_type="image/jpeg",
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        width_px=48,
        height_px=32,
        frame_count=1,
    )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_the_one_after_rotation(sandbox: Sandbox, orientation: int) -> None:
    info = probe_bytes(sandbox, media_factory.rotated(orientation))
    assert (info.width_px, info.height_px) == (48, 32)


def test_frames_of_an_animation_are_counted(sandbox: Sandbox) -> None:
    assert probe_bytes(sandbox, media_factory.animated("WEBP", frames=5)).frame_count == 5


def test_a_video_has_size_frames_duration_rate_and_sound(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(50, 25), rotation_deg=90, with_sound=True))
    info = probe_bytes(sandbox, data, "video/mp4")
    assert (info.kind, info.mime_type) == (media_pb2.MEDIA_KIND_VIDEO, "video/mp4")
    assert (info.width_px, info.height_px, info.frame_count, info.has_audio) == (64, 96, 50, True)
    assert info.duration.ToMicroseconds() == pytest.approx(2_000_000, rel=0.01)
    assert info.frame_rate_fps == pytest.approx(25, rel=0.01)


def test_a_recording_has_duration_rate_and_channels_but_nothing_of_pictures(sandbox: Sandbox) -> None:
    info = probe_bytes(sandbox, sound_factory.wav(np.zeros((8_000, 2), np.int16), 8_000))
    assert (info.kind, info.mime_type) == (media_pb2.MEDIA_KIND_AUDIO, "audio/wav")
    assert (info.duration.ToMicroseconds(), info.sample_rate_hz, info.channels, info.has_audio) == (
        1_000_000,
        8_000,
        2,
        True,
    )
    assert not any(info.HasField(name) for name in ("width_px", "height_px", "frame_count", "frame_rate_fps"))


def test_the_sound_of_a_video_is_measured_too(sandbox: Sandbox) -> None:
    info = probe_bytes(sandbox, sound_factory.talk(Talk(sound_factory.clicks([0.5], 1.0))))
    assert (info.kind, info.sample_rate_hz, info.channels) == (media_pb2.MEDIA_KIND_VIDEO, 48_000, 1)
    assert info.duration.ToMicroseconds() == pytest.approx(2_000_000, rel=0.01)


def test_a_video_without_sound_has_none(sandbox: Sandbox) -> None:
    info = probe_bytes(sandbox, video_factory.video(Recipe(steady(10, 25))))
    assert (info.has_audio, info.HasField("sample_rate_hz"), info.HasField("channels")) == (False, False, False)


@pytest.mark.parametrize(
    ("kind", "mime_type"), [("mp4", "audio/mp4"), ("webm", "audio/webm"), ("mkv", "audio/x-matroska")]
)
def test_a_container_of_videos_with_sound_alone_is_a_recording(sandbox: Sandbox, kind: str, mime_type: str) -> None:
    info = probe_bytes(sandbox, sound_factory.recording(kind, sound_factory.clicks([0.2], 0.5)))
    assert (info.kind, info.mime_type) == (media_pb2.MEDIA_KIND_AUDIO, mime_type)
    assert info.duration.ToMicroseconds() == pytest.approx(500_000, rel=0.1)


def test_a_recording_of_no_sample_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodableMedia, match="not one sample"):
        probe_bytes(sandbox, sound_factory.wav(np.zeros(0, np.int16)))


def test_a_container_without_a_video_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodableMedia, match="cut off"):
        probe_bytes(sandbox, b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100))


def test_a_bomb_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(TooManyPixels):
        probe_bytes(sandbox, media_factory.png_bomb(30_000))


def test_a_file_that_was_cut_off_within_its_picture_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodableMedia, match="cut off"):
        probe_bytes(sandbox, media_factory.truncated_jpeg())


def test_a_photo_that_was_cut_off_is_refused_although_its_header_is_whole(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodableMedia, match="cut off"):
        probe_bytes(sandbox, media_factory.truncated_jpeg())


def test_a_header_without_a_size_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodableMedia):
        probe_bytes(sandbox, b"\xff\xd8\xff\xd9")


def test_a_false_claim_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(MediaTypeMismatch):
        probe_bytes(sandbox, media_factory.png(), "image/jpeg")
