"""ISO base media files: MP4, MOV, M4A, 3GP (ISO/IEC 14496-12 and QuickTime File Format).

The order of boxes, brands, handler names and private boxes differ by who wrote a file (Gloe, Fischer, Kirchner 2014, "Forensic
analysis of video file formats"; Iuliano et al. 2018, "A video forensic framework for the unsupervised analysis of MP4-like file
container").
"""

from __future__ import annotations

from metadata_svc.reading.containers import iso_tags, iso_track
from metadata_svc.reading.containers.boxes import Box, boxes, children
from metadata_svc.reading.containers.found import FIRST_SAMPLES_BYTES, MAX_TRACKS, Found, encoder_in
from metadata_svc.reading.text import clean
from metadata_svc.reading.window import Window

_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_MAX_XMP_BYTES = 1 << 20
_MAX_BRANDS = 32
_QUICKTIME = "qt  "
_WRITERS = (
    "com.apple.quicktime.software", "©swr", "©too", "encoder", "software", "com.android.version", "©enc", "©fmt", "tool",
)  # fmt: skip
_ANDROID = "com.android.version"
_MAKES = ("com.apple.quicktime.make", "com.android.manufacturer", "©mak", "make", "manu")
_MODELS = ("com.apple.quicktime.model", "com.android.model", "©mod", "©mdl", "model", "modl")


def read(window: Window) -> Found:
    """Everything that the boxes tell. Damage ends the reading where it stands."""
    found = Found()
    container = found.container
    for box in boxes(window, 0, window.size_bytes):
        found.add_part(_part(window, box, found))
        if not box.whole:
            container["flaws"].append("part_beyond_end")
        if box.kind == "ftyp":
            container["brands"] = _brands(box.payload(window, 8 + 4 * _MAX_BRANDS))
        elif box.kind == "moov" and not container["tracks"]:
            _movie(window, box, found)
        elif box.kind == "meta":
            iso_tags.meta(window, box, found)
        elif box.kind == "mdat" and _is_first_fragment(container["layout"]):
            container["encoder"] = encoder_in(box.payload(window, FIRST_SAMPLES_BYTES))
    _conclude(found)
    return found


def _is_first_fragment(layout: list[str]) -> bool:
    """Whether the part that was just noted is the media of the first fragment; a file that is not fragmented has none."""
    return layout[-2:] == ["moof", "mdat"] and layout.count("mdat") == 1


def _movie(window: Window, movie: Box, found: Found) -> None:
    for box in children(window, movie):
        if box.kind == "mvhd":
            found.container["create_time"] = iso_track.times(box.payload(window, 32))[0]
        elif box.kind == "trak" and len(found.container["tracks"]) < MAX_TRACKS:
            found.container["tracks"].append(iso_track.read(window, box, found))
        elif box.kind == "udta":
            iso_tags.user_data(window, box, found)
        elif box.kind == "meta":
            iso_tags.meta(window, box, found)


def _part(window: Window, box: Box, found: Found) -> str:
    """The name of a top-level box; of a "uuid" box what it is known to hold."""
    if box.kind != "uuid":
        return box.kind
    key = box.payload(window, 16)
    if key == _XMP:
        found.xmp = found.xmp or window.read(box.start + 16, min(box.end - box.start - 16, _MAX_XMP_BYTES))
        return "uuid XMP"
    return "uuid C2PA" if key == _C2PA else f"uuid {key[:4].hex()}"


def _brands(payload: bytes) -> list[str]:
    raw = [payload[:4], *(payload[at : at + 4] for at in range(8, len(payload), 4))]
    brands = [brand.decode("latin-1") for brand in raw if len(brand) == 4 and brand.strip(b"\0")]
    return [brand if brand.isascii() and brand.isprintable() else "????" for brand in brands]


def _conclude(found: Found) -> None:
    container = found.container
    layout, brands = container["layout"], container["brands"]
    major = clean(brands[0]) if brands else ""
    name = "QuickTime" if not brands or brands[0] == _QUICKTIME else "ISO base media"
    container["format"] = f"{name} ({major})" if major else name
    if "moov" in layout and "mdat" in layout:
        container["index_last"] = layout.index("moov") > layout.index("mdat")
    container["writer"] = found.program(*_WRITERS)
    container["make"], container["model"] = found.value(*_MAKES), found.value(*_MODELS)
    if found.value(_ANDROID):
        container["marks"].append(_ANDROID)
