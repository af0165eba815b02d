"""Writes what of k8s/components/canary/ follows from the policy: `python -m canary.templates`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from canary.cluster import Resource, analysis, rollouts, routes
from canary.policy import SHIPPED, read_policy

COMPONENT = Path(__file__).resolve().parent.parent / "k8s" / "components" / "canary"
_HEAD = "# Written by `python -m canary.templates` out of canary/policy.json; do not edit.\n"


def files(policy_file: Path = SHIPPED) -> dict[str, str]:
    """Content by name of file. Raises InvalidSettings: the policy cannot be read."""
    policy = read_policy(policy_file)
    return {
        "rollouts.yaml": _written(rollouts(policy)),
        "analysis.yaml": _written(analysis(policy)),
        "routes.yaml": _written(routes()),
    }


def _written(resources: Iterable[Resource]) -> str:
    # JSON is YAML, too, and has one way to write everything: no library for YAML is needed where canaries run.
    return _HEAD + "\n---\n".join(json.dumps(each, indent=2) for each in resources) + "\n"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m canary.templates", description=__doc__)
    parser.add_argument("--policy", type=Path, default=SHIPPED)
    parser.add_argument("--out", type=Path, default=COMPONENT)
    options = parser.parse_args()
    for name, text in files(options.policy).items():
        (options.out / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
