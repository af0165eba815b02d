"""How long a sound track plays: its packets are counted, not decoded, because headers are often wrong."""

from __future__ import annotations

import itertools
import os
import time

import av

from kit.errors import MediaTooLong
from kit.media.limits import MediaLimits
from kit.media.reel import raise_if_out_of_memory
from kit.media.tape import Tape

_COUNT_CPU_S = 6.0
_PACKETS_AT_ONCE = 2_048
_MISSED_SHARE = 0.02
_MISSED_S = 0.2
_ID3_HEADER_BYTES = 10
_WAV_HEADER_BYTES = 12
_MOST_CHUNKS = 1_000
_UNKNOWN_BYTES = 0xFFFFF000
_FIRST_FRAME_BYTES = 1_500


def length_of(tape: Tape, limits: MediaLimits) -> tuple[float, bool]:
    """When the last packet ends, in seconds from zero, and whether the container promises more.

    Where counting takes too long, what the container promises is taken for the rest. Raises MediaTooLong.
    """
    counted_s, complete = _counted(tape)
    promised_s = _promised_s(tape)
    duration_s = counted_s if complete else max(counted_s, promised_s)
    if duration_s > limits.max_audio_s:
        raise MediaTooLong(
            f"The sound's time stamps claim a length of {duration_s:.0f} s; the limit is {limits.max_audio_s} s. "
            "Send a shorter part.",
            max_s=str(limits.max_audio_s),
        )
    shortened = duration_s < (1 - _MISSED_SHARE) * promised_s - _MISSED_S
    return duration_s, shortened and not _is_length_of_pictures(tape)


def is_cut_off(descriptor: int, mime_type: str, shortened: bool) -> bool:
    """Whether the file holds less than its header promises; `shortened` is what `length_of` says of it.

    Bare MP3 and AAC promise nothing, what FFmpeg tells of them is a guess from the bit rate; of WAV it tells what is there.
    """
    if mime_type == "audio/aac":
        return False
    if mime_type == "audio/wav":
        return _lacks_wav_data(descriptor)
    return shortened and (mime_type != "audio/mpeg" or _has_mp3_length(descriptor))


def _has_mp3_length(descriptor: int) -> bool:
    head = os.pread(descriptor, _ID3_HEADER_BYTES, 0)
    at = _ID3_HEADER_BYTES + _syncsafe(head[6:10]) if head[:3] == b"ID3" else 0
    first = os.pread(descriptor, _FIRST_FRAME_BYTES, at)
    return any(tag in first for tag in (b"Xing", b"Info", b"VBRI"))


def _lacks_wav_data(descriptor: int) -> bool:
    """Whether the chunk "data" reaches beyond the file. Its length is unknown where the writer could not go back."""
    size_bytes = os.fstat(descriptor).st_size
    at, chunks = _WAV_HEADER_BYTES, 0
    while at + 8 <= size_bytes and chunks < _MOST_CHUNKS:
        head = os.pread(descriptor, 8, at)
        length = int.from_bytes(head[4:], "little")
        if head[:4] == b"data":
            return length < _UNKNOWN_BYTES and at + 8 + length > size_bytes
        at, chunks = at + 8 + length + length % 2, chunks + 1
    return False


def _syncsafe(digits: bytes) -> int:
    """Seven bits a byte (ID3v2.4, 6.2)."""
    return sum((digit & 0x7F) << 7 * place for place, digit in enumerate(reversed(digits)))


def _counted(tape: Tape) -> tuple[float, bool]:
    end_s = tape.first_s - tape.zero_s
    if not tape.rewind():
        return end_s, False
    packets = tape.container.demux(tape.stream)
    slow_at_s = time.process_time() + _COUNT_CPU_S
    try:
        while batch := [
            (packet.pts, packet.duration or 0) for packet in itertools.islice(packets, _PACKETS_AT_ONCE) if packet.size
        ]:
            for stamp, ticks in batch:
                end_s = max(end_s, end_s + ticks * tape.tick_s if stamp is None else tape.time_s(stamp + ticks))
            if time.process_time() > slow_at_s:
                return end_s, False
    except av.FFmpegError as error:
        raise_if_out_of_memory(error)
    return end_s, True


def _is_length_of_pictures(tape: Tape) -> bool:
    """Matroska stores one length for all streams."""
    return bool(tape.container.streams.video) and "matroska" in tape.container.format.name


def _promised_s(tape: Tape) -> float:
    """The end by the container's word, from zero."""
    stored = tape.stream.duration
    length_s = stored * tape.tick_s if stored else (tape.container.duration or 0) / av.time_base
    return min(length_s, 1e9) + tape.first_s - tape.zero_s
