"""Going through a video from one wanted moment to the next: decoding on, or jumping to a nearer key frame."""

from __future__ import annotations

from collections.abc import Iterator

from kit.media.reel import Picture, Reel

_EXACT_S = 0.002  # time stamps of Matroska are rounded to a millisecond
_BLIND_JUMP_S = 4.0  # without an index, jumping less far ahead would cost more than decoding on
_LAST_PICTURE_HOLDS_S = 1.0
_MOST_DELAY_S = 1.0
_STEPS_BACK_S = (0.0, 1.0, 6.0)


class Walk:
    """Finds the pictures nearest to moments that are asked for in ascending order."""

    def __init__(self, reel: Reel) -> None:
        self._reel = reel
        self._pictures: Iterator[Picture] = iter(())
        self._behind: Picture | None = None
        self._ahead: Picture | None = None
        self._started = False

    def nearest(self, wanted_s: float) -> Picture | None:
        """The picture whose time is nearest to `wanted_s`. None if there is none, or the video ended a second earlier."""
        if not self._started or self._should_jump(wanted_s):
            self._jump(wanted_s)
        while self._ahead is not None and self._ahead.time_s < wanted_s:
            self._step()
        if self._ahead is None and self._behind and wanted_s > self._behind.time_s + _LAST_PICTURE_HOLDS_S:
            return None
        around = [picture for picture in (self._behind, self._ahead) if picture is not None]
        return min(around, key=lambda picture: abs(picture.time_s - wanted_s)) if around else None

    def _step(self) -> None:
        self._behind = self._ahead or self._behind
        reached_s = self._behind.time_s if self._behind else float("-inf")
        self._ahead = next((picture for picture in self._pictures if picture.time_s > reached_s), None)

    def _should_jump(self, wanted_s: float) -> bool:
        """Whether a key frame lies between here and there."""
        here = self._ahead or self._behind
        here_s = here.time_s if here else 0.0
        if wanted_s <= here_s + _EXACT_S:
            return False
        key_s = self._key_frame_before_s(wanted_s)
        if key_s is None:
            return wanted_s > here_s + _BLIND_JUMP_S
        return key_s > here_s + _EXACT_S

    def _key_frame_before_s(self, wanted_s: float) -> float | None:
        """Time of the last key frame before `wanted_s` by the container's index. None without an index."""
        entries = self._reel.stream.index_entries
        delay_s = self._index_delay_s()
        found = entries.search_timestamp(self._reel.stamp(wanted_s + _EXACT_S - delay_s))
        return self._reel.time_s(entries[found].timestamp) + delay_s if found >= 0 else None

    def _index_delay_s(self) -> float:
        """How much earlier than the times of showing an index counts: MP4's holds the times of decoding."""
        entries = self._reel.stream.index_entries
        return min(_MOST_DELAY_S, max(0.0, -self._reel.time_s(entries[0].timestamp))) if len(entries) else 0.0

    def _jump(self, wanted_s: float) -> None:
        self._started = True
        for step_back_s in _STEPS_BACK_S:  # not every container's index leads to a picture before the one asked for
            self._seek(max(0.0, wanted_s + _EXACT_S - step_back_s))
            if self._ahead is not None and self._ahead.time_s <= wanted_s + _EXACT_S:
                return
        self._seek(0.0)

    def _seek(self, time_s: float) -> None:
        self._behind = None
        self._pictures = self._reel.pictures_from(time_s)
        self._ahead = next(self._pictures, None)
