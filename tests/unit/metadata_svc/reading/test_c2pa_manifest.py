from __future__ import annotations

import pytest

from metadata_svc.reading import c2pa_manifest
from metadata_svc.reading.blocks import has_manifest_store
from metadata_svc.unsandboxed import read_facts
from tests.support.c2pa_signing import Signer, new_signer, sign
from tests.support.metadata_files import DATA, jpeg, needs_data, png

INTACT, BROKEN, ABSENT = "intact", "broken", "absent"
# The C2PA project's names tell the outcome: C created, A action, I ingredient, E-… broken, X… changed without the manifest.
OUTCOMES = {
    "c2pa_public/adobe-20220124-A.jpg": ABSENT,
    "c2pa_public/adobe-20220124-I.jpg": ABSENT,
    "c2pa_public/adobe-20220124-C.jpg": INTACT,
    "c2pa_public/adobe-20220124-CA.jpg": INTACT,
    "c2pa_public/adobe-20220124-E-dat-CA.jpg": BROKEN,
    "c2pa_public/adobe-20220124-E-sig-CA.jpg": BROKEN,
    "c2pa_public/adobe-20220124-E-uri-CA.jpg": BROKEN,
    "c2pa_public/adobe-20220124-XCA.jpg": BROKEN,
    "c2pa_public/nikon-20221019-building.jpeg": INTACT,
    "c2pa_rs/C.jpg": INTACT,
    "c2pa_rs/CA.jpg": INTACT,
    "c2pa_rs/CA_ct.jpg": INTACT,
    "c2pa_rs/C_with_CAWG_data.jpg": INTACT,
    "c2pa_rs/E-sig-CA.jpg": BROKEN,
    "c2pa_rs/XCA.jpg": BROKEN,
    "c2pa_rs/boxhash.jpg": INTACT,
    "c2pa_rs/no_alg.jpg": BROKEN,
    "c2pa_rs/no_manifest.jpg": ABSENT,
    "c2pa_rs/IMG_0003.jpg": ABSENT,
    "c2pa_rs/P1000827.jpg": ABSENT,
    "c2pa_rs/sdk__tests__fixtures__C.jpg": INTACT,
    "c2pa_rs/libpng-test.png": ABSENT,
    "c2pa_rs/libpng-test_with_url.png": ABSENT,
    "c2pa_rs/sample1.webp": ABSENT,
    "c2pa_rs/mars.webp": ABSENT,
    "c2pa_rs/sample1.avif": ABSENT,
}


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


@needs_data
@pytest.mark.parametrize("file", OUTCOMES)
def test_the_public_samples_come_out_as_their_names_say(file: str) -> None:
    types = {"png": "image/png", "webp": "image/webp", "avif": "image/avif"}
    reading = read_facts((DATA / file).read_bytes(), types.get(file.rpartition(".")[2], "image/jpeg")).provenance
    assert (ABSENT if not reading["present"] else INTACT if reading["intact"] else BROKEN) == OUTCOMES[file]
    assert not reading["trusted"]
