"""What there is to hear in one piece of media: decoded, and where in it somebody speaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, overload

from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.sound import SoundFacts, SoundPiece, measure_sound, read_sound
from kit.media.sound_sampling import sound_spans_of
from kit.media.spans import Span
from telltale.common.v1 import media_pb2

RATE_HZ: Final = 16_000
"""Samples a second of all pieces."""
_HELD_S: Final = 330.0
"""Longest sound that is kept in memory (21 MB); of a longer one a piece at a time is."""


class SoundReader(Protocol):
    """Turns a file into sound."""

    def measure(self, media: MediaFile, cancel: CancelToken) -> SoundFacts | None:
        """What there is; None where there is no sound. Raises UndecodableMedia, DecoderStopped, Cancelled."""
        ...

    def read(self, media: MediaFile, spans: Sequence[Span], cancel: CancelToken) -> Iterator[SoundPiece]:
        """The samples of some stretches, RATE_HZ a second, in order of time. Raises the same."""
        ...


class SpeechFinder(Protocol):
    """Tells speech from other sound."""

    def find(self, piece: SoundPiece, cancel: CancelToken) -> list[Span]:
        """Where somebody speaks, in order of time, in seconds from the beginning of the media. Raises Cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class SandboxSoundReader:
    """Reads in the sandbox, under limits."""

    sandbox: Sandbox
    limits: MediaLimits

    def measure(self, media: MediaFile, cancel: CancelToken) -> SoundFacts | None:
        """From the container and its packets."""
        return measure_sound(self.sandbox, media, self.limits, cancel=cancel)

    def read(self, media: MediaFile, spans: Sequence[Span], cancel: CancelToken) -> Iterator[SoundPiece]:
        """Mono, resampled."""
        return read_sound(self.sandbox, media, self.limits, spans, rate_hz=RATE_HZ, cancel=cancel)


@dataclass(frozen=True, eq=False)
class Hearing:
    """The sound of one piece of media, as far as it was listened to."""

    facts: SoundFacts
    pieces: Sequence[SoundPiece]
    """At RATE_HZ, in order of time, without overlap, at least one. Of a long recording each look at one decodes it again."""
    speech: tuple[Span, ...]
    """Where somebody speaks, in order of time, without overlap."""
    examined: tuple[Span, ...]
    """Where the pieces lie."""

    @property
    def speech_s(self) -> float:
        """Seconds of speech."""
        return sum(span.length_s for span in self.speech)

    def share_before(self, moment_s: float) -> float:
        """Share of what was listened to, [0, 1], that lies before a moment."""
        whole_s = sum(span.length_s for span in self.examined)
        before_s = sum(max(0.0, min(span.end_s, moment_s) - span.start_s) for span in self.examined)
        return min(1.0, before_s / whole_s) if before_s else 0.0


class OnePieceAtATime(Sequence[SoundPiece]):
    """The pieces of a long recording: an hour would take 230 MB, and every test goes through it from beginning to end."""

    def __init__(self, reader: SoundReader, media: MediaFile, spans: Sequence[Span], cancel: CancelToken) -> None:
        self._reader = reader
        self._media = media
        self._spans = spans
        self._cancel = cancel
        self._held: dict[int, SoundPiece] = {}

    def __len__(self) -> int:
        return len(self._spans)

    @overload
    def __getitem__(self, index: int) -> SoundPiece: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[SoundPiece]: ...

    def __getitem__(self, index: int | slice) -> SoundPiece | Sequence[SoundPiece]:
        if isinstance(index, slice):
            return OnePieceAtATime(self._reader, self._media, self._spans[index], self._cancel)
        number = range(len(self))[index]
        if number not in self._held:
            self._held.clear()
            self._held[number] = next(self._reader.read(self._media, [self._spans[number]], self._cancel))
        return self._held[number]


class Listening:
    """One listening to one file: first iterate over `shares`, then ask for `hearing`. Of one thread."""

    def __init__(
        self, reader: SoundReader, finder: SpeechFinder, media: MediaFile, facts: SoundFacts, spans: Sequence[Span]
    ) -> None:
        self._reader = reader
        self._finder = finder
        self._media = media
        self._facts = facts
        self._spans = spans
        self._pieces: list[SoundPiece] = []
        self._examined: list[Span] = []
        self._speech: list[Span] = []

    def shares(self, cancel: CancelToken) -> Iterator[float]:
        """The share, [0, 1], of what is to be listened to that is over, after every piece. Raises what the reader raises."""
        whole_s = self._spans[-1].end_s
        for piece in self._reader.read(self._media, self._spans, cancel):
            self._pieces += [piece] if self._held else []
            self._examined.append(Span(piece.start_s, piece.end_s))
            self._speech += self._finder.find(piece, cancel)
            yield min(1.0, piece.end_s / whole_s)

    def hearing(self, cancel: CancelToken) -> Hearing:
        """What there is to hear. `cancel` also stops a later look at a long recording, which decodes it again."""
        reached = _reached(self._spans, self._examined)
        again = OnePieceAtATime(self._reader, self._media, reached, cancel)
        pieces = tuple(self._pieces) if self._held else again
        return Hearing(self._facts, pieces, tuple(self._speech), tuple(self._examined))

    @property
    def _held(self) -> bool:
        return sum(span.length_s for span in self._spans) <= _HELD_S


def listen(
    reader: SoundReader,
    finder: SpeechFinder,
    media: MediaFile,
    depth: media_pb2.Depth.ValueType,
    cancel: CancelToken,
) -> Listening | None:
    """Gets ready to listen to a file as far as its depth says; None where there is no sound. Raises what the reader raises."""
    facts = reader.measure(media, cancel)
    if facts is None:
        return None
    return Listening(reader, finder, media, facts, sound_spans_of(facts.duration_s, depth))


def _reached(spans: Sequence[Span], examined: Sequence[Span]) -> list[Span]:
    """The spans that were asked for and gave a piece: where the file is damaged, or ends early, there is none."""
    return [span for span in spans if any(span.start_s <= piece.start_s < span.end_s for piece in examined)]
