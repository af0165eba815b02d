"""Videos, from evidence to verdict."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_svc.fuse import weigh
from fusion_svc.judge import judge
from fusion_svc.timeline import seconds
from kit.errors import InvalidRequest
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from tests.support.fusion import PHOTO, TIMED_PARAMETERS, VIDEO, a_finding, a_model, a_span, a_timeline

MODEL = a_model()
tracks = st.sampled_from([None, 0, 1, 7])
times = st.floats(-1, 30)
spans = st.lists(st.builds(a_span, times, times, st.floats(-1e9, 1e9), tracks), max_size=12)
entries = st.dictionaries(st.sampled_from(["alpha", "beta", "gamma", "never_heard_of"]), spans, max_size=4).map(
    lambda given: [a_timeline(cue, *found, quality=0.8) for cue, found in given.items()]
)
evidence = entries.map(lambda given: [in_bounds(entry) for entry in given])
many = settings(deadline=None, max_examples=40)


def in_bounds(entry: evidence_pb2.Evidence) -> evidence_pb2.Evidence:
    """The test's own opinion within the contract."""
    entry.finding.log_likelihood_ratio = max(-20.0, min(20.0, entry.finding.log_likelihood_ratio))
    return entry


def swapped() -> list[evidence_pb2.Evidence]:
    """Two people for twenty seconds; the second one's face is not their own from second 8 on, for four seconds."""
    calm = [a_span(1.6 * n, 1.6 * n + 1.6, -1.0, track) for track in (0, 1) for n in range(12)]
    alpha = [a_span(8, 12, 4.0, 1) if span.track_id == 1 and seconds(span.start) == 8 else span for span in calm]
    cut = [span for span in alpha if not (span.track_id == 1 and 8 < seconds(span.start) < 12)]
    return [a_timeline("alpha", *cut), a_timeline("beta", a_span(0, 16, -1.0, 0)), a_finding("gamma", 2.0)]


@many
@given(evidence, st.randoms())
def test_any_order_of_evidence_and_spans_gives_the_same_balance(
    found: list[evidence_pb2.Evidence], chance: random.Random
) -> None:
    shuffled = [
        evidence_pb2.Evidence.FromString(entry.SerializeToString()) for entry in chance.sample(found, len(found))
    ]
    for entry in shuffled:
        mixed = chance.sample(list(entry.finding.spans), len(entry.finding.spans))
        entry.finding.ClearField("spans")
        entry.finding.spans.extend(mixed)
    assert weigh(shuffled, TIMED_PARAMETERS) == weigh(found, TIMED_PARAMETERS)


@many
@given(evidence)
def test_the_prior_and_the_contributions_add_up_exactly(found: list[evidence_pb2.Evidence]) -> None:
    verdict = judge(found, VIDEO, MODEL)
    parts = [verdict.prior_log_odds, *(entry.log_odds for entry in verdict.contributions)]
    assert verdict.log_odds == math.fsum(parts)
    for entry in verdict.contributions:
        assert entry.log_odds == entry.weight * entry.quality * entry.log_likelihood_ratio


@many
@given(evidence, st.lists(st.floats(0, 40), min_size=48, max_size=48))
def test_spans_that_speak_more_for_manipulation_never_lower_the_log_odds(
    found: list[evidence_pb2.Evidence], more: list[float]
) -> None:
    before = weigh(found, TIMED_PARAMETERS).log_odds
    timed = (span for entry in found if entry.cue != "never_heard_of" for span in entry.finding.spans)
    for span, extra in zip(timed, more, strict=False):
        span.log_likelihood_ratio += extra
    assert weigh(found, TIMED_PARAMETERS).log_odds >= before - 1e-8


@many
@given(st.lists(st.floats(-20, 20), min_size=1, max_size=12), st.lists(st.floats(0, 20), min_size=12, max_size=12))
def test_a_further_test_for_manipulation_never_lowers_the_log_odds(known: list[float], more: list[float]) -> None:
    alpha = a_timeline("alpha", *(a_span(n, n + 1, ratio) for n, ratio in enumerate(known)))
    beta = a_timeline("beta", *(a_span(n, n + 1, ratio) for n, ratio in zip(range(len(known)), more, strict=False)))
    after, before = weigh([alpha, beta], TIMED_PARAMETERS), weigh([alpha], TIMED_PARAMETERS)
    assert after.log_odds >= before.log_odds - 1e-8


@many
@given(evidence)
def test_a_verdict_is_suspicious_or_worse_exactly_when_it_lists_a_stretch(found: list[evidence_pb2.Evidence]) -> None:
    balance = weigh(found, TIMED_PARAMETERS)
    threshold = TIMED_PARAMETERS.labels.suspicious
    if balance.decisive and abs(balance.log_odds - threshold) > 1e-6:
        assert bool(balance.segments) == (balance.log_odds >= threshold)
        assert all(stretch.log_odds <= balance.log_odds + 1e-6 for stretch in balance.segments)


def test_the_verdict_follows_the_worst_stretch() -> None:
    verdict = judge(swapped(), VIDEO, MODEL)
    assert verdict.decisive.track_id == 1
    assert (seconds(verdict.decisive.start), seconds(verdict.decisive.end)) == pytest.approx((8.0, 12.0), abs=0.16)
    assert verdict.decisive.log_odds == verdict.log_odds
    assert [(entry.track_id, entry.risk_score) for entry in verdict.segments] == [(1, verdict.risk_score)]


def test_the_prior_pays_for_the_search() -> None:
    calm = [a_timeline("alpha", *(a_span(1.28 * n, 1.28 * (n + 1), -1.0) for n in range(10)))]
    assert judge(calm, VIDEO, MODEL).prior_log_odds == pytest.approx(-0.25 * math.log(10))


def test_a_test_that_looked_elsewhere_is_listed_with_nothing() -> None:
    entry = next(entry for entry in judge(swapped(), VIDEO, MODEL).contributions if entry.cue == "beta")
    assert (entry.log_odds, entry.log_likelihood_ratio, entry.weight) == (0.0, 0.0, 0.5)
    assert entry.text == 'The test ""beta"" says nothing that counts about the stretch that decides.'


def test_a_test_without_spans_counts_as_it_is() -> None:
    entry = next(entry for entry in judge(swapped(), VIDEO, MODEL).contributions if entry.cue == "gamma")
    assert (entry.log_odds, entry.log_likelihood_ratio) == (0.5, 2.0)


def test_a_video_without_any_spans_is_judged_like_a_photo() -> None:
    verdict = judge([a_finding("alpha", 3.0)], VIDEO, MODEL)
    assert (verdict.log_odds, verdict.prior_log_odds, verdict.operating_point.name) == (3.0, 0.0, "video_manipulated")
    assert not verdict.HasField("decisive")


def test_spans_of_a_photo_mean_nothing() -> None:
    verdict = judge([a_timeline("alpha", a_span(0, 5, -3.0), a_span(5, 9, 2.0))], PHOTO, MODEL)
    assert verdict.log_odds == 2.0
    assert not verdict.HasField("decisive")


def test_a_span_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="of a span must be a finite number"):
        judge([in_bounds(a_timeline("alpha", a_span(0, 1, 1.0), a_span(1, 2, math.nan)))], VIDEO, MODEL)


def explained(found: list[evidence_pb2.Evidence], media: media_pb2.MediaInfo = VIDEO) -> list[str]:
    return [entry.text for entry in judge(found, media, MODEL).explanation]


def test_the_explanation_of_a_swapped_face_says_who_and_when() -> None:
    found = swapped()
    found[0].finding.reason.code = "face_texture_synthetic"
    found[0].finding.reason.parameters.update({"faces": "40", "suspicious_faces": "12"})
    assert explained(found) == [
        "The evidence speaks clearly for manipulation: at least a part of the video was probably changed or made by a "
        "program. This is an estimate, not proof, and it does not say who changed what, or why.",
        "Person 2, from 0:08.0 to 0:12.0: The learned face test finds traits of manipulated or synthetic faces "
        "(faces tested: 40, with such traits: 12). This weighs most: 89% of all that speaks for manipulation. "
        "The other signals alone would come to a risk of 41.5 of 100.",
        'The test ""gamma"" speaks for manipulation. Taken alone this is a weak sign. '
        "This makes up 11% of all that speaks for manipulation.",
        "In our tests 6 of 300 authentic videos (2.0%) reached this label too; with 95% confidence the true rate is at most "
        "4.3%. Measured on val, 4 kinds of fake; elsewhere it may be worse.",
        "Do not use the video as genuine, and have an expert confirm the result before you accuse anybody.",
    ]


def test_other_languages_get_person_and_times_as_values() -> None:
    told = next(entry for entry in judge(swapped(), VIDEO, MODEL).explanation if entry.cue == "alpha")
    assert dict(told.parameters) == {
        "person": "2",
        "start": "8.000",
        "end": "12.000",
        "log_odds": "4.000",
        "share_percent": "88.9",
    }


def test_a_test_that_contradicts_its_own_summary_on_the_decisive_stretch_is_told_by_its_side() -> None:
    beta = a_timeline("beta", a_span(0, 3.2, -2.0), a_span(4, 6, 1.0), code="face_texture_synthetic", faces="4")
    told = explained([a_timeline("alpha", a_span(0, 3.2, 5.0)), beta])
    side = 'Person 1, from 0:00.0 to 0:03.2: The test ""beta"" speaks against manipulation.'
    assert [text for text in told if text.startswith(side)]


def test_further_suspicious_stretches_are_told_by_person_and_time() -> None:
    more = [a_span(0, 3.2, 5.0, 0), a_span(72, 75.2, 4.0, 0), a_span(4, 8, 4.5, 2)]
    told = [entry for entry in judge([a_timeline("alpha", *more)], VIDEO, MODEL).explanation if "too." in entry.text]
    assert [entry.text for entry in told] == [
        "Person 3, from 0:04.0 to 0:08.0, looks suspicious too.",
        "Person 1, from 1:12.0 to 1:15.2, looks suspicious too.",
    ]
    assert {entry.role for entry in told} == {verdict_pb2.EXPLANATION_ROLE_FOR}


def test_the_whole_picture_is_told_without_a_person() -> None:
    told = explained([a_timeline("alpha", a_span(0, 3.2, 5.0, None), a_span(4, 6.4, 4.0, None))])
    assert told[1].startswith('From 0:00.0 to 0:03.2: The test ""alpha"" speaks for manipulation.')
    assert told[2] == "From 0:04.0 to 0:06.4 the video looks suspicious too."


@pytest.mark.parametrize(
    ("examined_s", "text"),
    [
        (12.8, "12.8 of 20.0 seconds of the video were looked at. A change in the rest would not have been seen."),
        (20.1, "All 20.0 seconds of the video were looked at."),
    ],
)
def test_an_authentic_video_is_told_with_how_much_of_it_was_looked_at(examined_s: float, text: str) -> None:
    assert text in explained([a_timeline("alpha", a_span(0, examined_s, -4.0))])


def test_how_much_was_looked_at_is_not_told_where_nobody_knows() -> None:
    unknown = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_VIDEO)
    found = [a_timeline("alpha", a_span(0, 9, -4.0))]
    assert not [text for text in explained(found, unknown) if "looked at" in text]
