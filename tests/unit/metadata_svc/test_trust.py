from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from kit.errors import InvalidSettings
from kit.media.file import MediaFile
from kit.models.registry import Registry
from metadata_svc.detector import build_detector
from metadata_svc.settings import TRUST_LIST, MetadataSettings
from metadata_svc.trust import read_trust_list
from telltale.metadata.v1 import facts_pb2
from tests.support.c2pa_signing import Signer, new_signer, sign
from tests.support.metadata_files import ROOT, InProcessRunner, info_of, jpeg


def write_list(path: Path, text: str, **pinned: str) -> Path:
    path.write_text(text)
    if pinned:
        path.with_suffix(".json").write_text(json.dumps(pinned))
    return path


def provenance_by(trust_list: Path, signer: Signer) -> facts_pb2.Provenance:
    settings, models = MetadataSettings(trust_anchors=trust_list), Registry(ROOT / "models")
    with MediaFile.from_bytes(sign(jpeg(), signer, "digitalCapture")) as media:
        return build_detector(settings, InProcessRunner(), models).examine(media, info_of(media)).facts.provenance


def test_the_shipped_list_is_pinned_and_trusts_nobody() -> None:
    pinned = json.loads(TRUST_LIST.with_suffix(".json").read_text())
    shipped = read_trust_list(TRUST_LIST)
    assert (shipped.anchors_pem, shipped.sha256) == ("", pinned["sha256"])
    assert pinned["source"]
    assert pinned["date"]


def test_the_same_signature_is_trusted_by_one_list_and_not_by_another(tmp_path: Path) -> None:
    ours, others = new_signer(), new_signer()
    mine = write_list(tmp_path / "ours.pem", ours.anchor_pem)
    theirs = write_list(tmp_path / "others.pem", others.anchor_pem)
    trusted, untrusted = provenance_by(mine, ours), provenance_by(theirs, ours)
    assert (trusted.trust, untrusted.trust) == (facts_pb2.SIGNER_TRUST_TRUSTED, facts_pb2.SIGNER_TRUST_UNTRUSTED)
    assert trusted.integrity == untrusted.integrity == facts_pb2.PROVENANCE_INTEGRITY_INTACT
    assert trusted.trust_list_sha256 == hashlib.sha256(mine.read_bytes()).hexdigest() != untrusted.trust_list_sha256


def test_certificates_are_read_without_the_comments_around_them(tmp_path: Path) -> None:
    anchor = new_signer().anchor_pem.strip()
    path = write_list(tmp_path / "anchors.pem", f"# ours\n{anchor}\n# theirs\n{anchor}\n")
    assert read_trust_list(path).anchors_pem == f"{anchor}\n{anchor}"


def test_a_list_is_held_to_the_manifest_beside_it(tmp_path: Path) -> None:
    text = "# nobody\n"
    pin = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "source": "us", "date": "2026-11-23"}
    path = write_list(tmp_path / "anchors.pem", text, **pin)
    assert read_trust_list(path).sha256 == pin["sha256"]
    path.write_text("# nobody else\n")
    with pytest.raises(InvalidSettings, match="pins"):
        read_trust_list(path)


@pytest.mark.parametrize(("manifest", "told"), [("{", "cannot be read"), ("[]", "lacks"), ('{"sha256": "0"}', "lacks")])
def test_a_damaged_manifest_stops_the_start(tmp_path: Path, manifest: str, told: str) -> None:
    path = write_list(tmp_path / "anchors.pem", "# nobody\n")
    path.with_suffix(".json").write_text(manifest)
    with pytest.raises(InvalidSettings, match=told):
        read_trust_list(path)


@pytest.mark.parametrize(
    "text", ["-----BEGIN CERTIFICATE-----\nMIIB", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"]
)
def test_a_damaged_list_stops_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidSettings, match="damaged"):
        read_trust_list(write_list(tmp_path / "anchors.pem", text))


def test_a_missing_list_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        read_trust_list(tmp_path / "none.pem")
