"""Opening a video inside the sandbox (PyAV, FFmpeg), with as little of FFmpeg as it takes."""

from __future__ import annotations

import os
from fractions import Fraction

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from kit.errors import TooManyPixels, UndecodableMedia
from kit.media.facts import SOUND_ONLY
from kit.media.limits import MediaLimits
from kit.media.reel import Reel, decoded, raise_if_out_of_memory, stamp_of

FORMATS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/x-msvideo": "avi",
}
"""The demuxer is named: none of the hundred others, some of which open further files, ever sees the bytes."""

_CODECS = (
    "h264,hevc,vp8,vp9,libdav1d,av1,mpeg4,msmpeg4v1,msmpeg4v2,msmpeg4v3,h263,h263p,mpeg1video,mpeg2video,flv,wmv1,wmv2,"
    "wmv3,mjpeg,prores,dnxhd,dvvideo,ffv1,huffyuv,ffvhuff,utvideo,rawvideo,png,theora,svq3,cinepak"
)
"""Decoders that may run; the rest of FFmpeg's are older, rarer and less looked after."""

READ_BYTES = 256 * 2**10


class DescriptorFile:
    """A descriptor as the file-like object that PyAV reads."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._at = 0
        self._size = os.fstat(descriptor).st_size

    def read(self, size: int) -> bytes:
        """Up to `size` bytes from where it stands."""
        data = os.pread(self._descriptor, size, self._at)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to `offset`, as in `io`."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Where it stands."""
        return self._at


def open_reel(descriptor: int, mime_type: str, limits: MediaLimits) -> Reel:
    """Open a video and decode its first picture. Raises UndecodableMedia, TooManyPixels."""
    container = _opened(descriptor, mime_type)
    stream = _video_stream(container, mime_type, limits)
    first = next(decoded(container, stream), None)
    if first is None:
        raise UndecodableMedia(
            f"The {mime_type} container promises pictures but none can be decoded: it is cut off or damaged. "
            "Send the original file.",
            codec=stream.codec_context.name,
        )
    refuse_size(first.width, first.height, limits)
    return Reel(
        container=container,
        stream=stream,
        tick_s=float(stream.time_base or Fraction(1, av.time_base)),
        origin=stamp_of(first),
        stored_px=(first.width, first.height),
        rotation_deg=round(first.rotation / 90) % 4 * 90,
    )


def refuse_size(width_px: int, height_px: int, limits: MediaLimits) -> None:
    """Raise TooManyPixels where a frame is above the limits of videos."""
    if width_px * height_px > limits.max_video_pixels or max(width_px, height_px) > limits.max_side_px:
        raise TooManyPixels(
            f"The video has {width_px} x {height_px} px; the limit is {limits.max_video_pixels} px in all. "
            "Send a smaller version.",
            width_px=str(width_px),
            height_px=str(height_px),
        )


def _opened(descriptor: int, mime_type: str) -> InputContainer:
    if mime_type not in FORMATS:
        raise UndecodableMedia(f"{mime_type} is no video. Send one.", mime_type=mime_type)
    try:
        return av.open(
            DescriptorFile(descriptor),
            mode="r",
            format=FORMATS[mime_type],
            container_options={"codec_whitelist": _CODECS},
            metadata_errors="replace",
            buffer_size=READ_BYTES,
        )
    except av.FFmpegError as error:
        raise_if_out_of_memory(error)
        raise _unopened(descriptor, mime_type) from error


def _unopened(descriptor: int, mime_type: str) -> UndecodableMedia:
    size_bytes = os.fstat(descriptor).st_size
    if FORMATS[mime_type] == "mov" and not _has_index(descriptor, size_bytes):
        return UndecodableMedia(
            f"The {mime_type} file is cut off: it ends after {size_bytes} bytes, before the index (moov) without which "
            "nothing in it can be found. Send it again, whole.",
            mime_type=mime_type,
            truncated="true",
        )
    return UndecodableMedia(
        f"The {mime_type} container cannot be read: it is cut off or damaged. Send the original file.",
        mime_type=mime_type,
    )


def _has_index(descriptor: int, size_bytes: int) -> bool:
    """Whether a whole box "moov" is among the file's outermost (ISO/IEC 14496-12, 4.2)."""
    at, boxes = 0, 0
    while at + 8 <= size_bytes and boxes < 1_000:
        head = os.pread(descriptor, 16, at)
        length = int.from_bytes(head[:4], "big")
        length = {0: size_bytes - at, 1: int.from_bytes(head[8:16], "big")}.get(length, length)
        if length < 8 or (head[4:8] == b"moov"):
            return head[4:8] == b"moov" and at + length <= size_bytes
        at, boxes = at + length, boxes + 1
    return False


def _video_stream(container: InputContainer, mime_type: str, limits: MediaLimits) -> VideoStream:
    """The stream of pictures that players choose; a cover picture beside sound is none."""
    streams = [stream for stream in container.streams.video if not is_cover(stream)]
    if not streams:
        raise _no_pictures(container, mime_type)
    stream = max(streams, key=_preference)
    if stream.codec_context is None or stream.codec_context.name not in _CODECS.split(","):
        codec = stream.codec_context.name if stream.codec_context else "unknown"
        raise UndecodableMedia(
            f"Video coded as {codec!r} cannot be decoded here. Convert it to H.264 without editing it.", codec=codec
        )
    refuse_size(stream.codec_context.width, stream.codec_context.height, limits)
    stream.codec_context.thread_count = 1
    stream.codec_context.thread_type = "NONE"
    # For what comes later in the stream; decoders count the margins of their blocks as well.
    stream.codec_context.options = {"max_pixels": str(2 * limits.max_video_pixels)}
    for other in container.streams:
        other.discard = av.stream.Discard.default if other is stream else av.stream.Discard.all
    return stream


def _no_pictures(container: InputContainer, mime_type: str) -> UndecodableMedia:
    if container.streams.audio:
        return UndecodableMedia(
            f"The {mime_type} file holds sound only, no pictures. Send a video.", mime_type=mime_type, holds=SOUND_ONLY
        )
    return UndecodableMedia(
        f"The {mime_type} file holds neither pictures nor sound. Send a video.", mime_type=mime_type
    )


def is_cover(stream: VideoStream) -> bool:
    """Whether it is a picture that goes with sound."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _preference(stream: VideoStream) -> tuple[bool, int]:
    context = stream.codec_context
    return bool(stream.disposition & av.stream.Disposition.default), context.width * context.height if context else 0
