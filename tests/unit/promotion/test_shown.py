from __future__ import annotations

from io import StringIO

from rich.console import Console

from promotion.policy import read_policy
from promotion.shown import as_markdown, as_table
from telltale.model.v1 import registry_pb2


def report(
    live: registry_pb2.Release | None = None, policy_sha256: str = read_policy().sha256
) -> registry_pb2.GateReport:
    candidate = registry_pb2.Release(name="thing", version="1.1.0", card_sha256="a" * 64)
    gates = [
        registry_pb2.Gate(name="accuracy", passed=True, finding="AUC 0.9 | fine"),
        registry_pb2.Gate(name="licence", passed=False, finding="not on the list"),
    ]
    made = registry_pb2.GateReport(candidate=candidate, channel="staging", gates=gates, policy_sha256=policy_sha256)
    made.judged_by = "the test thing itself"
    if live:
        made.live.CopyFrom(live)
    return made


def printed(shown: registry_pb2.GateReport) -> str:
    output = StringIO()
    Console(file=output, width=120).print(as_table(shown, "c" * 64))
    return output.getvalue()


def test_a_table_says_what_was_compared_and_which_gate_refuses() -> None:
    text = printed(report(live=registry_pb2.Release(name="thing", version="1.0.0", card_sha256="d" * 64)))
    assert "thing@1.1.0 (card aaaaaaaaaaaa) for staging" in text
    assert "against thing@1.0.0" in text
    assert "judged by the test thing itself" in text
    assert "REFUSED  not on the list" in text
    assert f"REFUSED; report {'c' * 64}" in text


def test_nothing_live_and_a_policy_of_ones_own_are_named() -> None:
    text = printed(report(policy_sha256="e" * 64))
    assert "against nothing, so against what its card promises" in text
    assert "by a policy of somebody's own (eeeeeeeeeeeeeeee)" in text
    assert "by the policy that is shipped" in printed(report())


def test_a_page_has_a_row_for_each_gate() -> None:
    lines = as_markdown(report(), "c" * 64).splitlines()
    assert lines[0] == "# thing@1.1.0 (card aaaaaaaaaaaa) for staging"
    assert "| accuracy | passed | AUC 0.9 \\| fine |" in lines
    assert "| licence | **refused** | not on the list |" in lines
