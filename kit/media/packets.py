"""A video's times, counted without decoding: every packet of the stream of pictures is read, none is decoded."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

from kit.errors import MediaTooLong, UndecodableMedia
from kit.media.facts import Array
from kit.media.limits import MediaLimits
from kit.media.reel import Reel, raise_if_out_of_memory

_UNEVEN_SHARE = 1 / 6
_TOLERATED_SHARE = 0.02
_MISSED_SHARE = 0.05


@dataclass(frozen=True, eq=False)
class Timetable:
    """When the pictures are shown.

    Attributes:
        times_s: float64 (N,), ascending, from the first picture; N at least 1.
        key_times_s: those of them that can be decoded on their own.
        duration_s: until the end of the last picture, more than 0.
        truncated: the container promises more.
    """

    times_s: Array
    key_times_s: Array
    duration_s: float
    truncated: bool

    @property
    def rate_fps(self) -> float:
        """Mean number of pictures a second."""
        return len(self.times_s) / self.duration_s

    def is_uneven(self, tick_s: float) -> bool:
        """Whether more than 2 % of the gaps differ from the usual one by over a sixth, and more than rounding to ticks."""
        if len(self.times_s) < 3:
            return False
        gaps_s = np.diff(self.times_s)
        usual_s = float(np.median(gaps_s))
        odd = np.abs(gaps_s - usual_s) > max(_UNEVEN_SHARE * usual_s, 1.5 * tick_s)
        return float(odd.mean()) > _TOLERATED_SHARE


def timetable(reel: Reel, limits: MediaLimits) -> Timetable:
    """Read all packets from the start. Raises MediaTooLong, UndecodableMedia if they make no sense."""
    stamps, keys, last_length = _stamps(reel, limits.max_video_frames)
    shown = np.sort(stamps[stamps >= reel.origin]) if (stamps >= reel.origin).any() else np.array([reel.origin])
    tick_s = reel.tick_s
    times_s = (shown - reel.origin) * tick_s
    duration_s = float(times_s[-1]) + _last_picture_s(reel, times_s, last_length * tick_s)
    if not duration_s > 0:  # worded so that NaN is refused
        raise UndecodableMedia("The video's time stamps claim that it has no length. Send the original file.")
    if duration_s > limits.max_video_s:
        raise MediaTooLong(
            f"The video's time stamps claim a length of {duration_s:.0f} s; the limit is {limits.max_video_s} s. "
            "Send a shorter part.",
            max_s=str(limits.max_video_s),
        )
    keys_s = (np.sort(keys[keys >= reel.origin]) - reel.origin) * tick_s
    key_times_s = keys_s if len(keys_s) else np.zeros(1)
    return Timetable(times_s, key_times_s, duration_s, _is_cut_off(reel, len(stamps), duration_s))


def _stamps(reel: Reel, max_frames: int) -> tuple[Array, Array, int]:
    """Time stamps of all pictures and of the key frames, in order of the file, and how long the last one is shown."""
    stamps: list[int] = []
    keys: list[int] = []
    length = 0
    reel.seek(0.0)
    try:
        for packet in itertools.islice(reel.container.demux(reel.stream), max_frames + 1):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is None:
                continue
            stamps.append(stamp)
            length = packet.duration or 0
            if packet.is_keyframe:
                keys.append(stamp)
    except av.FFmpegError as error:
        raise_if_out_of_memory(error)
    if len(stamps) > max_frames:
        raise MediaTooLong(
            f"The video has more than {max_frames} pictures. Send a shorter part.", max_frames=str(max_frames)
        )
    return np.array(stamps, np.int64), np.array(keys, np.int64), length


def _last_picture_s(reel: Reel, times_s: Array, stored_s: float) -> float:
    """How long the last picture is shown: as stored if that is plausible, else as the others, else as the header says."""
    if len(times_s) > 1:
        usual_s = float(np.median(np.diff(times_s)))
        return stored_s if usual_s / 2 < stored_s <= 10 * usual_s else max(usual_s, reel.tick_s)
    rate = reel.stream.average_rate or Fraction(25)
    return stored_s if stored_s > 0 else float(1 / rate)


def _is_cut_off(reel: Reel, packets: int, duration_s: float) -> bool:
    if reel.stream.frames:
        return packets < (1 - _MISSED_SHARE / 2) * reel.stream.frames
    promised_s = (reel.container.duration or 0) / av.time_base
    return duration_s < (1 - _MISSED_SHARE) * promised_s - 1.0
