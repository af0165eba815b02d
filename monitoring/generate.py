"""Writes the alerts for Prometheus and its operator, and the dashboards for Grafana: `python -m monitoring.generate`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

import yaml  # type: ignore[import-untyped]  # it has no types

from monitoring.alerts.groups import GROUPS
from monitoring.dashboards.all import documents
from monitoring.prometheus import RULES

ROOT: Final = Path(__file__).resolve().parent.parent
_HEAD: Final = "# Written by `python -m monitoring.generate` out of monitoring/alerts/*.py; do not edit.\n"
_COMPONENT: Final = "k8s/components/monitoring"


def files() -> dict[str, str]:
    """Content by path in the repository."""
    groups = [group.document() for group in GROUPS]
    resource = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "telltale", "labels": {"app.kubernetes.io/part-of": "telltale"}},
        "spec": {"groups": groups},
    }
    return {
        RULES.relative_to(ROOT).as_posix(): _written({"groups": groups}),
        f"{_COMPONENT}/rules.yaml": _written(resource),
        **{f"{_COMPONENT}/dashboards/{name}.json": text for name, text in documents().items()},
    }


def _written(document: dict[str, Any]) -> str:
    return _HEAD + str(yaml.safe_dump(document, sort_keys=False, width=120, allow_unicode=True))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m monitoring.generate", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT, help="folder of the repository")
    options = parser.parse_args()
    for name, text in files().items():
        path = options.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
