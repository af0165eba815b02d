"""Does the EXIF contradict itself, or the picture it stands in?

The strongest single contradiction decides: contradictions of one file have one cause (a program that rewrote it) and must not be
counted twice. Numbers come from the `metadata_rules` model: smoothed counts over 20 camera files, 14 edited files and the real
photos that carry EXIF where at least three files fired, otherwise an assumption; all are capped low, because cameras with a wrong
clock and honest converters cause the same contradictions, and because who forges EXIF well leaves none. A full and consistent
camera EXIF speaks, weakly, for an untouched file: it can be copied from another photo.
"""

from __future__ import annotations

from datetime import datetime

from kit.convert.evidence import abstention, finding
from metadata_svc.cues.exif_checks import CHECKS, Conflict, Outcome
from metadata_svc.facts import Facts
from metadata_svc.rules import Rules
from telltale.common.v1 import evidence_pb2

CUE = "exif_consistency"


def conflicts(facts: Facts, now: datetime) -> list[Conflict]:
    """All contradictions, in the order of the checks."""
    return [answer for check in CHECKS if isinstance(answer := check(facts, now), Conflict)]


def checks_passed(facts: Facts, now: datetime) -> int:
    """How many checks could be asked and found nothing."""
    return sum(check(facts, now) is Outcome.PASSED for check in CHECKS)


def examine(facts: Facts, found: list[Conflict], rules: Rules, now: datetime) -> evidence_pb2.Evidence:
    """Evidence from the contradictions `found` (what `conflicts` gave)."""
    if not facts.has_exif():
        return abstention(
            CUE, evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ, {"wanted": "EXIF"}, model=rules.reference
        )
    ratios = rules.log_likelihood_ratios
    if found:
        strongest = max(found, key=lambda conflict: ratios[conflict.code])
        if ratios[strongest.code] > 0:
            parameters = {**strongest.parameters, "conflicts": str(len(found))}
            return finding(CUE, ratios[strongest.code], 1.0, strongest.code, parameters, model=rules.reference)
    checks = {"checks": str(checks_passed(facts, now)), "conflicts": str(len(found))}
    return abstention(CUE, evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE, checks, model=rules.reference)
