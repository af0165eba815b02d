"""The parameters of the metadata cues: likelihood ratios, names of programs, fingerprints of encoders.

They live in a model folder (`metadata_rules`) so that each opinion names the exact numbers behind it and can be replayed.
`colab_training/metadata_rules` makes that folder; its CARD.md says which numbers were measured and which are assumed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from telltale.common.v1 import evidence_pb2

MODEL_NAME = "metadata_rules"
PARAMETERS_FILE = "metadata_rules.json"
CAMERA = "camera"
EDITOR = "editor"
FACE_EDITOR = "face_editor"
GENERATOR = "generator"
CONVERTER = "converter"


@dataclass(frozen=True)
class Program:
    """A program that is known by a pattern in its own name for itself."""

    name: str
    kind: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Encoder:
    """A JPEG encoder that is known by its quantisation tables."""

    name: str
    kind: str


@dataclass(frozen=True)
class Rules:
    """What the cues know. `log_likelihood_ratios` maps a reason code to its natural log-likelihood ratio."""

    log_likelihood_ratios: Mapping[str, float]
    programs: tuple[Program, ...]
    encoders: Mapping[str, Encoder]
    reference: evidence_pb2.ModelReference

    def program(self, text: str) -> Program | None:
        """The first known program that the text names."""
        return next((program for program in self.programs if program.pattern.search(text)), None)


def parse_rules(document: Mapping[str, Any], reference: evidence_pb2.ModelReference) -> Rules:
    """Rules from the parameter document. Raises KeyError, TypeError, ValueError or re.error when it is malformed."""
    return Rules(
        log_likelihood_ratios={
            code: float(entry["value"]) for code, entry in document["log_likelihood_ratios"].items()
        },
        programs=tuple(
            Program(entry["name"], entry["kind"], re.compile(entry["pattern"], re.IGNORECASE))
            for entry in document["programs"]
        ),
        encoders={key: Encoder(entry["name"], entry["kind"]) for key, entry in document["encoders"].items()},
        reference=reference,
    )


def load_rules(model: LoadedModel) -> Rules:
    """Rules of a loaded model. Raises ModelInvalid when its parameter file is not what this service reads."""
    path = model.artefact(PARAMETERS_FILE)
    try:
        return parse_rules(json.loads(path.read_text(encoding="utf-8")), model.reference)
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        raise ModelInvalid(f"model {MODEL_NAME}: {path} is malformed ({error!r}); make it again") from error
