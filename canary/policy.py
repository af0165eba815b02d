"""How a canary goes, and what it must not be worse by: one set of data, for `telltale canary` and for a cluster's rollouts."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kit.errors import InvalidSettings

SHIPPED: Final = Path(__file__).with_name("policy.json")

Share = Annotated[float, Field(gt=0, le=1)]
Seconds = Annotated[float, Field(gt=0)]


class CanaryPolicy(BaseModel):
    """Steps, patience and bounds. What is counted is what happened during the step alone."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    # Percentages of all calls, rising to 100.
    steps_percent: Annotated[tuple[Annotated[int, Field(ge=1, le=100)], ...], Field(min_length=1)]
    # Shortest and longest time of a step in seconds. What cannot be told by the end of it is rolled back.
    step_s: Seconds
    patience_s: Seconds
    # Calls of each version that a step must have seen.
    min_calls: Annotated[int, Field(ge=1)]
    # How much larger the canary's share of calls that fail by its own fault may be than that of the stable version, and how large
    # at all.
    max_error_rate_excess: Share
    max_error_rate: Share
    # The same for calls whose caller is told to do something else.
    max_refusal_rate_excess: Share
    # The canary's 99th percentile of durations as a multiple of the stable version's.
    max_p99_ratio: Annotated[float, Field(gt=1)]
    # What it may be longer by in any case, in milliseconds: of calls that take few, a third is nothing anybody waits for.
    p99_slack_ms: Annotated[float, Field(ge=0)]
    # On the golden set: area under the ROC curve, share of real items that are accused, share of items of which one version alone
    # accuses, and items of each label that the set must have.
    max_auc_loss: Share
    max_false_positive_rate_excess: Share
    max_disagreement: Share
    min_golden_per_label: Annotated[int, Field(ge=1)]
    # Population stability index of each test's findings, canary against stable.
    max_psi: Annotated[float, Field(gt=0)]
    # How often chance alone may roll an equal version back for one of the bounds, all looks of all steps together.
    # The analyses of a cluster, which look seldom, take it at every look.
    max_chance: Share

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.steps_percent[-1] != 100 or any(b <= a for a, b in itertools.pairwise(self.steps_percent)):
            raise ValueError(f"steps_percent must rise and end at 100, and is {list(self.steps_percent)}")
        if self.patience_s < self.step_s:
            raise ValueError(f"patience_s ({self.patience_s:g}) must not be shorter than step_s ({self.step_s:g})")
        return self


def read_policy(path: Path = SHIPPED, **changes: object) -> CanaryPolicy:
    """The policy in a file of JSON, with changes on top (None: none). Raises InvalidSettings: it cannot be read, or is none."""
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        policy = CanaryPolicy.model_validate_json(path.read_bytes())
        return CanaryPolicy.model_validate(policy.model_dump() | given)
    except OSError as error:
        raise InvalidSettings(f"the policy {path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise InvalidSettings(f"the policy {path} is wrong: {problems}; begin with {SHIPPED}") from error
