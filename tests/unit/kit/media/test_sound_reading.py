from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from kit.errors import Cancelled, InvalidRequest, UndecodableMedia
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.sound import SoundPiece, Span, read_sound
from tests.support import sound_factory, video_factory
from tests.support.sound_factory import CODECS, RATE_HZ, Talk, clicks, onsets_s, recording, wav
from tests.support.video_factory import Recipe, steady

CLICKS_S = [0.5, 3.0, 7.25, 11.111, 14.5]
NO_PRIMING = {"aac"}
"""ADTS does not store how much of the decoder's start is to be thrown away."""


def pieces_in(sandbox: Sandbox, data: bytes, spans: Sequence[Span], rate_hz: int = 16_000) -> list[SoundPiece]:
    with MediaFile.from_bytes(data) as media:
        return list(read_sound(sandbox, media, MediaLimits(), spans, rate_hz=rate_hz))


def all_of(sandbox: Sandbox, data: bytes, rate_hz: int = 16_000) -> SoundPiece:
    (piece,) = pieces_in(sandbox, data, [Span(0.0, 60.0)], rate_hz)
    return piece


def heard_s(piece: SoundPiece) -> list[float]:
    return onsets_s(piece.samples, piece.rate_hz, piece.start_s)


@pytest.mark.parametrize("kind", sorted(set(CODECS) - NO_PRIMING))
def test_sound_is_where_it_was_put_in_every_kind_of_file_also_after_seeking(sandbox: Sandbox, kind: str) -> None:
    data = recording(kind, clicks(CLICKS_S, 15.0))
    whole, *parts = pieces_in(sandbox, data, [Span(0, 15), Span(7, 8), Span(11, 12), Span(14, 20)])
    assert heard_s(whole) == pytest.approx(CLICKS_S, abs=0.002)
    assert [heard_s(part) for part in parts] == [[pytest.approx(each, abs=0.002)] for each in CLICKS_S[2:]]


def test_a_bare_aac_stream_is_off_by_its_decoders_start_alone(sandbox: Sandbox) -> None:
    whole, part = pieces_in(sandbox, recording("aac", clicks(CLICKS_S, 15.0)), [Span(0, 15), Span(7, 8)])
    assert heard_s(whole) == pytest.approx(np.add(CLICKS_S, 1_024 / RATE_HZ), abs=0.002)
    assert heard_s(part) == [pytest.approx(CLICKS_S[2] + 1_024 / RATE_HZ, abs=0.002)]


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 96_000, 384_000])
def test_any_rate_becomes_the_one_asked_for(sandbox: Sandbox, rate_hz: int) -> None:
    piece = all_of(sandbox, recording("wav", clicks([0.5, 1.5], 2.0, rate_hz), rate_hz))
    assert (piece.rate_hz, len(piece.samples)) == (16_000, 32_000)
    assert heard_s(piece) == pytest.approx([0.5, 1.5], abs=0.002)


def test_a_tone_keeps_its_level_and_one_beyond_hearing_is_gone(sandbox: Sandbox) -> None:
    at_s = np.arange(RATE_HZ) / RATE_HZ
    kept = all_of(sandbox, wav((0.5 * np.sin(2 * np.pi * 1_000 * at_s)).astype(np.float32), sound_format=3))
    gone = all_of(sandbox, wav((0.5 * np.sin(2 * np.pi * 12_000 * at_s)).astype(np.float32), sound_format=3))
    assert np.abs(kept.samples[800:-800]).max() == pytest.approx(0.5, abs=0.005)
    assert np.abs(gone.samples[800:-800]).max() < 1e-3


def test_times_count_from_the_first_picture(sandbox: Sandbox) -> None:
    (piece,) = pieces_in(sandbox, sound_factory.talk(Talk(clicks([0.5, 1.5], 2.0), first_picture_s=0.4)), [Span(0, 3)])
    assert heard_s(piece) == pytest.approx([0.1, 1.1], abs=0.002)


@pytest.mark.parametrize(
    "how",
    [
        Talk(clicks([0.5, 1.5], 2.0), "matroska"),
        Talk(clicks([0.5, 1.5], 2.0), "webm", "libvpx-vp9", "libopus"),
        Talk(clicks([0.5, 1.5], 2.0), "mov", sound_codec="pcm_s16le"),
        Talk(clicks([0.2, 1.2], 1.7), "mp4", first_sample_s=0.3),
    ],
)
def test_sound_lies_against_the_pictures_as_its_container_says(sandbox: Sandbox, how: Talk) -> None:
    (piece,) = pieces_in(sandbox, sound_factory.talk(how), [Span(0, 3)])
    assert heard_s(piece) == pytest.approx([0.5, 1.5], abs=0.002)


def test_spans_read_apart_fit_each_other_to_the_sample(sandbox: Sandbox) -> None:
    data = recording("flac", clicks([0.4, 1.0, 1.6], 2.0, 44_100), 44_100)
    whole, *halves = pieces_in(sandbox, data, [Span(0, 2), Span(0, 1), Span(1, 2)])
    assert np.concatenate([half.samples for half in halves]) == pytest.approx(whole.samples, abs=0.002)


def test_a_span_behind_the_end_is_left_out_and_one_over_it_is_shorter(sandbox: Sandbox) -> None:
    found = pieces_in(sandbox, wav(np.zeros(RATE_HZ, np.int16)), [Span(0.5, 3.0), Span(5.0, 6.0)])
    assert [(piece.start_s, piece.end_s) for piece in found] == [(0.5, pytest.approx(1.0))]


def test_nothing_but_spans_behind_the_end_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodableMedia, match="Not one sample"):
        pieces_in(sandbox, wav(np.zeros(RATE_HZ, np.int16)), [Span(5.0, 6.0)])


def test_channels_are_averaged(sandbox: Sandbox) -> None:
    stored = np.zeros((16_000, 8), np.int16)
    stored[:, 2], stored[:, 3] = 16_384, 8_192
    assert all_of(sandbox, wav(stored, 16_000)).samples == pytest.approx(np.full(16_000, (0.5 + 0.25) / 8), abs=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.float32, np.float64])
def test_every_sample_type_means_the_same(sandbox: Sandbox, dtype: type[np.number[np.uint8]]) -> None:
    full = {np.uint8: 192, np.int16: 2**14, np.int32: 2**30}.get(dtype, 0.5)
    data = wav(np.full(16_000, full, dtype), 16_000, sound_format=3 if np.dtype(dtype).kind == "f" else 1)
    assert all_of(sandbox, data).samples == pytest.approx(np.full(16_000, 0.5), abs=1e-6)


def test_samples_that_are_no_numbers_are_silence(sandbox: Sandbox) -> None:
    stored = np.full(16_000, 0.25, np.float32)
    stored[100:200], stored[300], stored[400] = np.nan, np.inf, 1e38
    samples = all_of(sandbox, wav(stored, 16_000, sound_format=3)).samples
    assert not samples[100:200].any()
    assert (samples[300], samples[400], samples[500]) == (0.0, 1.0, 0.25)


def test_a_file_of_nan_alone_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodableMedia, match="NaN"):
        all_of(sandbox, wav(np.full(16_000, np.nan, np.float32), 16_000, sound_format=3))


def test_a_single_sample_is_read(sandbox: Sandbox) -> None:
    assert len(all_of(sandbox, wav(np.full(1, 1_000, np.int16), 16_000)).samples) == 1
    assert len(all_of(sandbox, wav(np.full(1, 1_000, np.int16), 8_000)).samples) == 2


def test_wav_with_64_bit_lengths_is_read(sandbox: Sandbox) -> None:
    data = sound_factory.rf64((30_000 * clicks([0.5], 1.0)).astype(np.int16))
    assert heard_s(all_of(sandbox, data)) == pytest.approx([0.5], abs=0.002)


def test_mp3_behind_a_tag_with_a_picture_is_read(sandbox: Sandbox) -> None:
    bare = recording("mp3", clicks([0.5], 1.0))
    tag = b"APIC" + (3_000).to_bytes(4, "big") + b"\0\0" + b"\0image/jpeg\0\3\0" + bytes(2_987)
    length = bytes((len(tag) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    data = b"ID3\3\0\0" + length + tag + bare[bare.index(b"\xff\xfb") :]
    assert heard_s(all_of(sandbox, data)) == pytest.approx([0.5], abs=0.002)


def test_the_last_seconds_of_ten_hours_are_reached_by_seeking(sandbox: Sandbox) -> None:
    (piece,) = pieces_in(sandbox, sound_factory.long_silence(36_000), [Span(35_995.0, 36_005.0)], 8_000)
    assert (piece.start_s, piece.end_s) == (35_995.0, pytest.approx(36_000.0))


def test_a_cut_off_recording_gives_what_is_left(sandbox: Sandbox) -> None:
    whole = recording("mp3", clicks(CLICKS_S, 15.0))
    piece = all_of(sandbox, whole[: len(whole) // 2])
    assert heard_s(piece) == pytest.approx(CLICKS_S[:3], abs=0.002)


def test_a_hole_in_the_sound_is_silence_of_its_length(sandbox: Sandbox) -> None:
    data = sound_factory.with_hole(clicks([0.5], 1.0), 2.0, clicks([0.5], 1.0))
    piece = all_of(sandbox, data)
    assert heard_s(piece) == pytest.approx([0.5, 3.5], abs=0.005)
    assert not piece.samples[17_000:47_000].any()


def test_a_video_without_sound_has_nothing_to_read(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodableMedia, match="no sound"):
        pieces_in(sandbox, video_factory.video(Recipe(steady(10, 25))), [Span(0, 1)])


@pytest.mark.parametrize("span", [Span(0.0, 0.0), Span(1.0, 0.0), Span(0.0, 1e9), Span(float("nan"), 1.0)])
def test_spans_that_cannot_be_are_refused(sandbox: Sandbox, span: Span) -> None:
    with pytest.raises(InvalidRequest, match="cannot be read"):
        pieces_in(sandbox, wav(np.zeros(100, np.int16)), [span])


def test_reading_ends_when_it_is_cancelled(sandbox: Sandbox) -> None:
    cancel = CancelToken()
    spans = [Span(0.0, 0.5), *(Span(start_s, start_s + 300.0) for start_s in range(300, 36_000, 300))]
    with MediaFile.from_bytes(sound_factory.long_silence(36_000)) as media:
        pieces = read_sound(sandbox, media, MediaLimits(), spans, cancel=cancel)
        next(pieces)
        cancel.cancel()
        with pytest.raises(Cancelled):
            list(pieces)
