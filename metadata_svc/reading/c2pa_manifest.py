"""C2PA manifest stores read by c2pa-python, offline. Native code on hostile bytes: runs inside the decode sandbox only.

Integrity and trust are kept apart: the library's state "Valid" says that the manifest matches the file, whoever signed it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

import c2pa

from metadata_svc.reading.text import clean

_MAX_ITEMS = 50
_MAX_BOXES = 100
# Codes that speak of who signed and when, not of whether the bytes are those that were signed (C2PA 2.1, section 15.2).
_TRUST_CODES = ("signingCredential.", "timeStamp.", "timestamp.", "cawg.")
_DAMAGED = "manifest.unreadable"
_UNSUPPORTED = "algorithm.unsupported"
_FRAGMENT_HASH = "assertion.bmffHash.mismatch"


class ProvenanceReading(TypedDict):
    """What the manifest store says. `ingredient_source_types` are those of manifests other than the active one.

    `elsewhere` says that the manifest is sound, but seals fragments of a stream that are other files.
    """

    present: bool
    intact: bool
    elsewhere: bool
    trusted: bool
    claim_generator: str
    issuer: str
    failures: list[str]
    source_types: list[str]
    ingredient_source_types: list[str]
    actions: list[str]


def absent() -> ProvenanceReading:
    """The reading of a file without a manifest store."""
    return {
        "present": False, "intact": False, "elsewhere": False, "trusted": False, "claim_generator": "", "issuer": "",
        "failures": [], "source_types": [], "ingredient_source_types": [], "actions": [],
    }  # fmt: skip


def read(data: bytes, mime_type: str, anchors_pem: str) -> ProvenanceReading:
    """Reads and validates the store in `data`. `anchors_pem` holds the only certificates that make a signer trusted.

    A store that the library cannot read counts as present and broken; nothing is fetched from the network.
    """
    settings: dict[str, Any] = {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
        "trust": {"trust_anchors": anchors_pem} if anchors_pem else {},
    }
    try:
        with c2pa.Reader(mime_type, io.BytesIO(data), context=c2pa.Context.from_dict(settings)) as reader:
            store = json.loads(reader.json())
    except (c2pa.C2paError.ManifestNotFound, c2pa.C2paError.NotSupported):
        return absent()
    except c2pa.C2paError as error:
        code = _UNSUPPORTED if "unknown algorithm" in str(error) else f"{_DAMAGED}: {error}"
        return {**absent(), "present": True, "failures": [clean(code)]}
    return reading_of(store, fragmented=is_initialisation_segment(data))


def reading_of(store: Mapping[str, Any], *, fragmented: bool = False) -> ProvenanceReading:
    """The reading of a validated store in the library's JSON form; `fragmented`: of a file without the media that it begins."""
    manifests: Mapping[str, Any] = store.get("manifests", {})
    label = store.get("active_manifest", "")
    active: Mapping[str, Any] = manifests.get(label, {})
    codes = [str(status.get("code", "")) for status in store.get("validation_status", [])]
    wrong = {code for code in codes if not code.startswith(_TRUST_CODES)}
    others = [manifest for name, manifest in manifests.items() if name != label]
    return {
        "present": True,
        "intact": bool(active) and not wrong,
        "elsewhere": bool(active) and fragmented and wrong == {_FRAGMENT_HASH},
        "trusted": _is_trusted(store),
        "claim_generator": clean(_claim_generator(active)),
        "issuer": clean(str(active.get("signature_info", {}).get("issuer") or "")),
        "failures": [clean(code) for code in codes[:_MAX_ITEMS]],
        "source_types": _unique(_source_types(active)),
        "ingredient_source_types": _unique(kind for manifest in others for kind in _source_types(manifest)),
        "actions": _unique(str(action.get("action", "")) for action in _actions(active)),
    }


def is_initialisation_segment(data: bytes) -> bool:
    """Whether this is the beginning of a stream whose media are other files: ISO boxes with an index, but without media data."""
    boxes = set(_box_types(data))
    return b"moov" in boxes and not boxes & {b"mdat", b"moof"}


def _box_types(data: bytes) -> Iterator[bytes]:
    """Types of the boxes on the first level (ISO/IEC 14496-12); stops quietly where the file is damaged."""
    at = 0
    for _ in range(_MAX_BOXES):
        size = int.from_bytes(data[at : at + 4], "big")
        if at + 8 > len(data) or (size < 8 and size != 1):
            return
        yield data[at + 4 : at + 8]
        at += int.from_bytes(data[at + 8 : at + 16], "big") if size == 1 else size


def _is_trusted(store: Mapping[str, Any]) -> bool:
    """Whether a signer on the trust list really signed the claim, be the picture changed since or not."""
    active = (store.get("validation_results") or {}).get("activeManifest") or {}
    passed = {status.get("code") for status in active.get("success", [])}
    return passed >= {"signingCredential.trusted", "claimSignature.validated"}


def _claim_generator(manifest: Mapping[str, Any]) -> str:
    infos = _mappings(manifest.get("claim_generator_info"))
    named = " ".join(str(infos[0].get(key) or "") for key in ("name", "version")).strip() if infos else ""
    return named or str(manifest.get("claim_generator") or "")


def _actions(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for label, data in _assertions(manifest):
        if label.startswith("c2pa.actions"):
            yield from _mappings(data.get("actions"))


def _source_types(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Last path part of each IPTC digital source type in actions and metadata assertions."""
    values = [action.get("digitalSourceType") for action in _actions(manifest)]
    for _, data in _assertions(manifest):
        values.append(data.get("Iptc4xmpExt:DigitalSourceType") or data.get("iptcExt:DigitalSourceType"))
    yield from (str(value).rstrip("/").rpartition("/")[2] for value in values if value)


def _assertions(manifest: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Label and data of the assertions whose data are a map; a signer may have written anything."""
    entries = _mappings(manifest.get("assertions"))
    return [(str(entry.get("label")), entry["data"]) for entry in entries if isinstance(entry.get("data"), Mapping)]


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _unique(values: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(clean(value) for value in values if value))[:_MAX_ITEMS]
