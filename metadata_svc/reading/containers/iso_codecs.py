"""Coding formats of ISO base media tracks: profile and level from the decoder's configuration (ISO/IEC 14496-15, -1, -3)."""

from __future__ import annotations

from metadata_svc.reading.containers.boxes import Box, boxes, children
from metadata_svc.reading.containers.found import SOUND, VIDEO
from metadata_svc.reading.text import clean, decode
from metadata_svc.reading.window import Window, number

_MAX_ENTRY_BYTES = 4096
_AVC_PROFILES = {
    66: "Baseline", 77: "Main", 88: "Extended", 100: "High", 110: "High 10", 122: "High 4:2:2", 244: "High 4:4:4",
}  # fmt: skip
_HEVC_PROFILES = {1: "Main", 2: "Main 10", 3: "Main Still Picture", 4: "Range Extensions"}
_AV1_PROFILES = {0: "Main", 1: "High", 2: "Professional"}
_AAC_OBJECTS = {1: "Main", 2: "LC", 5: "HE", 29: "HEv2", 42: "xHE"}
_VIDEO_ENTRY_BYTES = 78
# Sound entries grew with the versions of QuickTime's description.
_SOUND_ENTRY_BYTES = {0: 28, 1: 44, 2: 64}
_DESCRIPTOR_BYTES = {3: 3, 4: 13}


def describe(window: Window, stsd: Box, kind: str) -> tuple[str, str, str]:
    """Four letters, profile (both may be empty) and compressor name of the first sample entry."""
    entry = next(boxes(window, stsd.start + 8, stsd.end), None)
    if entry is None:
        return "", "", ""
    fixed = entry.payload(window, _VIDEO_ENTRY_BYTES)
    compressor = _pascal(fixed[42:74]) if kind == VIDEO else ""
    header = _VIDEO_ENTRY_BYTES if kind == VIDEO else _SOUND_ENTRY_BYTES.get(number(fixed[8:10]), 28)
    if kind not in (VIDEO, SOUND):
        return clean(entry.kind, 4), "", ""
    inner = {box.kind: box for box in boxes(window, entry.start + header, entry.end)}
    if "wave" in inner:  # where QuickTime keeps what ISO has beside it
        inner |= {box.kind: box for box in children(window, inner["wave"])}
    parts = {kind: box.payload(window, _MAX_ENTRY_BYTES) for kind, box in inner.items()}
    return clean(entry.kind, 4), profile(parts), compressor


def profile(parts: dict[str, bytes]) -> str:
    """Profile and level from the configuration boxes of one sample entry, e.g. "High@4.0"; empty when unknown."""
    if len(avc := parts.get("avcC", b"")) >= 4:
        return avc_profile(avc)
    if len(hevc := parts.get("hvcC", b"")) >= 13:
        return f"{_HEVC_PROFILES.get(hevc[1] & 31, f'profile {hevc[1] & 31}')}@{hevc[12] / 30:.1f}"
    if len(av1 := parts.get("av1C", b"")) >= 2:
        level = av1[1] & 31
        return f"{_AV1_PROFILES.get(av1[1] >> 5, 'reserved')}@{2 + (level >> 2)}.{level & 3}"
    return _aac(parts["esds"][4:]) if "esds" in parts else ""


def avc_profile(configuration: bytes) -> str:
    """Profile and level of an AVC decoder configuration record of 4 bytes or more."""
    name = _AVC_PROFILES.get(configuration[1], f"profile {configuration[1]}")
    constrained = configuration[1] == 66 and configuration[2] & 0x40
    return f"{'Constrained ' if constrained else ''}{name}@{configuration[3] / 10:.1f}"


def _aac(descriptors: bytes) -> str:
    """The audio object type inside the nested descriptors of an "esds" box."""
    at = 0
    for _ in range(8):
        if at + 2 > len(descriptors):
            return ""
        kind, at = descriptors[at], at + 1
        while at < len(descriptors) and descriptors[at] & 0x80:
            at += 1
        at += 1
        if kind == 5:
            return (
                f"AAC {_AAC_OBJECTS.get(_object_type(descriptors[at : at + 2]), 'other')}"
                if at < len(descriptors)
                else ""
            )
        at += _DESCRIPTOR_BYTES.get(kind, len(descriptors))
    return ""


def _object_type(configuration: bytes) -> int:
    first = number(configuration.ljust(2, b"\0"))
    return 32 + (first >> 5 & 63) if first >> 11 == 31 else first >> 11


def _pascal(raw: bytes) -> str:
    return clean(decode(raw[1 : 1 + raw[0]]), 80) if raw and raw[0] < len(raw) else ""
