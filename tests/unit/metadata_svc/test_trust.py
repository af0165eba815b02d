from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import InvalidSettings
from metadata_svc.settings import TRUST_LIST
from metadata_svc.trust import read_anchors
from tests.support.c2pa_signing import new_signer


def test_the_shipped_list_trusts_nobody() -> None:
    assert read_anchors(TRUST_LIST) == ""


def test_certificates_are_read_without_the_comments_around_them(tmp_path: Path) -> None:
    anchor = new_signer().anchor_pem.strip()
    path = tmp_path / "anchors.pem"
    path.write_text(f"# ours\n{anchor}\n# theirs\n{anchor}\n")
    assert read_anchors(path) == f"{anchor}\n{anchor}"


@pytest.mark.parametrize(
    "text", ["-----BEGIN CERTIFICATE-----\nMIIB", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"]
)
def test_a_damaged_list_stops_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "anchors.pem"
    path.write_text(text)
    with pytest.raises(InvalidSettings, match="damaged"):
        read_anchors(path)


def test_a_missing_list_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        read_anchors(tmp_path / "none.pem")
