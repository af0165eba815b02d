"""Odd and hostile media, made in memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image

PORTRAIT_PX = (48, 32)
"""Width and height of the pictures made here."""


def picture(mode: str = "RGB") -> Image.Image:
    """A small smooth picture with a red top left corner, so that rotations show."""
    width, height = PORTRAIT_PX
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    pixels = np.stack([255 - (across + down) / 2, across, down], axis=-1).astype(np.uint8)
    return Image.fromarray(pixels).convert(mode)


def encode(image: Image.Image, file_format: str, **options: object) -> bytes:
    """`image` as the bytes of a file; options as in Pillow's `save`."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def jpeg(**options: object) -> bytes:
    """An ordinary JPEG."""
    return encode(picture(), "JPEG", quality=95, subsampling=0, **options)


def png(mode: str = "RGB") -> bytes:
    """An ordinary PNG."""
    return encode(picture(mode), "PNG")


def rotated(orientation: int, file_format: str = "JPEG") -> bytes:
    """The picture stored so that undoing the EXIF orientation (1 to 8) gives `picture()` again."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # shown turned to the right, so stored turned to the left
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = picture().transpose(undo[orientation]) if orientation in undo else picture()
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, object] = (
        {"lossless": True} if file_format == "WEBP" else {"quality": 95, "subsampling": "4:4:4"}
    )
    return encode(stored, file_format, exif=exif, **options)


def animated(file_format: str, frames: int = 3) -> bytes:
    """An animated GIF, WebP or PNG whose first frame is `picture()`."""
    others = [Image.new("RGB", PORTRAIT_PX, (0, 0, 80 * number)) for number in range(1, frames)]
    options: dict[str, object] = {"lossless": True} if file_format == "WEBP" else {}
    return encode(picture(), file_format, save_all=True, append_images=others, duration=100, **options)


def png_bomb(side_px: int = 30_000) -> bytes:
    """A valid PNG of side x side black pixels, about a thousandth of that in bytes."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (side_px + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(side_px)) + packer.flush()
    header = struct.pack(">IIBBBBB", side_px, side_px, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """One PNG chunk with its length and CRC."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_16_bit() -> bytes:
    """An RGB PNG of 16 bits a sample whose every value v is v * 257, so 8 bits lose nothing."""
    pixels = np.asarray(picture()).astype(">u2") * 257
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", *PORTRAIT_PX, 16, 2, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def cmyk_jpeg() -> bytes:
    """A JPEG in Adobe's inverted CMYK, as Photoshop and Pillow write it."""
    return encode(picture("CMYK"), "JPEG", quality=95, subsampling=0)


def truncated_jpeg(kept: float = 0.6) -> bytes:
    """A JPEG of noise that ends after `kept` of its bytes."""
    noise = np.random.default_rng(1).integers(0, 255, (256, 256, 3), dtype=np.uint8)
    whole = encode(Image.fromarray(noise), "JPEG", quality=90)
    return whole[: int(len(whole) * kept)]


def jpeg_and_zip() -> bytes:
    """A picture that every unzip tool opens as well."""
    buffer = io.BytesIO(jpeg())
    buffer.seek(0, io.SEEK_END)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("payload.exe", b"MZ")
    return buffer.getvalue()


def jpeg_and_html() -> bytes:
    """A picture with a web page in its first comment."""
    return jpeg(comment=b"<html><script>alert(1)</script></html>")


def jpeg_and_pdf() -> bytes:
    """A picture with a PDF header within the first kilobyte."""
    return jpeg(comment=b"%PDF-1.7\n1 0 obj<<>>endobj")


def motion_photo() -> bytes:
    """A JPEG with the start of an MP4 behind it, as phones write them; nothing hostile about it."""
    return jpeg() + b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(5_000)


def zeros(size_bytes: int) -> bytes:
    """Nothing but zeros."""
    return bytes(size_bytes)


def tiff_of_two_widths(width_px: int, claimed_px: int, first_type: int = 4) -> bytes:
    """A grey TIFF of two rows that gives its width twice; decoders take the first value, careless readers the second.

    Types of values are those of TIFF 6.0: 4 is LONG; 9 is SLONG, which decoders take and our own reader passes over.
    """
    pixels = bytes(2 * width_px)
    tags = [(0x100, width_px), (0x100, claimed_px), (0x101, 2), (0x102, 8), (0x103, 1), (0x106, 1)]
    strip_at = 8 + 2 + 12 * (len(tags) + 4) + 4
    tags += [(0x111, strip_at), (0x115, 1), (0x116, 2), (0x117, len(pixels))]
    types = [first_type, *[4] * (len(tags) - 1)]
    entries = b"".join(
        struct.pack("<HHII", tag, kind, 1, value) for (tag, value), kind in zip(tags, types, strict=True)
    )
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", 0) + pixels


def gif_and_javascript() -> bytes:
    """A picture whose width opens a comment that its last bytes close: `GIF89a/*...*/=alert(1)`."""
    whole = encode(picture(), "GIF")
    return whole[:6] + b"/*" + whole[8:] + b"*/=alert(1)"
