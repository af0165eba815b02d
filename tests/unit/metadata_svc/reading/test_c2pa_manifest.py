from __future__ import annotations

import pytest

from metadata_svc.reading import c2pa_manifest
from metadata_svc.reading.blocks import has_manifest_store
from tests.support.c2pa_signing import Signer, new_signer, sign
from tests.support.metadata_files import jpeg, png


@pytest.fixture(scope="module")
def signer() -> Signer:
    return new_signer()


@pytest.fixture(scope="module")
def signed(signer: Signer) -> bytes:
    return sign(jpeg(), signer, "trainedAlgorithmicMedia")


def changed(data: bytes) -> bytes:
    """The same file with one bit of the picture turned over."""
    return data[:-20] + bytes([data[-20] ^ 1]) + data[-19:]


def test_an_intact_manifest_of_a_stranger_is_intact_and_untrusted(signed: bytes) -> None:
    reading = c2pa_manifest.read(signed, "image/jpeg", "")
    assert (reading["intact"], reading["trusted"]) == (True, False)
    assert reading["source_types"] == ["trainedAlgorithmicMedia"]
    assert reading["issuer"] == "Telltale Tests"


def test_a_signer_below_an_anchor_is_trusted(signed: bytes, signer: Signer) -> None:
    reading = c2pa_manifest.read(signed, "image/jpeg", signer.anchor_pem)
    assert (reading["intact"], reading["trusted"], reading["failures"]) == (True, True, [])


def test_another_authority_makes_nobody_trusted(signed: bytes) -> None:
    assert not c2pa_manifest.read(signed, "image/jpeg", new_signer().anchor_pem)["trusted"]


def test_a_changed_picture_breaks_integrity_and_not_trust(signed: bytes, signer: Signer) -> None:
    reading = c2pa_manifest.read(changed(signed), "image/jpeg", signer.anchor_pem)
    assert (reading["intact"], reading["trusted"]) == (False, True)
    assert reading["failures"] == ["assertion.dataHash.mismatch"]


def test_a_forged_claim_is_not_trusted_for_the_certificate_it_carries(signed: bytes, signer: Signer) -> None:
    forged = signed.replace(b"telltale_tests", b"telltale_liars")
    reading = c2pa_manifest.read(forged, "image/jpeg", signer.anchor_pem)
    assert (reading["present"], reading["intact"], reading["trusted"]) == (True, False, False)


def test_a_damaged_store_is_present_and_broken(signed: bytes) -> None:
    at = signed.index(b"jumdc2pa") + 200
    reading = c2pa_manifest.read(signed[:at] + b"\xee" * 300 + signed[at + 300 :], "image/jpeg", "")
    assert (reading["present"], reading["intact"]) == (True, False)
    assert reading["failures"]


def test_no_manifest_is_absence() -> None:
    assert c2pa_manifest.read(jpeg(), "image/jpeg", "") == c2pa_manifest.absent()


def test_a_type_that_cannot_carry_a_manifest_is_absence() -> None:
    assert c2pa_manifest.read(b"OggS\0", "audio/ogg", "") == c2pa_manifest.absent()


def test_only_a_file_with_a_store_is_shown_to_the_library(signed: bytes) -> None:
    assert has_manifest_store(signed)
    assert not has_manifest_store(png((b"tEXt", b"Comment\0c2pa jumb jumd")))


@pytest.mark.parametrize("data", [[], "text", 7, None, {"actions": "none"}, {"actions": [1, "a", None]}])
def test_assertions_of_any_form_are_borne(data: object) -> None:
    manifest = {"claim_generator_info": "x", "assertions": [{"label": "c2pa.actions", "data": data}, "x"]}
    reading = c2pa_manifest.reading_of({"active_manifest": "a", "manifests": {"a": manifest}})
    assert (reading["actions"], reading["source_types"], reading["claim_generator"]) == ([], [], "")


BEGINNING = b"\0\0\0\x10ftypiso6\0\0\0\0" + b"\0\0\0\x08moov"


@pytest.mark.parametrize(
    ("data", "begins"),
    [
        (BEGINNING, True),
        (BEGINNING + b"\0\0\0\x08mdat", False),
        (BEGINNING + b"\0\0\0\x08moof", False),
        (BEGINNING[:16], False),
        (BEGINNING + b"\0\0\0\x01free\0\0\0\0\0\0\0\x10\0\0\0\x08mdat", False),
        (b"\xff\xd8\xff", False),
    ],
    ids=["beginning", "with media", "with a fragment", "without an index", "behind a long box", "a photo"],
)
def test_the_beginning_of_a_stream_is_known(data: bytes, begins: bool) -> None:
    assert c2pa_manifest.is_initialisation_segment(data) is begins


def test_only_a_missing_fragment_makes_a_seal_not_verifiable() -> None:
    missing = {"active_manifest": "a", "manifests": {"a": {"title": "x"}}}
    codes = [{"code": "assertion.bmffHash.mismatch"}, {"code": "signingCredential.untrusted"}]
    broken = [*codes, {"code": "claimSignature.mismatch"}]
    assert c2pa_manifest.reading_of({**missing, "validation_status": codes}, fragmented=True)["elsewhere"]
    assert not c2pa_manifest.reading_of({**missing, "validation_status": codes})["elsewhere"]
    assert not c2pa_manifest.reading_of({**missing, "validation_status": broken}, fragmented=True)["elsewhere"]
