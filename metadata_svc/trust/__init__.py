"""The trust list: which authorities make a C2PA signer trusted."""

from __future__ import annotations

import re
from pathlib import Path

from kit.errors import InvalidSettings

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")


def read_anchors(path: Path) -> str:
    """The certificates in a PEM file, without comments; empty when it holds none, which trusts nobody.

    Raises:
        InvalidSettings: the file cannot be read, or a certificate in it has no end.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettings(f"trust list {path} cannot be read ({error}); name a PEM file") from error
    certificates = _CERTIFICATE.findall(text)
    if len(certificates) != text.count("-----BEGIN"):
        raise InvalidSettings(
            f"trust list {path} is damaged, or holds something else than certificates; write it again"
        )
    return "\n".join(certificates)
