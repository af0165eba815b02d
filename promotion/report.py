"""What the gates found, written down where nobody can change it: canonical JSON under its own digest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from kit.errors import ModelUntrusted, NotFound
from kit.registry.documents import parsed
from kit.registry.layout import report_key
from kit.registry.store import Store
from kit.sealing.canonical import canonical_json
from telltale.model.v1 import registry_pb2


def passed(report: registry_pb2.GateReport) -> bool:
    """Whether every gate lets the candidate pass, and there is one."""
    return bool(report.gates) and all(gate.passed for gate in report.gates)


def refusals(report: registry_pb2.GateReport) -> Sequence[str]:
    """What the gates that refuse say, e.g. "accuracy: …"."""
    return [f"{gate.name}: {gate.finding}" for gate in report.gates if not gate.passed]


def write_report(store: Store, report: registry_pb2.GateReport, now: datetime) -> str:
    """Puts a report into the registry; `made` becomes `now`. Its SHA-256. Raises StorageUnavailable."""
    report.made.FromDatetime(now)
    content = canonical_json(report)
    sha256 = hashlib.sha256(content).hexdigest()
    store.create(report_key(sha256), content)
    return sha256


def read_report(store: Store, sha256: str) -> registry_pb2.GateReport:
    """The report with that digest.

    Raises:
        NotFound: there is none.
        ModelUntrusted: what lies there has another digest.
        ModelInvalid, StorageUnavailable: as the registry says.
    """
    key = report_key(sha256)
    try:
        content = store.read(key)
    except NotFound as error:
        raise NotFound(f"the report {sha256[:16]} is not in the registry; run the gates again") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelUntrusted(f"{key} was changed after it was written; run the gates again, and find out who did that")
    return parsed(content, registry_pb2.GateReport(), key)
