from __future__ import annotations

from collections.abc import Callable

import pytest

from cli.verification.outcome import Result
from cli.verification.record import checked_evidence
from telltale.report.v1 import report_pb2
from tests.support.reports import a_report, a_sound_report, a_video_report


def set_ratio(report: report_pb2.Report) -> None:
    report.judged.evidence[0].finding.log_likelihood_ratio = 0.0


def drop_model(report: report_pb2.Report) -> None:
    del report.analysis.verdict.replay.models[:]


def other_media(report: report_pb2.Report) -> None:
    report.judged.media.sha256 = "cd" * 32


def other_shown(report: report_pb2.Report) -> None:
    del report.analysis.evidence[:]


def other_custody(report: report_pb2.Report) -> None:
    report.custody[0].media_sha256 = "cd" * 32


def other_format(report: report_pb2.Report) -> None:
    report.format = "telltale-report/99"


@pytest.mark.parametrize("make", [a_report, a_video_report, a_sound_report])
def test_records_as_we_write_them_agree_with_themselves(make: Callable[[], report_pb2.Report]) -> None:
    assert checked_evidence(make()).result is Result.OK


@pytest.mark.parametrize("change", [set_ratio, drop_model, other_media, other_shown, other_custody, other_format])
def test_a_record_that_contradicts_itself_is_refused(change: Callable[[report_pb2.Report], None]) -> None:
    report = a_report()
    change(report)
    assert checked_evidence(report).result is Result.NO
