"""The report."""

from __future__ import annotations

import json

from gateway.report import report_json
from telltale.gateway.v1 import resources_pb2


def test_a_zero_is_written_out() -> None:
    analysis = resources_pb2.Analysis(name="analyses/a")
    analysis.verdict.risk_score = 0.0
    assert json.loads(report_json(analysis))["analysis"]["verdict"]["riskScore"] == 0


def test_the_same_analysis_gives_the_same_bytes() -> None:
    analysis = resources_pb2.Analysis(name="analyses/a", display_name="Zoë.jpg")
    assert report_json(analysis) == report_json(resources_pb2.Analysis.FromString(analysis.SerializeToString()))
    assert "Zoë.jpg".encode() in report_json(analysis)
