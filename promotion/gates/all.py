"""All gates, in the order in which reports have them."""

from __future__ import annotations

from typing import Final

from promotion.gates.accuracy import accuracy
from promotion.gates.calibration import calibration
from promotion.gates.case import Case, gate
from promotion.gates.costs import memory, speed
from promotion.gates.false_positives import false_positive_rate
from promotion.gates.papers import card, licence, parity
from telltale.model.v1 import registry_pb2

_MEASURED: Final = (accuracy, calibration, false_positive_rate, speed, memory, parity)
_READ: Final = (card, licence)
GATES: Final = tuple(each.__name__ for each in (*_MEASURED, *_READ))
"""Their names."""


def all_gates(case: Case) -> list[registry_pb2.Gate]:
    """Every gate's finding; a candidate may pass when all of them say so. What failed while it was measured passes none."""
    return [*(_unmeasured(case) or [each(case) for each in _MEASURED]), *(each(case) for each in _READ)]


def _unmeasured(case: Case) -> list[registry_pb2.Gate]:
    measured = case.measurements
    why = measured.failure or ("" if measured.items else "the golden set has no file of a kind that this model takes")
    first, *others = (each.__name__ for each in _MEASURED)
    return [gate(first, False, why), *(gate(name, False, "not measured") for name in others)] if why else []
