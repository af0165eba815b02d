from __future__ import annotations

import json

import pytest

from kit.errors import InvalidRequest
from kit.predictions import from_line, to_line
from tests.support.predictions import PHOTO, usual


def test_predictions_are_read_as_they_were_written() -> None:
    assert [from_line(to_line(own)) for own in usual(50)] == usual(50)


@pytest.mark.parametrize(
    "change",
    [
        {"risk_score": "high"},
        {"risk_score": float("nan")},
        {"findings": {"face": None}},
        {"abstentions": ["NO_FACE"]},
        {"time_s": None},
        {"owner": "somebody"},
        {"format": 2},
    ],
)
def test_a_line_with_other_fields_or_values_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest, match="no line of a prediction log"):
        from_line(json.dumps(json.loads(to_line(PHOTO)) | change))


def test_a_line_that_lacks_a_field_is_refused() -> None:
    held = json.loads(to_line(PHOTO))
    del held["recalled"]
    with pytest.raises(InvalidRequest, match="no line of a prediction log"):
        from_line(json.dumps(held))
