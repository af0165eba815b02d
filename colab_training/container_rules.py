"""Writes the model folder of the cue container_structure, with counts of how often each check fires on labelled files.

Run: python -m colab_training.container_rules --config colab_training/configs/container_rules.toml --data ../shared/data \
         --out models/container_rules/1.0.0
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from colab_training.container_files import AUTHENTIC, MANIPULATED, ContainerFile, container_files
from colab_training.container_rules_card import write_model
from kit.clock import SystemClock
from metadata_svc.claim import claim_of
from metadata_svc.container_rules import CONTAINER_PARAMETERS_FILE, ContainerRules, parse_container_rules
from metadata_svc.cues.container_structure import answers
from metadata_svc.cues.exif_checks import Answer, Conflict, Outcome
from telltale.common.v1 import evidence_pb2

_LABELS = (AUTHENTIC, MANIPULATED)


def said_of(file: ContainerFile, rules: ContainerRules, now: datetime) -> dict[str, Answer]:
    """What each check says of a file, by the code of its conflict."""
    claim = claim_of(file.facts, rules)
    return {f"container_{name}": answer for name, answer in answers(claim, now).items()} if claim else {}


def counts(code: str, said: Sequence[tuple[str, Mapping[str, Answer]]]) -> dict[str, int]:
    """How many files of each label could be asked, and how many contradicted themselves."""
    found: dict[str, int] = {}
    for label in _LABELS:
        asked = [of[code] for name, of in said if name == label and of[code] is not Outcome.NOT_ASKED]
        found[f"{label}_files"] = len(asked)
        found[f"{label}_hits"] = sum(isinstance(answer, Conflict) for answer in asked)
    return found


def assumed(config: Mapping[str, Any]) -> dict[str, Any]:
    """The parameter document as people decided it."""
    ratios = {
        code: {
            "value": min(entry["assumed"], entry["cap"]),
            "basis": "assumed",
            "cap": entry["cap"],
            "why": entry["why"],
        }
        for code, entry in config["ratios"].items()
    }
    programs = [{"name": name, "pattern": pattern} for name, pattern in config["programs"].items()]
    makers = [{**maker, "basis": "assumed"} for maker in config["makers"]]
    return {"log_likelihood_ratios": ratios, "makers": makers, "programs": programs}


def fit(config: Mapping[str, Any], files: Sequence[ContainerFile], now: datetime) -> dict[str, Any]:
    """The parameter document. The counts are told and change nothing: no file of the labelled sets claims a device."""
    document = assumed(config)
    rules = parse_container_rules(document, evidence_pb2.ModelReference())
    said = [(file.label, said_of(file, rules, now)) for file in files]
    for code, entry in document["log_likelihood_ratios"].items():
        entry["counts"] = counts(code, said)
    return document


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("colab_training/configs/container_rules.toml"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("models/container_rules/1.0.0"))
    parser.add_argument("--date", type=datetime.fromisoformat, default=SystemClock().now())
    options = parser.parse_args(arguments)
    now = options.date.replace(tzinfo=UTC)
    files = list(container_files(options.data))
    document = fit(tomllib.loads(options.config.read_text(encoding="utf-8")), files, now)
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (options.out / CONTAINER_PARAMETERS_FILE).write_text(text, encoding="utf-8")
    write_model(document, files, options.data, options.out, now)


if __name__ == "__main__":
    main()
