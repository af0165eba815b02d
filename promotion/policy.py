"""What it takes to pass: bounds, patience and licences, as data that an operator may replace (`--policy FILE`)."""

from __future__ import annotations

import hashlib
import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kit.errors import InvalidSettings

SHIPPED: Final = Path(__file__).with_name("policy.json")

Share = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class Policy(BaseModel):
    """Bounds of the gates. Licences are patterns (`*` for anything, case does not count) that a statement must match whole."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    # What a candidate may be worse by: AUC, Cllr in bits, calibration error, and shares of abstentions and false alarms.
    margin: Share
    # Items of each label that the model, and what is live, must have spoken on.
    min_items_per_label: Annotated[int, Field(ge=2)]
    # Draws of the bootstrap, and where chance begins.
    bootstrap_rounds: Annotated[int, Field(ge=200)]
    bootstrap_seed: int
    # Largest share of a source's authentic items that may be accused.
    max_false_positive_rate: Share
    # Log-likelihood ratio from which a test without operating points in its card is said to accuse.
    threshold_llr: Positive
    # Processor time of the candidate as a multiple of that of what is live.
    max_speed_ratio: Positive
    # Mean processor seconds a file, by kind, where nothing is live.
    max_cpu_s: dict[str, Positive]
    # Peak memory of the candidate's process as a multiple of that of what is live, and at all.
    max_memory_ratio: Positive
    max_rss_bytes: Annotated[int, Field(gt=0)]
    # Seconds that loading all models may take, and one file.
    start_timeout_s: Positive
    item_timeout_s: Positive
    # Licences of weights, and terms of the data that they were learned from.
    weights_licences: list[str]
    data_licences: list[str]

    @property
    def sha256(self) -> str:
        """What tells policies apart, however they are written down."""
        return hashlib.sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()

    def changes(self) -> list[str]:
        """What it says otherwise than the shipped policy, a sentence each."""
        ours, shipped = self.model_dump(), read_policy().model_dump()
        return [_change(name, ours[name], shipped[name]) for name in ours if ours[name] != shipped[name]]

    def allows_weights(self, licence: str) -> bool:
        """Whether the licence of a model's weights is on the list."""
        return _matches(licence, self.weights_licences)

    def allows_data(self, licence: str) -> bool:
        """Whether the terms of a body of training data are on the list."""
        return _matches(licence, self.data_licences)


def read_policy(path: Path = SHIPPED) -> Policy:
    """The policy in a file of JSON. Raises InvalidSettings: it cannot be read, or is none."""
    try:
        return Policy.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InvalidSettings(f"the policy {path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise InvalidSettings(f"the policy {path} is wrong: {problems}; begin with {SHIPPED}") from error


def _change(name: str, ours: object, shipped: object) -> str:
    if isinstance(ours, list) and isinstance(shipped, list):
        more, fewer = (", ".join(sorted({*a} - {*b})) or "nothing" for a, b in ((ours, shipped), (shipped, ours)))
        return f"{name} has {more} besides the shipped ones, and lacks {fewer}"
    return f"{name} is {ours}, shipped is {shipped}"


def _matches(text: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(text.lower(), pattern.lower()) for pattern in patterns)
