"""How often an equal version is rolled back, looked at once a second: what the policy promises, by simulation."""

from __future__ import annotations

import numpy as np

from bench.canary.risk import RARE, Kind, rolled_out
from canary.policy import read_policy

ROLLOUTS = 25


def test_an_equal_version_is_hardly_ever_rolled_back_although_it_is_looked_at_again_and_again() -> None:
    equal, chance = Kind(findings=RARE, cues=3), np.random.default_rng(7)
    ends = [rolled_out(read_policy(step_s=120), equal, equal, chance) for _ in range(ROLLOUTS)]
    assert [end.why for end in ends if end.why and "not told" not in end.why] == []
    assert sum(bool(end.why) for end in ends) <= 1


def test_what_fails_every_second_call_is_known_after_few() -> None:
    chance = np.random.default_rng(7)
    ends = [rolled_out(read_policy(), Kind(), Kind(errors=0.5), chance) for _ in range(20)]
    assert all("error rate" in end.why for end in ends)
    assert float(np.median([end.calls for end in ends])) <= 12
