"""Evidence to verdict, in one pure function: no network, no clock, no chance. Server, benchmarks and replays call it."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf import duration_pb2

from fusion_svc.abstentions import abstentions, counted, heaviest_weights
from fusion_svc.catalogue import ENGLISH, catalogue_for, nearest
from fusion_svc.declared import noting_declaration
from fusion_svc.explanation import Narrator
from fusion_svc.fuse import check, weigh
from fusion_svc.model import KIND_NAMES, FusionModel
from fusion_svc.policy import DOUBTS, confidence, decide, operating_point, risk_score
from fusion_svc.replay import replay
from fusion_svc.segments import Stretch
from fusion_svc.tested import shortfalls
from fusion_svc.timeline import seconds
from kit.errors import InvalidRequest
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2


def judge(
    evidence: Iterable[evidence_pb2.Evidence],
    media: media_pb2.MediaInfo,
    model: FusionModel,
    language: str = ENGLISH,
) -> verdict_pb2.Verdict:
    """Judges one piece of media. The same evidence in any order gives the same verdict, byte for byte.

    The language (a BCP 47 tag) changes texts and their tag alone: no number, no code and no parameter.

    Raises:
        InvalidRequest: a kind of media that is not set, or evidence that breaks its contract.
    """
    entries = list(evidence)
    check(entries)
    if media.kind not in KIND_NAMES:
        raise InvalidRequest("the kind of media is not set; say image, video or audio")
    kind = KIND_NAMES[media.kind]
    narrator = Narrator(catalogue_for(language), kind)
    parameters = model.parameters.kinds[kind]
    balance = weigh(entries, parameters, media)
    decision = decide(balance, parameters, shortfalls(media, parameters.tested_range))
    decision = noting_declaration(decision, balance, entries, parameters.labels)
    point = operating_point(decision, balance.log_odds, kind, model.operating_points)
    without_opinion = abstentions(entries, parameters.cues, kind, narrator.catalogue)
    heaviest = heaviest_weights(parameters)
    missing = counted(without_opinion, heaviest)
    unknown = sorted(entry.cue for entry in balance.contributions if entry.cue not in parameters.weights)
    return verdict_pb2.Verdict(
        label=decision.label,
        risk_score=risk_score(balance.log_odds),
        confidence=confidence(decision, balance.log_odds),
        contributions=narrator.contributions(balance, entries),
        abstentions=without_opinion,
        operating_point=point,
        explanation=[
            narrator.meaning(decision, balance, parameters),
            *narrator.signals(balance, entries),
            *narrator.more_segments(balance),
            *narrator.seen(decision, balance.seen, seconds(media.duration)),
            *narrator.not_examined(missing, heaviest),
            *narrator.not_weighed(unknown),
            *narrator.reliability(decision, balance, point, missing),
            *narrator.advice(decision, balance, entries, missing),
        ],
        replay=replay(entries, media.sha256, model.reference),
        log_odds=balance.log_odds,
        prior_log_odds=balance.prior_log_odds,
        segments=map(_segment, balance.segments),
        decisive=_segment(balance.decisive) if balance.decisive else None,
        doubt=DOUBTS[decision.doubt],
        language=nearest(language),
    )


def _segment(stretch: Stretch) -> verdict_pb2.Segment:
    return verdict_pb2.Segment(
        start=_duration(stretch.start_s),
        end=_duration(stretch.end_s),
        track_id=stretch.track_id,
        log_odds=stretch.log_odds,
        risk_score=risk_score(stretch.log_odds),
    )


def _duration(time_s: float) -> duration_pb2.Duration:
    nanos = round(time_s * 1e9)
    return duration_pb2.Duration(seconds=nanos // 10**9, nanos=nanos % 10**9)
