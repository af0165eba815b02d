"""The configuration of a Prometheus that reads the processes of a stack: which there are, and how often they are asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

JOBS: Final = (
    "image-svc",
    "temporal-svc",
    "av-sync-svc",
    "metadata-svc",
    "fusion-svc",
    "gateway",
    "worker",
    "envoy",
    "drift-monitor",
)
"""Names of all jobs, which are the values of the label `service`, too: on one machine as in a cluster."""
SCRAPE_S: Final = 5
"""Seconds from one reading of a process to the next."""
RULES: Final = Path(__file__).with_name("alerts") / "rules.yaml"
"""The alerts."""

_PATHS: Final = {"envoy": "/stats/prometheus"}


def configuration(targets: Mapping[str, str], rules: Sequence[Path] = (RULES,)) -> str:
    """prometheus.yml for processes at `targets`, host:port by job; rules that are not there are left out."""
    document = {
        "global": {"scrape_interval": f"{SCRAPE_S}s", "evaluation_interval": f"{SCRAPE_S}s"},
        "rule_files": [str(path) for path in rules if path.is_file()],
        "scrape_configs": [_job(name, targets[name]) for name in JOBS if name in targets],
    }
    # JSON is YAML.
    return json.dumps(document, indent=2) + "\n"


def _job(name: str, target: str) -> dict[str, Any]:
    return {
        "job_name": name,
        "metrics_path": _PATHS.get(name, "/metrics"),
        "static_configs": [{"targets": [target]}],
        "relabel_configs": [{"source_labels": ["job"], "target_label": "service"}],
        # What a process says of itself is the same, so nobody needs it twice.
        "metric_relabel_configs": [{"action": "labeldrop", "regex": "exported_service"}],
    }
