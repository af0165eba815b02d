"""What must hold for any evidence, in any language: no sentence says more than the evidence carries."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence

from google.protobuf import duration_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fusion_svc.catalogue import catalogue_for, catalogues
from fusion_svc.judge import judge
from telltale.common.v1 import evidence_pb2, faces_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from tests.support.fusion import AUDIO, PHOTO, VIDEO, a_model, a_span, all_kinds
from tests.support.fusion import TIMED_PARAMETERS as TIMED

ENGLISH = catalogue_for("en")
CUES = [*sorted(ENGLISH.cues), "never_heard_of"]
KNOWN = TIMED.model_copy(
    update={"weights": dict.fromkeys(CUES[:-2], 0.7) | {CUES[-2]: 0.0}, "cues": [*CUES[:4], CUES[-2]]}
)
STILL = KNOWN.model_copy(update={"search_discount": None})
MODEL = a_model(all_kinds(image=STILL, video=KNOWN, audio=KNOWN))
LANGUAGES = sorted(catalogues())
CODES = sorted(set.intersection(*(set(each.findings) for each in catalogues().values())))
NAMES = (
    "faces",
    "people",
    "program",
    "camera",
    "issuer",
    "wanted",
    "missing",
    "error",
    "face_px",
    "needed_px",
    "person",
)
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "{cue.__class__}",
    "\u202edetsurt\x00\x1b[2J",
    "a" * 10_000,
    "trusted",
    " \n\t ",
    "{",
    "1.5",
)

values = st.sampled_from(HOSTILE) | st.text(max_size=20)
parameters = st.dictionaries(st.sampled_from(NAMES), values, max_size=6)
tracks = st.sampled_from([None, 0, 1, 3])
edges = st.floats(-0.2, 1.2)
ratios = st.floats(-20, 20)
times = st.floats(0, 20)
boxes = st.builds(faces_pb2.NormalizedBox, x_min=edges, y_min=edges, x_max=edges, y_max=edges)
moments = st.none() | st.builds(duration_pb2.Duration, seconds=st.integers(0, 20))
regions = st.builds(evidence_pb2.Region, box=boxes, strength=st.floats(-0.1, 1.1), track_id=tracks, time_offset=moments)
maps = st.none() | st.builds(
    evidence_pb2.EvidenceMap, width=st.integers(0, 3), height=st.integers(0, 3), values=st.binary(max_size=9)
)
reasons = st.builds(
    evidence_pb2.FindingReason,
    code=st.sampled_from([*CODES, "some_code"]),
    parameters=parameters,
)
findings = st.builds(
    evidence_pb2.Finding,
    log_likelihood_ratio=ratios,
    quality=st.floats(0, 1),
    regions=st.lists(regions, max_size=3),
    spans=st.lists(st.builds(a_span, times, times, ratios, tracks), max_size=3),
    map=maps,
    reason=reasons,
)
abstained = st.builds(
    evidence_pb2.Abstention,
    reason=st.sampled_from([value for value in evidence_pb2.AbstentionReason.values() if value]),
    parameters=parameters,
)
outcomes = st.builds(evidence_pb2.Evidence, finding=findings) | st.builds(evidence_pb2.Evidence, abstention=abstained)
media = st.sampled_from([PHOTO, VIDEO, AUDIO])
evidence = st.dictionaries(st.sampled_from(CUES), outcomes, max_size=6).map(
    lambda given: [_named(cue, entry) for cue, entry in given.items()]
)
many = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def _named(cue: str, entry: evidence_pb2.Evidence) -> evidence_pb2.Evidence:
    named = evidence_pb2.Evidence(cue=cue)
    named.MergeFrom(entry)
    return named


def _texts(verdict: verdict_pb2.Verdict) -> list[str]:
    return [
        *(entry.text for entry in verdict.explanation),
        *(entry.text for entry in verdict.contributions),
        *(entry.text for entry in verdict.abstentions),
    ]


def _tracks(found: Sequence[evidence_pb2.Evidence]) -> set[int]:
    regions = (each.track_id for entry in found for each in entry.finding.regions if each.HasField("track_id"))
    spans = (each.track_id for entry in found for each in entry.finding.spans if each.HasField("track_id"))
    return {*regions, *spans}


def _contains(box: str, found: Sequence[evidence_pb2.Evidence]) -> bool:
    told = [float(edge) for edge in box.split(",")]
    known = [each.box for entry in found for each in entry.finding.regions]
    same = ([round(edge, 3) for edge in (each.x_min, each.y_min, each.x_max, each.y_max)] for each in known)
    return told in same or any(entry.finding.HasField("map") for entry in found)


@many
@given(evidence, media)
def test_a_signal_is_told_only_of_a_test_that_gave_an_opinion_and_on_the_side_of_its_sign(
    found: list[evidence_pb2.Evidence], about: media_pb2.MediaInfo
) -> None:
    verdict = judge(found, about, MODEL)
    opinions = {entry.cue: entry.log_odds for entry in verdict.contributions}
    for entry in verdict.explanation:
        if entry.role == verdict_pb2.EXPLANATION_ROLE_FOR and entry.cue:
            assert opinions[entry.cue] > 0
        if entry.role == verdict_pb2.EXPLANATION_ROLE_AGAINST:
            assert opinions[entry.cue] < 0


@many
@given(evidence, media)
def test_what_was_not_examined_gave_no_opinion(found: list[evidence_pb2.Evidence], about: media_pb2.MediaInfo) -> None:
    verdict = judge(found, about, MODEL)
    silent = {entry.cue for entry in verdict.abstentions}
    weightless = {entry.cue for entry in verdict.contributions if not entry.weight}
    for entry in verdict.explanation:
        if entry.role == verdict_pb2.EXPLANATION_ROLE_NOT_EXAMINED and "cues" in entry.parameters:
            assert set(entry.parameters["cues"].split(",")) <= (weightless if entry.code == "not_weighed" else silent)


@many
@given(evidence, media)
def test_no_sentence_names_a_person_or_a_place_that_the_evidence_does_not_hold(
    found: list[evidence_pb2.Evidence], about: media_pb2.MediaInfo
) -> None:
    for entry in judge(found, about, MODEL).explanation:
        persons = {int(number) for number in re.findall(r"[Pp]erson (\d+)", entry.text)}
        assert persons <= {track + 1 for track in _tracks(found)}
        assert ("It shows most clearly" not in entry.text) or "place" in entry.parameters
        if "box" in entry.parameters:
            assert _contains(entry.parameters["box"], found)
            left, top, right, bottom = map(float, entry.parameters["box"].split(","))
            assert 0 <= left <= right <= 1
            assert 0 <= top <= bottom <= 1


@many
@given(evidence, media, st.sampled_from(LANGUAGES))
def test_no_value_breaks_out_of_its_sentence(
    found: list[evidence_pb2.Evidence], about: media_pb2.MediaInfo, language: str
) -> None:
    verdict = judge(found, about, MODEL, language)
    for text in _texts(verdict):
        assert text
        assert not set("{}<>\n\x00") & set(text)
        assert not [each for each in text if unicodedata.category(each) in {"Cc", "Cf"}]
        assert len(text) < 1500
    for entry in verdict.explanation:
        assert entry.code not in entry.text
        assert all(len(value) <= 1000 for value in entry.parameters.values())


@many
@given(evidence, media)
def test_another_language_changes_texts_alone(found: list[evidence_pb2.Evidence], about: media_pb2.MediaInfo) -> None:
    bare = []
    for language in LANGUAGES:
        verdict = judge(found, about, MODEL, language)
        assert all(_texts(verdict))
        assert verdict.language == language
        verdict.ClearField("language")
        for sentence in verdict.explanation:
            sentence.ClearField("text")
        for contribution in verdict.contributions:
            contribution.ClearField("text")
        for abstention in verdict.abstentions:
            abstention.ClearField("text")
        bare.append(verdict.SerializeToString(deterministic=True))
    assert len(set(bare)) == 1


@many
@given(evidence, media, st.randoms(), st.sampled_from(LANGUAGES))
def test_the_same_evidence_gives_the_same_bytes(
    found: list[evidence_pb2.Evidence], about: media_pb2.MediaInfo, chance: random.Random, language: str
) -> None:
    again = [evidence_pb2.Evidence.FromString(entry.SerializeToString()) for entry in found]
    chance.shuffle(again)
    first, second = (judge(given, about, MODEL, language) for given in (found, again))
    assert first.SerializeToString(deterministic=True) == second.SerializeToString(deterministic=True)


def test_at_most_two_pieces_of_advice_are_given_and_one_always() -> None:
    late = evidence_pb2.Abstention(reason=evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED)
    for found in ([], [evidence_pb2.Evidence(cue=CUES[0], abstention=late)]):
        roles = [entry.role for entry in judge(found, PHOTO, MODEL).explanation]
        assert roles.count(verdict_pb2.EXPLANATION_ROLE_ADVICE) in (1, 2)
