"""Small files that claim, or unpack to, far more than they are."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping

import av
import numpy as np

from kit.errors import DecoderStopped, MediaTooLong, TelltaleError, TooManyPixels, UndecodableMedia
from tests.support import media_factory, sound_factory, video_factory
from tests.support.container_factory import box
from tests.support.media_factory import encode, picture, png_chunk
from tests.support.sound_factory import clicks
from tests.support.video_factory import Recipe, steady

MANY = 20_000
Refusals = tuple[type[TelltaleError], ...]


def png_with_text(size_bytes: int = 2**28) -> bytes:
    """A PNG with a comment that unpacks to more than its decoder may have."""
    packer = zlib.compressobj(9)
    block = bytes(2**20)
    packed = b"".join(packer.compress(block) for _ in range(size_bytes // len(block))) + packer.flush()
    whole = media_factory.png()
    return whole[:33] + png_chunk(b"zTXt", b"Comment\0\0" + packed) + whole[33:]


def png_with_profile() -> bytes:
    """A PNG with a colour profile that unpacks to more than its decoder may have."""
    return png_with_text().replace(b"zTXtComment", b"iCCPComment")


def apng_that_claims(frames: int) -> bytes:
    """A PNG of one picture that calls itself an animation."""
    whole = media_factory.png()
    return whole[:33] + png_chunk(b"acTL", struct.pack(">II", frames, 0)) + whole[33:]


def gif_of_many(frames: int = MANY) -> bytes:
    """A GIF of pictures of one pixel."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6) + frame * frames + b"\x3b"


def gif_beyond_its_screen() -> bytes:
    """A GIF of one pixel whose picture is as large as it can be."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6) + frame + b"\x3b"


def webp(*chunks: bytes) -> bytes:
    """A WebP of these chunks."""
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def webp_of_many(frames: int = MANY) -> bytes:
    """A WebP that lists thousands of pictures."""
    still = encode(picture(), "WEBP", lossless=True)[12:]
    canvas = _chunk(b"VP8X", b"\x02\0\0\0" + (47).to_bytes(3, "little") + (31).to_bytes(3, "little"))
    place = bytes(6) + (47).to_bytes(3, "little") + (31).to_bytes(3, "little") + b"\x64\0\0\0"
    return webp(canvas, _chunk(b"ANIM", bytes(6)), *([_chunk(b"ANMF", place + still)] * frames))


def webp_with_canvas(side_px: int, inner: bytes) -> bytes:
    """A WebP whose canvas is not that of its picture."""
    side = (side_px - 1).to_bytes(3, "little")
    return webp(_chunk(b"VP8X", bytes(4) + side + side), inner)


def webp_that_is_larger_inside() -> bytes:
    """A canvas of 16 pixels around a picture that claims 16,384 a side."""
    return webp_with_canvas(16, _chunk(b"VP8L", b"\x2f\xff\xff\xff\x0f" + bytes(40)))


def avif_that_is_larger_inside() -> bytes:
    """An AVIF that calls itself smaller than what is coded in it."""
    whole = encode(picture(), "AVIF")
    return whole.replace(struct.pack(">II", *media_factory.PORTRAIT_PX), struct.pack(">II", 8, 8))


def nested_boxes(depth: int = 100_000) -> bytes:
    """An MP4 whose boxes hold boxes that hold boxes."""
    sizes = (struct.pack(">I", 8 * (depth - level)) + b"moov" for level in range(depth))
    return box("ftyp", b"mp42", bytes(4), b"mp42isom") + b"".join(sizes)


def nested_elements(depth: int = 50_000) -> bytes:
    """A Matroska file whose elements hold elements of the same kind."""
    head = bytes.fromhex("1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b61") + bytes(5)
    return head + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + (b"\x12\x54\xc3\x67\x01" + b"\xff" * 7) * depth


def mp4_that_claims(kind: bytes, at: int, value: int) -> bytes:
    """A short MP4 with a number of one of its boxes changed."""
    whole = bytearray(video_factory.video(Recipe(steady(10, 25))))
    where = whole.index(kind) + 4 + at
    whole[where : where + 4] = struct.pack(">I", value)
    return bytes(whole)


def video_of_many(frames: int = 5_000) -> bytes:
    """A WebM of thousands of pictures of 16 pixels, some of each second's for a few bytes."""
    file = io.BytesIO()
    with av.open(file, mode="w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=1_000, options={"deadline": "realtime", "cpu-used": "8"})
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
        for number in range(frames):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def mp3_that_claims(frames: int) -> bytes:
    """An MP3 of a second whose header counts as many frames as it likes."""
    whole = bytearray(sound_factory.recording("mp3", clicks([0.1], 1.0)))
    at = next(whole.index(tag) for tag in (b"Xing", b"Info") if tag in whole)
    whole[at : at + 12] = b"Xing" + struct.pack(">II", 1, frames)
    return bytes(whole)


def ogg_that_ends_at(granule: int) -> bytes:
    """An Ogg whose last page says that it ends at some sample."""
    whole = bytearray(sound_factory.recording("opus", clicks([0.1], 0.5)))
    at = whole.rindex(b"OggS") + 6
    whole[at : at + 8] = struct.pack("<Q", granule)
    return bytes(whole)


def flac_that_claims(samples: int) -> bytes:
    """A FLAC whose header counts as many samples as it likes."""
    whole = bytearray(sound_factory.recording("flac", clicks([0.1], 0.5)))
    packed = int.from_bytes(whole[18:26], "big") >> 36 << 36 | samples
    whole[18:26] = packed.to_bytes(8, "big")
    return bytes(whole)


BOMBS: Mapping[str, tuple[Callable[[], bytes], Refusals]] = {
    "png of a thousand times its bytes": (media_factory.png_bomb, (TooManyPixels,)),
    "png with much text": (png_with_text, ()),
    "png with a large profile": (png_with_profile, ()),
    "apng that claims many": (lambda: apng_that_claims(2**32 - 1), (MediaTooLong,)),
    "gif of many": (gif_of_many, (MediaTooLong,)),
    "gif beyond its screen": (gif_beyond_its_screen, (UndecodableMedia, DecoderStopped, TooManyPixels)),
    "webp of many": (webp_of_many, (MediaTooLong,)),
    "webp of a large canvas": (lambda: webp_with_canvas(16_384, encode(picture(), "WEBP")[12:]), (TooManyPixels,)),
    "webp larger inside": (webp_that_is_larger_inside, (UndecodableMedia, DecoderStopped, TooManyPixels)),
    "avif larger inside": (avif_that_is_larger_inside, ()),
    "mp4 of nested boxes": (nested_boxes, (UndecodableMedia,)),
    "matroska of nested elements": (nested_elements, (UndecodableMedia,)),
    "mp4 of many samples": (lambda: mp4_that_claims(b"stts", 8, 2**31 - 1), ()),
    "mp4 of many sizes": (lambda: mp4_that_claims(b"stsz", 8, 2**31 - 1), (UndecodableMedia, MediaTooLong)),
    "mp4 of many times": (lambda: mp4_that_claims(b"stts", 4, 2**31 - 1), (DecoderStopped, UndecodableMedia)),
    "mp4 of slow pictures": (lambda: mp4_that_claims(b"stts", 12, 2**31 - 1), (MediaTooLong,)),
    "mp4 of many edits": (lambda: mp4_that_claims(b"elst", 4, 2**31 - 1), ()),
    "mp3 that claims a year": (lambda: mp3_that_claims(2**30), ()),
    "ogg that ends in a million years": (lambda: ogg_that_ends_at(2**60), (MediaTooLong, UndecodableMedia)),
    "flac that claims a month": (lambda: flac_that_claims(2**36 - 1), ()),
    "wav that claims four gigabytes": (
        lambda: sound_factory.wav(np.zeros(8_000, np.int16), 8_000, claimed_bytes=2**32 - 100),
        (),
    ),
}
"""How to make each, and what may be said against it; nothing where it is as harmless as it is small."""
