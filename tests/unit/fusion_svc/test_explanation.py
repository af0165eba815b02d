from __future__ import annotations

from dataclasses import replace

import pytest

from fusion_svc.abstentions import abstentions
from fusion_svc.catalogue import catalogue_for
from fusion_svc.explanation import Narrator
from fusion_svc.fuse import Balance, weigh
from fusion_svc.policy import LABEL_NAMES, Decision, Doubt
from fusion_svc.tested import Shortfall
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2
from tests.support.fusion import PARAMETERS, a_finding, a_point, an_abstention

CATALOGUE = catalogue_for("en").model_copy(
    update={
        "findings": {"edges_blurred": "The edges of {faces} faces are blurred."},
        "cues": {"alpha": "edge test", "beta": "noise test"},
    }
)
NARRATOR = Narrator(CATALOGUE, "image")
FOR, AGAINST = verdict_pb2.EXPLANATION_ROLE_FOR, verdict_pb2.EXPLANATION_ROLE_AGAINST
MANIPULATED = Decision(verdict_pb2.LABEL_MANIPULATED)
EVEN = Balance(contributions=(), prior_log_odds=0.0, log_odds=0.0, usable_evidence=1.0)
WEIGHTS = PARAMETERS.weights


def signals(*evidence: evidence_pb2.Evidence) -> list[verdict_pb2.ExplanationSentence]:
    """The sentences about these findings."""
    return list(NARRATOR.signals(weigh(evidence, PARAMETERS), evidence))


def test_signals_come_strongest_first_with_their_side() -> None:
    told = signals(a_finding("beta", 1.0), a_finding("alpha", -3.0), a_finding("gamma", 19.0))
    assert [(entry.cue, entry.role) for entry in told] == [("gamma", FOR), ("alpha", AGAINST), ("beta", FOR)]


def test_a_signal_that_hardly_moves_the_odds_is_not_told() -> None:
    assert [entry.cue for entry in signals(a_finding("alpha", 0.1), a_finding("beta", 0.19))] == ["alpha"]


def test_every_contribution_carries_its_sentence_also_a_small_one() -> None:
    evidence = [a_finding("alpha", 0.02, code="edges_blurred", faces="2"), a_finding("beta", 3.0)]
    told = list(NARRATOR.contributions(weigh(evidence, PARAMETERS), evidence))
    assert [(entry.cue, entry.text) for entry in told][-1] == ("alpha", "The edges of 2 faces are blurred.")
    assert all(entry.text for entry in told)


def test_a_signal_may_name_the_kind_of_media() -> None:
    catalogue = CATALOGUE.model_copy(update={"findings": {"made_up": "The {media} is made up."}})
    evidence = [a_finding("alpha", 2.0, code="made_up")]
    told = list(Narrator(catalogue, "audio").signals(weigh(evidence, PARAMETERS), evidence))
    assert told[0].text.startswith("The recording is made up. ")


def test_a_signal_is_told_by_its_reason_code() -> None:
    told = signals(a_finding("alpha", 2.0, code="edges_blurred", faces="2"))[0]
    assert (told.code, told.text, dict(told.parameters)) == (
        "edges_blurred",
        "The edges of 2 faces are blurred. Nothing else of weight speaks for manipulation.",
        {"faces": "2", "log_odds": "2.000", "share_percent": "100.0"},
    )


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (2.0, 'The test "edge test" speaks for manipulation.'),
        (-2.0, 'The test "edge test" speaks against manipulation.'),
    ],
)
@pytest.mark.parametrize("code", ["edges_blurred", "never_heard_of"])
def test_without_a_sentence_or_its_values_only_the_test_and_its_side_are_told(
    code: str, ratio: float, text: str
) -> None:
    assert signals(a_finding("alpha", ratio, code=code))[0].text.startswith(text + " Nothing else ")


def test_tests_with_the_same_reason_share_a_sentence() -> None:
    missing = abstentions([], ["alpha", "beta"], "image", CATALOGUE)
    told = list(NARRATOR.not_examined(missing, WEIGHTS))
    assert [entry.text for entry in told] == [
        "Failed here: edge test, noise test. The service behind it could not be reached or failed."
    ]
    assert dict(told[0].parameters) == {"cues": "alpha,beta"}


def test_tests_with_the_same_reason_and_different_details_share_the_plain_reason() -> None:
    reason = evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ
    evidence = [an_abstention("alpha", reason, wanted="EXIF"), an_abstention("beta", reason, wanted="C2PA manifest")]
    told = list(NARRATOR.not_examined(abstentions(evidence, [], "image", CATALOGUE), WEIGHTS))
    assert [entry.text for entry in told] == [
        "Nothing to examine: edge test, noise test. "
        "The file holds nothing to read there. That is common and says nothing about the photo."
    ]


def test_all_unexamined_tests_are_named_however_many_they_are() -> None:
    cues = [f"a_test_with_a_long_name_{number}" for number in range(20)]
    told = list(NARRATOR.not_examined(abstentions([], cues, "image", CATALOGUE), WEIGHTS))
    assert len(told) == 1
    assert all(f'"{cue}"' in told[0].text for cue in cues)


@pytest.mark.parametrize(
    "reason", [evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE, evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE]
)
def test_a_test_that_saw_nothing_or_does_not_apply_is_not_missed(
    reason: evidence_pb2.AbstentionReason.ValueType,
) -> None:
    evidence = [an_abstention("alpha", reason)]
    assert not list(NARRATOR.not_examined(abstentions(evidence, [], "image", CATALOGUE), WEIGHTS))


@pytest.mark.parametrize(
    ("label", "name", "text"),
    [
        (
            verdict_pb2.LABEL_MANIPULATED,
            "manipulated",
            "In our tests 6 of 300 authentic photos (2.0%) reached this label too; with 95% confidence the true rate "
            "is at most 4.3%. Measured on val, 4 kinds of fake; elsewhere it may be worse.",
        ),
        (
            verdict_pb2.LABEL_SUSPICIOUS,
            "suspicious",
            "In our tests 6 of 300 authentic photos (2.0%) were rated suspicious or worse; with 95% confidence the true "
            "rate is at most 4.3%. Measured on val, 4 kinds of fake; elsewhere it may be worse.",
        ),
        (
            verdict_pb2.LABEL_AUTHENTIC,
            "authentic",
            "In our tests 9 of 300 manipulated photos (3.0%) also came out this low. Measured on val, 4 kinds of fake; "
            "elsewhere it may be worse.",
        ),
    ],
)
def test_measured_error_rates_are_told_in_plain_words(label: verdict_pb2.Label.ValueType, name: str, text: str) -> None:
    told = NARRATOR.reliability(Decision(label), EVEN, a_point(f"image_{name}", 1.0), [])
    assert [entry.text for entry in told] == [text]


def test_rates_that_nobody_measured_are_not_told() -> None:
    told = NARRATOR.reliability(MANIPULATED, EVEN, a_point("image_manipulated", 2.0, items=0), [])
    assert [entry.text for entry in told] == [
        "How often this label is wrong has not been measured for this version. Treat it as a hint."
    ]


def test_a_label_that_claims_nothing_has_no_error_rate() -> None:
    decision = Decision(verdict_pb2.LABEL_INCONCLUSIVE, Doubt.THIN)
    told = NARRATOR.reliability(decision, EVEN, a_point("image_suspicious", 1.0), [])
    assert [entry.code for entry in told] == ["reliability_inconclusive"]


@pytest.mark.parametrize(
    ("reason", "codes"),
    [
        (evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED, ["reliability_manipulated", "reliability_incomplete"]),
        (evidence_pb2.ABSTENTION_REASON_NO_FACE, ["reliability_manipulated"]),
    ],
)
def test_rates_that_were_measured_with_all_tests_are_qualified_when_one_failed(
    reason: evidence_pb2.AbstentionReason.ValueType, codes: list[str]
) -> None:
    missing = abstentions([an_abstention("alpha", reason)], [], "image", CATALOGUE)
    told = NARRATOR.reliability(MANIPULATED, EVEN, a_point("image_manipulated", 2.0), missing)
    assert [entry.code for entry in told] == codes


def leaning(log_odds: float) -> tuple[Decision, Balance]:
    """An undecided verdict at these log-odds."""
    return Decision(verdict_pb2.LABEL_INCONCLUSIVE, Doubt.BALANCED), replace(EVEN, log_odds=log_odds)


@pytest.mark.parametrize("doubt", Doubt)
def test_an_inconclusive_verdict_takes_no_side(doubt: Doubt) -> None:
    meaning = NARRATOR.meaning(Decision(verdict_pb2.LABEL_INCONCLUSIVE, doubt), EVEN, PARAMETERS)
    assert "genuine" in meaning.text
    assert "manipulated" in meaning.text
    assert meaning.code == f"meaning_inconclusive_{doubt.value}"


@pytest.mark.parametrize(
    ("log_odds", "code", "threshold"),
    [
        (0.9, "meaning_inconclusive_leaning_for", "73.1"),
        (-0.9, "meaning_inconclusive_leaning_against", "26.9"),
    ],
)
def test_evidence_that_leans_is_not_called_weak_and_its_threshold_is_told(
    log_odds: float, code: str, threshold: str
) -> None:
    meaning = NARRATOR.meaning(*leaning(log_odds), PARAMETERS)
    assert (meaning.code, meaning.parameters["threshold"]) == (code, threshold)
    assert "weak" not in meaning.text
    assert f"{threshold} of 100" in meaning.text


def test_evidence_that_leans_towards_manipulation_comes_with_the_error_rate_of_the_label_above() -> None:
    [told] = NARRATOR.reliability(*leaning(0.9), a_point("image_suspicious", 1.0), [])
    assert "6 of 300 authentic photos (2.0%) reached it" in told.text
    [unknown] = NARRATOR.reliability(*leaning(0.9), a_point("image_suspicious", 1.0, items=0), [])
    assert unknown.code == "reliability_inconclusive"


@pytest.mark.parametrize("media", ["image", "video", "audio"])
def test_every_outcome_has_its_own_meaning_and_advice_for_every_kind_of_media(media: str) -> None:
    narrator = Narrator(CATALOGUE, media)
    outcomes = [
        *((Decision(label), EVEN) for label in LABEL_NAMES),
        *((Decision(verdict_pb2.LABEL_INCONCLUSIVE, doubt), EVEN) for doubt in Doubt),
        leaning(0.9),
        leaning(-0.9),
    ]
    assert len({narrator.meaning(*case, PARAMETERS).text for case in outcomes}) == len(outcomes)
    assert len({next(narrator.advice(*case, [], [])).text for case in outcomes}) == len(outcomes)


def test_what_something_means_and_what_to_do_is_said_in_the_words_of_the_kind_of_media() -> None:
    meanings = {
        media: Narrator(CATALOGUE, media).meaning(MANIPULATED, EVEN, PARAMETERS).text
        for media in ("image", "video", "audio")
    }
    assert "photo" in meanings["image"]
    assert "video" in meanings["video"]
    assert "spoken by a program" in meanings["audio"]


def test_media_outside_the_tested_range_are_told_what_they_have_too_little_of() -> None:
    outside = (Shortfall("bits_per_pixel", 0.09996, 0.1), Shortfall("side_px", 90.0, 128.0))
    decision = Decision(verdict_pb2.LABEL_INCONCLUSIVE, Doubt.OUT_OF_RANGE, outside)
    told = NARRATOR.meaning(decision, EVEN, PARAMETERS)
    assert "compressed to 0.099 bits per pixel; at least 0.1 are needed. Its shorter side has 90 pixels; " in told.text
    assert told.parameters["needed_side_px"] == "128"
    german = Narrator(catalogue_for("de"), "image").meaning(decision, EVEN, PARAMETERS)
    assert "auf 0,099 Bit je Pixel komprimiert; nötig sind mindestens 0,1." in german.text
    assert german.parameters == told.parameters
