from __future__ import annotations

import json
from pathlib import Path

import pytest

from canary.policy import SHIPPED, read_policy
from kit.errors import InvalidSettings


def test_the_shipped_policy_is_the_one_that_is_promised() -> None:
    policy = read_policy()
    assert policy.steps_percent == (5, 25, 50, 100)
    assert (policy.max_error_rate_excess, policy.max_p99_ratio, policy.max_psi) == (0.01, 1.3, 0.2)
    assert (policy.max_auc_loss, policy.max_false_positive_rate_excess, policy.max_disagreement) == (0.01, 0.02, 0.1)


def test_changes_win_and_none_is_no_change() -> None:
    assert read_policy(step_s=3.0, patience_s=None).step_s == 3.0
    assert read_policy(patience_s=None).patience_s == read_policy().patience_s


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"steps_percent": [5, 50]}, "end at 100"),
        ({"steps_percent": [50, 25, 100]}, "rise"),
        ({"patience_s": 1.0}, "shorter"),
        ({"max_psi": 0}, "max_psi"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_wrong_policy_is_refused_with_what_is_wrong(tmp_path: Path, change: dict[str, object], word: str) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(json.loads(SHIPPED.read_text()) | change))
    with pytest.raises(InvalidSettings, match=word):
        read_policy(file)


def test_a_policy_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        read_policy(tmp_path / "none.json")
