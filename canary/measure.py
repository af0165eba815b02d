"""Reads what was counted of a version: calls at the inner Envoy, findings at the version's own metrics port."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from canary.envoy.admin import EnvoyAdmin
from canary.envoy.endpoints import Version
from canary.figures import Figures
from kit.errors import DetectorUnavailable

_TIMEOUT_S: Final = 5.0
_FINDINGS: Final = "telltale_finding_log_odds_bucket"
_EVIDENCE: Final = "telltale_evidence_total"


@dataclass(frozen=True)
class Meter:
    """Reads the figures of both versions of a service.

    Attributes:
        contract: full name of its gRPC service.
        metrics: host:port of each version's metrics; without one, nothing is known of its findings.
    """

    admin: EnvoyAdmin
    service: str
    contract: str
    metrics: Mapping[Version, str]

    def read(self, version: Version) -> Figures:
        """All that was counted since Envoy and the version's process started. Raises DetectorUnavailable."""
        address = self.metrics.get(version, "")
        findings = findings_in(_page(address)) if address else {}
        return Figures(self.admin.calls(self.service, version, self.contract), findings)


def findings_in(page: str) -> dict[str, tuple[int, ...]]:
    """For every test in a page of Prometheus' text: its findings by class of log-odds, and at the end how often it had none."""
    below: dict[str, dict[float, int]] = {}
    silent: dict[str, int] = {}
    for sample in (sample for family in text_string_to_metric_families(page) for sample in family.samples):
        if sample.name == _FINDINGS:
            below.setdefault(sample.labels["cue"], {})[float(sample.labels["le"])] = int(sample.value)
        elif sample.name == _EVIDENCE and sample.labels["outcome"] != "finding":
            silent[sample.labels["cue"]] = silent.get(sample.labels["cue"], 0) + int(sample.value)
    return {cue: (*_classes(counts), silent.get(cue, 0)) for cue, counts in below.items()}


def _classes(below: Mapping[float, int]) -> Iterable[int]:
    counts = [below[edge] for edge in sorted(below)]
    return (count - before for count, before in zip(counts, [0, *counts], strict=False))


def _page(address: str) -> str:
    try:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=_TIMEOUT_S) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, OSError) as error:
        raise DetectorUnavailable(f"the metrics at {address} cannot be read: {error}") from error
