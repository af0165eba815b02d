"""What does the file's C2PA manifest say of its origin?

Three facts are kept apart (C2PA 2.1, section 15): whether the manifest matches the bytes, whether the signer is on our trust
list, and whether there is a manifest at all. Absence is never evidence. Every number is an assumption, stated in the
`metadata_rules` model: a signed statement that a picture is synthetic is believed whoever signed it, as nobody gains by lying
that way; a statement that it is a camera's is believed only from a trusted signer; a broken seal means that bytes changed after
signing, which honest recompression also does.
"""

from __future__ import annotations

from kit.convert.evidence import abstention, finding
from metadata_svc.cues.software_traces import COMPOSITE_TYPES, SYNTHETIC_TYPES
from metadata_svc.facts import Facts
from metadata_svc.reading.c2pa_manifest import ProvenanceReading
from metadata_svc.rules import Rules
from telltale.common.v1 import evidence_pb2

CUE = "provenance"
BROKEN = "provenance_broken"
DECLARES_SYNTHETIC = "provenance_declares_synthetic"
DECLARES_COMPOSITE = "provenance_declares_composite"
TRUSTED_CAPTURE = "provenance_trusted_capture"
_CAPTURE_TYPES = ("digitalCapture", "computationalCapture")
# Actions that leave the content as it was taken.
_HARMLESS_ACTIONS = {"c2pa.created", "c2pa.opened", "c2pa.published", "c2pa.transcoded", "c2pa.repackaged"}


def reason(reading: ProvenanceReading) -> str | None:
    """Code of what a present manifest says; None when it says nothing for or against, or seals what is not in this file."""
    if reading["elsewhere"]:
        return None
    if not reading["intact"]:
        return BROKEN
    own, ingredients = set(reading["source_types"]), set(reading["ingredient_source_types"])
    if own & set(SYNTHETIC_TYPES):
        return DECLARES_SYNTHETIC
    if own & set(COMPOSITE_TYPES) or ingredients & {*SYNTHETIC_TYPES, *COMPOSITE_TYPES}:
        return DECLARES_COMPOSITE
    untouched = set(reading["actions"]) <= _HARMLESS_ACTIONS
    return TRUSTED_CAPTURE if reading["trusted"] and untouched and own & set(_CAPTURE_TYPES) else None


def examine(facts: Facts, rules: Rules) -> evidence_pb2.Evidence:
    """Evidence from the manifest."""
    reading = facts.provenance
    if not reading["present"]:
        wanted = {"wanted": "C2PA manifest", **_remote(facts)}
        return abstention(CUE, evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ, wanted, model=rules.reference)
    code = reason(reading)
    parameters = {**_parameters(reading), "trust_list_sha256": facts.trust_list_sha256 or "unknown"}
    if code is None:
        return abstention(CUE, evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE, parameters, model=rules.reference)
    return finding(CUE, rules.log_likelihood_ratios[code], 1.0, code, parameters, model=rules.reference)


def _remote(facts: Facts) -> dict[str, str]:
    return {"remote_manifest": facts.remote_manifest} if facts.remote_manifest else {}


def _parameters(reading: ProvenanceReading) -> dict[str, str]:
    types = [*reading["source_types"], *reading["ingredient_source_types"]]
    return {
        "integrity": "intact" if reading["intact"] else "not verifiable" if reading["elsewhere"] else "broken",
        "trust": "trusted" if reading["trusted"] else "untrusted",
        "issuer": reading["issuer"] or "unknown",
        "claim_generator": reading["claim_generator"] or "unknown",
        "failures": ", ".join(reading["failures"][:5]) or "none",
        "source_types": ", ".join(types[:5]) or "none",
    }
