"""The configuration of a Prometheus that reads the processes of a stack: which there are, and how often they are asked."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    "golden-monitor",
)
"""Names of all jobs, which are the values of the label `service`, too: on one machine as in a cluster."""
SCRAPE_S: Final = 5
"""Seconds from one reading of a process to the next."""
RULES: Final = Path(__file__).with_name("alerts") / "rules.yaml"
"""The alerts."""

_PATHS: Final = {"envoy": "/stats/prometheus"}


def configuration(jobs: Collection[str], folder: Path, rules: Sequence[Path] = (RULES,)) -> str:
    """prometheus.yml for these jobs, whose targets are in files in `folder`; rules that are not there are left out."""
    document = {
        "global": {"scrape_interval": f"{SCRAPE_S}s", "evaluation_interval": f"{SCRAPE_S}s"},
        "rule_files": [str(path) for path in rules if path.is_file()],
        "scrape_configs": [_job(name, targets_file(folder, name)) for name in JOBS if name in jobs],
    }
    # JSON is YAML.
    return json.dumps(document, indent=2) + "\n"


def targets_file(folder: Path, job: str) -> Path:
    """The file with a job's targets, which Prometheus reads again when it has changed."""
    return folder / f"{job}.json"


def target_groups(targets: Iterable[tuple[str, Mapping[str, str]]]) -> str:
    """What is in such a file: addresses, host:port, each with labels of its own."""
    return json.dumps([{"targets": [address], "labels": dict(labels)} for address, labels in targets]) + "\n"


def _job(name: str, targets: Path) -> dict[str, Any]:
    return {
        "job_name": name,
        "metrics_path": _PATHS.get(name, "/metrics"),
        "file_sd_configs": [{"files": [str(targets)], "refresh_interval": f"{SCRAPE_S}s"}],
        "relabel_configs": [{"source_labels": ["job"], "target_label": "service"}],
        # What a process says of itself is the same, so nobody needs it twice.
        "metric_relabel_configs": [{"action": "labeldrop", "regex": "exported_service"}],
    }
