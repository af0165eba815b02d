"""The facts about one file that the cues look at, with the few questions that they ask of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from metadata_svc.features import MetadataReading
from metadata_svc.reading.c2pa_manifest import ProvenanceReading
from metadata_svc.reading.preview import PreviewReading

IFD0 = "EXIF IFD0"
EXIF = "EXIF"
XMP = "XMP"


@dataclass(frozen=True)
class Facts:
    """One file: its type from the magic bytes, its size in pixels as shown (None: unknown), and what was read."""

    mime_type: str
    width_px: int | None
    height_px: int | None
    reading: MetadataReading
    provenance: ProvenanceReading
    trust_list_sha256: str = ""
    """Which trust list `provenance` was read by."""
    preview: PreviewReading | None = None
    """How the preview in the file compares with the picture; None where that cannot be said."""

    def value(self, group: str, name: str) -> str:
        """The first value of a tag; empty when it is missing."""
        tags = self.reading["tags"]
        return next((tag["value"] for tag in tags if tag["group"] == group and tag["name"] == name), "")

    def has_exif(self) -> bool:
        """Whether any EXIF tag was read."""
        return any(tag["group"] in (IFD0, EXIF, "GPS") for tag in self.reading["tags"])

    @property
    def remote_manifest(self) -> str:
        """Where XMP says that the C2PA manifest is kept (C2PA 2.1, section 11.4); "" when it does not, or says "in this file"."""
        address = self.value(XMP, "provenance").strip()
        return address if re.match(r"https?://", address, re.IGNORECASE) else ""

    @property
    def camera(self) -> str:
        """Make and model that the file claims, "" unless it claims both."""
        make, model = self.value(IFD0, "Make").strip(), self.value(IFD0, "Model").strip()
        if not make or not model:
            return ""
        return model if model.lower().startswith(make.split()[0].lower()) else f"{make} {model}"
