from __future__ import annotations

import numpy as np
import pytest

from kit.errors import MediaTooLong, UndecodableMedia
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.sound import SoundFacts, measure_sound
from tests.support import sound_factory, video_factory
from tests.support.sound_factory import Talk, clicks, recording, wav
from tests.support.video_factory import Recipe, steady


def facts_in(sandbox: Sandbox, data: bytes, limits: MediaLimits | None = None) -> SoundFacts | None:
    with MediaFile.from_bytes(data) as media:
        return measure_sound(sandbox, media, limits or MediaLimits())


def facts_of(sandbox: Sandbox, data: bytes) -> SoundFacts:
    facts = facts_in(sandbox, data)
    assert facts is not None
    return facts


@pytest.mark.parametrize("kind", sound_factory.CODECS)
def test_every_kind_of_recording_tells_its_length_and_rate(sandbox: Sandbox, kind: str) -> None:
    facts = facts_of(sandbox, recording(kind, clicks([0.5], 3.0)))
    assert facts.duration_s == pytest.approx(3.0, abs=0.05)
    assert (facts.sample_rate_hz, facts.truncated) == (48_000, False)
    assert facts.channels == (2 if kind == "vorbis" else 1)


def test_the_codec_has_the_name_of_the_coding_not_of_the_decoder(sandbox: Sandbox) -> None:
    assert facts_of(sandbox, recording("mp3", clicks([0.5], 1.0))).codec == "mp3"


def test_a_video_without_sound_has_no_facts(sandbox: Sandbox) -> None:
    assert facts_in(sandbox, video_factory.video(Recipe(steady(10, 25)))) is None


def test_the_end_of_a_videos_sound_counts_from_the_first_picture(sandbox: Sandbox) -> None:
    facts = facts_of(sandbox, sound_factory.talk(Talk(clicks([0.5], 2.0), first_picture_s=0.4)))
    assert facts.duration_s == pytest.approx(1.6, abs=0.03)


@pytest.mark.parametrize(
    ("container", "video_codec", "sound_codec"), [("mp4", "libx264", "aac"), ("webm", "libvpx-vp9", "libopus")]
)
def test_sound_that_is_shorter_than_the_pictures_is_not_cut_off(
    sandbox: Sandbox, container: str, video_codec: str, sound_codec: str
) -> None:
    facts = facts_of(sandbox, sound_factory.talk(Talk(clicks([0.5], 1.0), container, video_codec, sound_codec)))
    assert not facts.truncated
    assert facts.duration_s == pytest.approx(1.0, abs=0.05)


def test_sound_that_ends_before_the_first_picture_is_none(sandbox: Sandbox) -> None:
    assert facts_in(sandbox, sound_factory.talk(Talk(clicks([0.1], 0.2), first_picture_s=1.0))) is None


def test_one_sample_is_a_recording(sandbox: Sandbox) -> None:
    assert facts_of(sandbox, wav(np.ones(1, np.int16), 16_000)).duration_s == pytest.approx(1 / 16_000)


def test_no_sample_is_none(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodableMedia, match="not one sample"):
        facts_in(sandbox, wav(np.zeros(0, np.int16)))


@pytest.mark.parametrize(("channels", "rate_hz"), [(8, 48_000), (1, 384_000), (2, 8_000)])
def test_odd_rates_and_many_channels_are_told(sandbox: Sandbox, channels: int, rate_hz: int) -> None:
    facts = facts_of(sandbox, wav(np.zeros((rate_hz // 10, channels), np.int16), rate_hz))
    assert (facts.channels, facts.sample_rate_hz) == (channels, rate_hz)
    assert facts.duration_s == pytest.approx(0.1, rel=0.01)


@pytest.mark.parametrize(("channels", "rate_hz"), [(65, 48_000), (1, 100), (1, 2_000_000)])
def test_what_no_recorder_writes_is_refused_in_clear_words(sandbox: Sandbox, channels: int, rate_hz: int) -> None:
    with pytest.raises(UndecodableMedia, match=r"channels|samples a second"):
        facts_in(sandbox, wav(np.zeros((1_000, channels), np.int16), rate_hz))


def test_ten_hours_of_silence_are_measured_without_decoding_them(sandbox: Sandbox) -> None:
    assert facts_of(sandbox, sound_factory.long_silence(36_000)).duration_s == pytest.approx(36_000)


def test_longer_sound_than_allowed_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(MediaTooLong, match="limit is 1 s"):
        facts_in(sandbox, wav(np.zeros(16_000, np.int16), 8_000), MediaLimits(max_audio_s=1))


def test_a_header_that_promises_more_than_there_is_shows_as_truncated(sandbox: Sandbox) -> None:
    facts = facts_of(sandbox, wav(np.zeros(48_000, np.int16), claimed_bytes=10 * 96_000))
    assert facts.truncated
    assert facts.duration_s == pytest.approx(1.0)


def test_a_header_written_before_the_length_was_known_promises_nothing(sandbox: Sandbox) -> None:
    facts = facts_of(sandbox, wav(np.zeros(48_000, np.int16), claimed_bytes=2**32 - 1))
    assert not facts.truncated
    assert facts.duration_s == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["mp3", "flac"])
def test_a_recording_that_was_cut_off_tells_so(sandbox: Sandbox, kind: str) -> None:
    whole = recording(kind, clicks([0.5], 10.0))
    facts = facts_of(sandbox, whole[: len(whole) * 4 // 10])
    assert facts.truncated
    assert facts.duration_s == pytest.approx(4.0, abs=1.0)


def test_an_mp4_without_its_index_is_refused(sandbox: Sandbox) -> None:
    whole = recording("m4a", clicks([0.5], 5.0))
    with pytest.raises(UndecodableMedia, match="cut off"):
        facts_in(sandbox, whole[: len(whole) // 2])


def test_a_variable_bit_rate_does_not_change_the_length(sandbox: Sandbox) -> None:
    loud = np.random.default_rng(1).uniform(-1, 1, 5 * 48_000).astype(np.float32)
    data = recording("mp3", np.concatenate([np.zeros(5 * 48_000, np.float32), loud]), options={"b": "0", "q": "4"})
    facts = facts_of(sandbox, data)
    assert not facts.truncated
    assert facts.duration_s == pytest.approx(10.0, abs=0.06)
