"""From a test's timeline to its evidence, and what all tests say of media that give them nothing to hear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from av_sync_svc.cues.cue import Cue
from kit.convert.evidence import abstention, finding
from kit.convert.moments import Moment, spans, worst
from telltale.common.v1 import evidence_pb2

# So much speech lets a voice be known; from more, only more places to look at are gained.
_ENOUGH_S: Final = 4.0


def voice_evidence(
    cue: Cue, codes: tuple[str, str], speech_s: float, moments: Sequence[Moment]
) -> evidence_pb2.Evidence:
    """A finding with one span per window, or an abstention where there is too little speech.

    Args:
        cue: the test, with `sound_preprocessing` in its model's card.
        codes: reason codes of findings for manipulation and against.
        speech_s: seconds of speech that were heard.
        moments: its windows after they were judged.
    """
    preprocessing = cue.model.card.sound_preprocessing
    if speech_s < preprocessing.min_s or not moments:
        told = {"speech_s": f"{speech_s:.1f}", "needed_s": f"{preprocessing.min_s:g}"}
        return abstention(cue.name, evidence_pb2.ABSTENTION_REASON_NO_SPEECH, told, model=cue.model.reference)
    moment, ratio = worst(moments, preprocessing.hop_s)
    return finding(
        cue.name,
        ratio,
        min(1.0, speech_s / _ENOUGH_S),
        codes[0] if ratio > 0 else codes[1],
        {"start_s": f"{moment.start_s:.1f}", "end_s": f"{moment.end_s:.1f}"},
        spans=spans(moments),
        model=cue.model.reference,
    )


def no_sound(cue: Cue) -> evidence_pb2.Evidence:
    """The abstention of any test on a video without sound."""
    return abstention(cue.name, evidence_pb2.ABSTENTION_REASON_NO_SOUND, {}, model=cue.model.reference)


def no_picture(cue: Cue) -> evidence_pb2.Evidence:
    """The abstention of a test of lips on a recording."""
    reason = evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE
    return abstention(cue.name, reason, {"media_kind": "audio"}, model=cue.model.reference)


def no_face(cue: Cue) -> evidence_pb2.Evidence:
    """The abstention of a test of lips where nobody is in view."""
    return abstention(cue.name, evidence_pb2.ABSTENTION_REASON_NO_FACE, {}, model=cue.model.reference)
