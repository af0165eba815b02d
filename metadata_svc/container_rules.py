"""The parameters of the cue `container_structure`: ratios, how known makers' devices write, and programs that no camera is.

They live in a model folder (`container_rules`) so that each opinion names the exact numbers behind it. CARD.md says what is
assumed, which is nearly everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from metadata_svc.reading.containers.found import ContainerReading
from telltale.common.v1 import evidence_pb2

CONTAINER_MODEL_NAME = "container_rules"
CONTAINER_PARAMETERS_FILE = "container_rules.json"


@dataclass(frozen=True)
class Maker:
    """How the devices of one maker write their files. What is empty is not judged.

    Attributes:
        name: of the maker.
        claim: found in the make and model of its devices.
        marks: private boxes and keys that only this maker's devices write.
        handlers: fits every handler name of its video and sound tracks.
        brands: major brands of its files.
        codecs: coding formats of its video tracks.
        index_last: whether it writes the index behind the media.
        dated: whether it always writes the time.
        judges_writer: whether a program's name as the writer contradicts it; some makers build FFmpeg into their devices.
    """

    name: str
    claim: re.Pattern[str]
    marks: frozenset[str]
    handlers: re.Pattern[str] | None
    brands: frozenset[str]
    codecs: frozenset[str]
    index_last: bool
    dated: bool
    judges_writer: bool

    def has_marked(self, container: ContainerReading) -> bool:
        """Whether a private box of this maker is there."""
        return not self.marks.isdisjoint(container["marks"])


@dataclass(frozen=True)
class ContainerRules:
    """What the cue knows. `programs` maps the name of a program to a pattern in what it calls itself."""

    log_likelihood_ratios: Mapping[str, float]
    makers: tuple[Maker, ...]
    programs: Mapping[str, re.Pattern[str]]
    reference: evidence_pb2.ModelReference

    def program(self, text: str) -> str:
        """The first known program that the text names; empty when it names none."""
        return next((name for name, pattern in self.programs.items() if pattern.search(text)), "")

    def maker_of(self, text: str) -> Maker | None:
        """The maker whose device the text (make, model, or both) names."""
        return next((maker for maker in self.makers if maker.claim.search(text)), None)


def parse_container_rules(document: Mapping[str, Any], reference: evidence_pb2.ModelReference) -> ContainerRules:
    """Rules from the parameter document. Raises KeyError, TypeError, ValueError or re.error when it is malformed."""
    return ContainerRules(
        log_likelihood_ratios={
            code: float(entry["value"]) for code, entry in document["log_likelihood_ratios"].items()
        },
        makers=tuple(_maker(entry) for entry in document["makers"]),
        programs={entry["name"]: re.compile(entry["pattern"], re.IGNORECASE) for entry in document["programs"]},
        reference=reference,
    )


def load_container_rules(model: LoadedModel) -> ContainerRules:
    """Rules of a loaded model. Raises ModelInvalid when its parameter file is not what this service reads."""
    path = model.artefact(CONTAINER_PARAMETERS_FILE)
    try:
        return parse_container_rules(json.loads(path.read_text(encoding="utf-8")), model.reference)
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        raise ModelInvalid(f"model {CONTAINER_MODEL_NAME}: {path} is malformed ({error!r}); make it again") from error


def _maker(entry: Mapping[str, Any]) -> Maker:
    return Maker(
        name=entry["name"],
        claim=re.compile(entry["claim"], re.IGNORECASE),
        marks=frozenset(entry["marks"]),
        handlers=re.compile(entry["handlers"]) if entry["handlers"] else None,
        brands=frozenset(entry["brands"]),
        codecs=frozenset(entry["codecs"]),
        index_last=bool(entry["index_last"]),
        dated=bool(entry["dated"]),
        judges_writer=bool(entry["judges_writer"]),
    )
