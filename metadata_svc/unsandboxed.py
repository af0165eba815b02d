"""Facts about a file of one's own, read in this process: for fitting rules and for tests, never for a stranger's upload."""

from __future__ import annotations

from metadata_svc import features
from metadata_svc.facts import Facts
from metadata_svc.reading import c2pa_manifest


def read_facts(data: bytes, mime_type: str = "image/jpeg", anchors_pem: str = "") -> Facts:
    """What the detector would know of these bytes. Raises what the readers raise on a broken file."""
    reading = features.read(data, mime_type)
    jpeg = reading["jpeg"]
    return Facts(
        mime_type=mime_type,
        width_px=jpeg["width_px"] if jpeg else None,
        height_px=jpeg["height_px"] if jpeg else None,
        reading=reading,
        preview=features.compare_preview(data) if jpeg else None,
        provenance=_provenance(data, mime_type, anchors_pem, signed=reading["has_manifest_store"]),
    )


def _provenance(data: bytes, mime_type: str, anchors_pem: str, *, signed: bool) -> c2pa_manifest.ProvenanceReading:
    return c2pa_manifest.read(data, mime_type, anchors_pem) if signed else c2pa_manifest.absent()
