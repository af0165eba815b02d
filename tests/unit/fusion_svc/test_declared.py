from __future__ import annotations

import pytest

from fusion_svc.declared import noting_declaration
from fusion_svc.fuse import weigh
from fusion_svc.judge import judge
from fusion_svc.policy import decide
from telltale.common.v1 import evidence_pb2
from tests.support.fusion import PARAMETERS, PHOTO, a_finding, a_model

MARK = "software_generator_mark"


def declared(*evidence: evidence_pb2.Evidence) -> bool:
    balance = weigh(evidence, PARAMETERS)
    return noting_declaration(decide(balance, PARAMETERS), balance, evidence, PARAMETERS.labels).declared


def test_a_label_that_rests_on_the_mark_of_a_generator_is_declared() -> None:
    assert declared(a_finding("alpha", 1.5, code=MARK))
    assert declared(a_finding("alpha", 3.0, code=MARK), a_finding("beta", 1.0))


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        ([a_finding("alpha", 3.0, code="provenance_broken")], "broken credentials declare nothing"),
        ([a_finding("alpha", 3.0, code=MARK), a_finding("beta", 4.0)], "others raise suspicion, too"),
        ([a_finding("alpha", 0.8, code=MARK), a_finding("beta", 1.0)], "the mark alone is not enough"),
        ([a_finding("alpha", 0.8, code=MARK)], "there is no label"),
    ],
)
def test_any_other_label_is_not_declared(evidence: list[evidence_pb2.Evidence], why: str) -> None:
    assert not declared(*evidence), why


def test_a_declared_label_says_on_what_it_rests_and_that_its_truth_was_not_measured() -> None:
    told = judge([a_finding("alpha", 1.5, code=MARK)], PHOTO, a_model()).explanation
    assert told[0].text.startswith("What decides here is what the file says of itself")
    assert {"meaning_declared", "reliability_declared", "advice_declared"} <= {each.code for each in told}
