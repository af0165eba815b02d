"""Lanes of sound: how loud it is over time, and at which frequencies."""

from __future__ import annotations

import cv2
import numpy as np

from gateway.report.drawing import INK, MUTED, PAPER, WIDTH, Bar, Drawing, Line, Mark, Raster, Words
from gateway.report.lanes import LEFT, axis
from gateway.report.wording import Wording
from gateway.report.words import seconds
from kit.errors import Internal
from telltale.av_sync.v1 import sound_pb2

_WAVE, _MEL = 44.0, 72.0
_MAX_COLUMNS = 660
_NOT_HEARD = 0


def sound_lanes(track: sound_pb2.Soundtrack, words: Wording) -> Drawing | None:
    """Loudness over time and the log-mel picture, one above the other; None when nothing was measured.

    The values are those that the listening service sent, so the lanes outlive the file.
    """
    duration_s, mel = seconds(track.duration), track.log_mel
    if duration_s <= 0 or not mel.columns or len(mel.values) != mel.columns * mel.bands:
        return None
    values = np.frombuffer(mel.values, np.uint8).reshape(mel.columns, mel.bands)  # (columns, bands), lowest first
    top = _WAVE + 6
    marks: list[Mark] = [
        Words(0, _WAVE / 2 + 3, words.say("loudness"), 8, INK),
        Bar(LEFT, 0, WIDTH - LEFT, _WAVE, PAPER),
        *_envelope(values),
        Words(0, top + _MEL / 2, words.say("frequencies"), 8, INK),
        Words(0, top + _MEL / 2 + 10, words.say("mel_scale"), 7, MUTED),
        Raster(LEFT, top, WIDTH - LEFT, _MEL, _mel_png(values)),
        *axis(duration_s, top + _MEL, words),
    ]
    return Drawing(WIDTH, top + _MEL + 16, marks)


def _envelope(values: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> list[Mark]:
    """Half-height bars about the middle, from the loudest band of each column; nothing where nobody listened."""
    columns = np.array_split(values.max(axis=1), min(_MAX_COLUMNS // 2, len(values)))
    width = (WIDTH - LEFT) / len(columns)
    marks: list[Mark] = [Line(((LEFT, _WAVE / 2), (WIDTH, _WAVE / 2)), MUTED, 0.4)]
    for number, part in enumerate(columns):
        loudest = int(part.max())
        if loudest != _NOT_HEARD:
            # 80 dB below the loudest cell is 1; the eye wants pressure rather than decibels.
            half = max(0.3, (_WAVE / 2 - 2) * 10 ** ((loudest - 255) / 255 * 80 / 40))
            marks.append(Bar(LEFT + number * width, _WAVE / 2 - half, max(0.4, width * 0.85), 2 * half, "#4a5a78"))
    return marks


def _mel_png(values: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> bytes:
    highest_first = np.ascontiguousarray(values.T[::-1])  # (bands, columns)
    size = (min(_MAX_COLUMNS, len(values)), values.shape[1])
    shown = np.asarray(cv2.resize(highest_first, size, interpolation=cv2.INTER_AREA), np.uint8)
    colours = cv2.applyColorMap(shown, cv2.COLORMAP_MAGMA)
    colours[shown == _NOT_HEARD] = (0xF7, 0xF5, 0xF4)
    encoded, png = cv2.imencode(".png", colours)
    if not encoded:
        raise Internal("the picture of the sound could not be written as PNG")
    return png.tobytes()
