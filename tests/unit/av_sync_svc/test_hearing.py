from __future__ import annotations

import numpy as np
import pytest

from av_sync_svc.hearing import Hearing, OnePieceAtATime, listen
from kit.errors import Cancelled
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.spans import Span
from telltale.common.v1 import media_pb2
from tests.support.av_sync import FakeSoundReader, TalkingAllTheTime, a_hearing, a_piece

MEDIA = MediaFile.from_bytes(b"x")
HOUR_S = 3600.0


def heard(reader: FakeSoundReader, depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_STANDARD) -> Hearing:
    cancel = CancelToken()
    listening = listen(reader, TalkingAllTheTime(), MEDIA, depth, cancel)
    assert listening is not None
    assert list(listening.shares(cancel))
    return listening.hearing(cancel)


def test_a_short_recording_is_heard_whole() -> None:
    hearing = heard(FakeSoundReader(20.0))
    assert [(piece.start_s, piece.end_s) for piece in hearing.pieces] == [(0, 20)]
    assert hearing.examined == hearing.speech == (Span(0, 20),)
    assert hearing.speech_s == 20


def test_without_a_sound_track_there_is_nothing_to_hear() -> None:
    assert listen(FakeSoundReader(None), TalkingAllTheTime(), MEDIA, media_pb2.DEPTH_QUICK, CancelToken()) is None


def test_five_minutes_are_decoded_once_and_kept() -> None:
    reader = FakeSoundReader(HOUR_S)
    hearing = heard(reader)
    assert sum(piece.duration_s for piece in (*hearing.pieces, *hearing.pieces)) == pytest.approx(600)
    assert len(reader.asked) == len(hearing.pieces) == 10


def test_of_an_hour_one_piece_at_a_time_is_kept() -> None:
    reader = FakeSoundReader(HOUR_S)
    hearing = heard(reader, media_pb2.DEPTH_THOROUGH)
    assert isinstance(hearing.pieces, OnePieceAtATime)
    first, second = hearing.pieces[0], hearing.pieces[1]
    assert hearing.pieces[1] is second
    assert hearing.pieces[0] is not first
    np.testing.assert_array_equal(hearing.pieces[0].samples, first.samples)


def test_pieces_of_an_hour_come_in_order_as_often_as_they_are_wanted() -> None:
    hearing = heard(FakeSoundReader(HOUR_S), media_pb2.DEPTH_THOROUGH)
    for _ in range(2):
        assert [piece.start_s for piece in hearing.pieces] == [span.start_s for span in hearing.examined]
    assert [piece.start_s for piece in hearing.pieces[-2:]] == [3000, 3300]
    assert hearing.pieces[-1].end_s == pytest.approx(HOUR_S)


def test_what_a_damaged_file_does_not_give_is_not_examined() -> None:
    hearing = heard(FakeSoundReader(HOUR_S, silent_from_s=900), media_pb2.DEPTH_THOROUGH)
    assert [span.end_s for span in hearing.examined] == [300, 600, 900]
    assert len(list(hearing.pieces)) == 3


def test_a_cancelled_call_looks_for_speech_in_no_other_piece() -> None:
    finder = TalkingAllTheTime()
    cancel = CancelToken()
    reader = FakeSoundReader(HOUR_S)
    reader.before_piece = lambda number: cancel.cancel() if number == 3 else None
    listening = listen(reader, finder, MEDIA, media_pb2.DEPTH_STANDARD, cancel)
    assert listening is not None
    with pytest.raises(Cancelled):
        list(listening.shares(cancel))
    assert len(finder.heard) == 3


def test_of_an_hour_progress_is_told_after_every_piece() -> None:
    cancel = CancelToken()
    listening = listen(FakeSoundReader(HOUR_S), TalkingAllTheTime(), MEDIA, media_pb2.DEPTH_THOROUGH, cancel)
    assert listening is not None
    assert list(listening.shares(cancel)) == pytest.approx([number / 12 for number in range(1, 13)])


@pytest.mark.parametrize(("moment_s", "share"), [(0, 0), (2.5, 0.25), (50, 0.5), (105, 1), (400, 1)])
def test_the_share_before_a_moment_counts_what_was_listened_to(moment_s: float, share: float) -> None:
    hearing = a_hearing(200, pieces=[a_piece(5, 0), a_piece(5, 100)])
    assert hearing.share_before(moment_s) == pytest.approx(share)
