"""Reads a prediction log: folders named by days, in them segments that are written once and never changed.

A line that is half written, or none of ours, is counted and left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kit.clock import Clock
from kit.errors import InvalidRequest, StorageUnavailable
from kit.files.opening import Files, open_files
from kit.predictions import Prediction, from_line

_SEGMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}/[^/]+\.jsonl")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Lines:
    """The predictions of some segments, by time, and how many lines were none."""

    predictions: Sequence[Prediction]
    foreign: int


@dataclass(frozen=True)
class Look:
    """The newest predictions of each medium, by time, and how many lines near them were none."""

    windows: Mapping[str, Sequence[Prediction]]
    foreign: int


class Log:
    """The end of a prediction log. Keeps what is in its windows and nothing else, so memory does not grow."""

    def __init__(self, files: Files, clock: Clock, window: int, window_h: float) -> None:
        self._files = files
        self._clock = clock
        self._window = window
        self._age = timedelta(hours=window_h)
        self._segments: Mapping[str, Lines] = {}

    def look(self) -> Look:
        """At most `window` predictions of each medium, none older than `window_h`. Raises StorageUnavailable."""
        now = self._clock.now()
        with _faults(self._files):
            keys = [key for day in _days(now - self._age, now) for key in self._files.names(day)]
        segments = {key: self._segments.get(key) or _read(self._files, key) for key in keys if _SEGMENT.fullmatch(key)}
        windows = newest(segments.values(), (now - self._age).timestamp(), self._window)
        kept = {id(own) for window in windows.values() for own in window}
        self._segments = {key: _only(lines, kept) for key, lines in segments.items()}
        return Look(windows, sum(lines.foreign for lines in segments.values()))


def open_log(url: str) -> Files:
    """The folder of a prediction log. Raises InvalidSettings."""
    return open_files(url, "prediction log")


def read_all(files: Files) -> Lines:
    """All of a log. Raises StorageUnavailable."""
    with _faults(files):
        keys = [key for key in files.names("") if _SEGMENT.fullmatch(key)]
    segments = [_read(files, key) for key in sorted(keys)]
    predictions = [own for segment in segments for own in segment.predictions]
    return Lines(_by_time(predictions), sum(segment.foreign for segment in segments))


@contextmanager
def _faults(files: Files) -> Iterator[None]:
    try:
        yield
    except files.faults as error:
        raise StorageUnavailable(
            f"the prediction log cannot be read: {error}. Look whether its place is reachable"
        ) from error


def _days(first: datetime, last: datetime) -> list[str]:
    """Names of the folders, and of one more: the clock of who writes may be ahead."""
    return [(first + number * _DAY).date().isoformat() for number in range((last.date() - first.date()).days + 2)]


def _read(files: Files, key: str) -> Lines:
    """A segment; nothing where it was deleted meanwhile."""
    with _faults(files):
        try:
            with files.open(key) as file:
                content = file.read()
        except FileNotFoundError:
            return Lines((), 0)
    return _lines(content)


def _lines(content: bytes) -> Lines:
    predictions, foreign = [], 0
    for line in content.decode(errors="replace").splitlines():
        try:
            predictions.append(from_line(line))
        except InvalidRequest:
            foreign += 1
    return Lines(predictions, foreign)


def newest(segments: Iterable[Lines], since_s: float, most: int) -> Mapping[str, Sequence[Prediction]]:
    """At most so many predictions of each medium, by time, none older than `since_s` (since 1970) or partly recalled."""
    found: dict[str, list[Prediction]] = defaultdict(list)
    for segment in segments:
        for own in segment.predictions:
            if own.time_s >= since_s and not own.recalled:
                found[own.medium].append(own)
    return {medium: _by_time(own)[-most:] for medium, own in sorted(found.items())}


def _only(lines: Lines, kept: set[int]) -> Lines:
    return Lines([own for own in lines.predictions if id(own) in kept], lines.foreign)


def _by_time(predictions: Iterable[Prediction]) -> list[Prediction]:
    return sorted(predictions, key=lambda own: own.time_s)
