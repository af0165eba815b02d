from __future__ import annotations

from pathlib import Path

import pytest

from cli.verification.models import checked_models, checked_verdict
from cli.verification.outcome import Result
from kit.models.registry import Registry
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2
from tests.support.reports import MODELS, a_report, a_sound_report, a_video_report


def test_records_are_judged_again_to_the_same_verdict() -> None:
    for report in (a_report(), a_video_report(), a_sound_report()):
        assert checked_verdict(report, Registry(MODELS)).result is Result.OK


@pytest.mark.parametrize("language", ["de", "tlh", ""])
def test_the_language_of_a_record_changes_nothing_about_its_verdict(language: str) -> None:
    report = a_report(language=language)
    assert report.analysis.verdict.language == ("de" if language == "de" else "en")
    assert checked_verdict(report, Registry(MODELS)).result is Result.OK


def test_a_record_from_before_verdicts_named_their_language_is_judged_again_all_the_same() -> None:
    report = a_report()
    report.analysis.verdict.ClearField("language")
    assert checked_verdict(report, Registry(MODELS)).result is Result.OK


@pytest.mark.parametrize("by", [2e-4, -2e-4, float("nan")])
def test_other_log_odds_are_refused(by: float) -> None:
    report = a_report()
    report.analysis.verdict.log_odds += by
    check = checked_verdict(report, Registry(MODELS))
    assert (check.result, "log_odds is" in check.text) == (Result.NO, True)


def test_a_difference_below_the_tolerance_is_none() -> None:
    report = a_report()
    report.analysis.verdict.log_odds += 5e-5
    assert checked_verdict(report, Registry(MODELS)).result is Result.OK


def test_a_risk_score_that_was_told_to_a_tenth_is_no_difference() -> None:
    report = a_report()
    report.analysis.verdict.risk_score += 0.2
    assert checked_verdict(report, Registry(MODELS)).result is Result.OK
    report.analysis.verdict.risk_score += 1
    assert "risk_score is" in checked_verdict(report, Registry(MODELS)).text


def test_another_label_and_other_contributions_are_refused() -> None:
    report = a_report()
    wrong = next(label for label in verdict_pb2.Label.values() if label not in (0, report.analysis.verdict.label))
    report.analysis.verdict.label = wrong
    report.analysis.verdict.contributions[0].log_odds += 1
    text = checked_verdict(report, Registry(MODELS)).text
    assert "the label is" in text
    assert "frequency added" in text


@pytest.mark.parametrize("name", ["../../etc", "/etc", "a/b", "", "fusion\x1b[2J", "*"])
def test_a_name_that_is_no_name_of_a_model_touches_no_file(name: str, tmp_path: Path) -> None:
    report = a_report()
    report.analysis.verdict.replay.models[0].name = name
    check = next(checked_models(report, Registry(tmp_path)))
    assert check.result is Result.NO
    assert "\x1b" not in check.text


def test_more_models_than_tests_are_not_looked_for(tmp_path: Path) -> None:
    report = a_report()
    report.analysis.verdict.replay.models.extend([report.analysis.verdict.replay.fusion_model] * 1000)
    assert [check.result for check in checked_models(report, Registry(tmp_path))] == [Result.NO]


def test_evidence_that_breaks_its_contract_is_refused_and_not_judged() -> None:
    report = a_report()
    report.judged.media.kind = media_pb2.MEDIA_KIND_UNSPECIFIED
    check = checked_verdict(report, Registry(MODELS))
    assert (check.result, "cannot be judged" in check.text) == (Result.NO, True)
