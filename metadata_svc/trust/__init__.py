"""The trust list: which authorities make a C2PA signer trusted, and by which bytes we know the list.

A list may have a manifest beside it, under the same name with the ending .json: its SHA-256, where it comes from, since when it
holds. A list that is not the one of its manifest stops the start. The shipped list is pinned in this way.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from kit.errors import InvalidSettings

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
_MANIFEST_KEYS = {"sha256", "source", "date"}


@dataclass(frozen=True)
class TrustList:
    """Certificates in PEM without comments (empty trusts nobody), and the SHA-256 of the file that they were read from."""

    anchors_pem: str
    sha256: str


def read_trust_list(path: Path) -> TrustList:
    """The list in a PEM file, checked against the manifest beside it where there is one.

    Raises:
        InvalidSettings: the file cannot be read, a certificate in it has no end, or it is not the one of its manifest.
    """
    try:
        contents = path.read_bytes()
        text = contents.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettings(f"trust list {path} cannot be read ({error}); name a PEM file") from error
    digest = hashlib.sha256(contents).hexdigest()
    _check_pin(path, digest)
    return TrustList(_certificates(path, text), digest)


def _certificates(path: Path, text: str) -> str:
    certificates = _CERTIFICATE.findall(text)
    if len(certificates) != text.count("-----BEGIN"):
        raise InvalidSettings(
            f"trust list {path} is damaged, or holds something else than certificates; write it again"
        )
    return "\n".join(certificates)


def _check_pin(path: Path, digest: str) -> None:
    manifest = path.with_suffix(".json")
    if not manifest.is_file():
        return
    try:
        pinned = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidSettings(
            f"manifest {manifest} of the trust list cannot be read ({error}); write it again"
        ) from error
    if not isinstance(pinned, dict) or not pinned.keys() >= _MANIFEST_KEYS:
        raise InvalidSettings(f"manifest {manifest} of the trust list lacks one of {sorted(_MANIFEST_KEYS)}; add it")
    if pinned["sha256"] != digest:
        raise InvalidSettings(
            f"trust list {path} has SHA-256 {digest}, but its manifest pins {pinned['sha256']} of {pinned['date']}; "
            "put the pinned list back, or look at the new one and pin it"
        )
