"""Answers of the gateway to sound: the voice is synthetic from 3.6 s to 6.2 s, and lips lie 80 ms before it."""

from __future__ import annotations

import numpy as np

from telltale.av_sync.v1 import sound_pb2
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2
from tests.browser import canned, canned_video
from tests.browser.canned_video import at
from tests.browser.recordings import LENGTH_S, RATE_HZ, SPEECH_S, loudness, wav

MEDIA = "media/abcdefghijklmnopqrstuvwxyz"
FAKE_S = SPEECH_S[1]
HEARD_S = ((0.0, 6.4), (7.5, 8.0))
WINDOW_S, HOP_S = 1.5, 0.5
COLUMNS, BANDS = 400, 64
OFFSET_MS = 80.0


def recording(label: verdict_pb2.Label.ValueType = verdict_pb2.LABEL_MANIPULATED) -> resources_pb2.Analysis:
    """A finished analysis of `wav()`; only as MANIPULATED it has a suspicious stretch."""
    made = canned.analysis(label, display_name="voice.wav")
    made.media = MEDIA
    made.info.CopyFrom(recording_info())
    made.depth = media_pb2.DEPTH_STANDARD
    made.soundtrack.CopyFrom(soundtrack("pcm_s16le", RATE_HZ))
    del made.maps[:], made.evidence[:], made.verdict.contributions[:], made.verdict.abstentions[:]
    suspicious = label == verdict_pb2.LABEL_MANIPULATED
    made.evidence.extend(heard(cue, suspicious) for cue in ("voice_spoof", "av_coherence"))
    made.verdict.contributions.append(contribution(2.9 if suspicious else -1.4))
    made.verdict.abstentions.append(silent("lip_sync", "ABSTENTION_REASON_NOT_APPLICABLE", "There is no picture."))
    if suspicious:
        made.verdict.segments.append(segment(None, *FAKE_S, 94.2))
    return made


def talk() -> resources_pb2.Analysis:
    """A finished analysis of `talking_film()`: the voice is made, the face of the first person too, and both have lips."""
    made = canned_video.analysis()
    made.media = MEDIA
    made.info.has_audio = True
    made.soundtrack.CopyFrom(soundtrack("opus", 48_000))
    made.evidence.extend(heard(cue, True) for cue in ("voice_spoof", "av_coherence"))
    made.lip_sync.extend([curve(0, OFFSET_MS, 0.8), curve(1, 120.0, 0.05)])
    made.verdict.contributions.append(contribution(2.9))
    made.verdict.segments.append(segment(None, *FAKE_S, 94.2))
    return made


def silent_film() -> resources_pb2.Analysis:
    """A finished analysis of `film()` by detectors that listen, too: they have nothing to say."""
    made = canned_video.analysis()
    for cue in ("voice_spoof", "lip_sync", "av_coherence"):
        made.verdict.abstentions.append(silent(cue, "ABSTENTION_REASON_NO_SOUND", "The video has no sound track."))
    return made


def recording_info() -> media_pb2.MediaInfo:
    """Facts about `wav()`."""
    return media_pb2.MediaInfo(
        kind=media_pb2.MEDIA_KIND_AUDIO,
        mime_type="audio/wav",
        size_bytes=len(wav()),
        sha256=canned.SHA256,
        duration=at(LENGTH_S),
        has_audio=True,
        sample_rate_hz=RATE_HZ,
        channels=1,
    )


def soundtrack(codec: str, rate_hz: int) -> sound_pb2.Soundtrack:
    """What there is to hear in `wav()`; a second of it was not listened to."""
    values = loudness(COLUMNS, BANDS).copy()
    middles_s = (np.arange(COLUMNS) + 0.5) * LENGTH_S / COLUMNS
    values[(middles_s > HEARD_S[0][1]) & (middles_s < HEARD_S[1][0])] = 0
    return sound_pb2.Soundtrack(
        duration=at(LENGTH_S),
        sample_rate_hz=rate_hz,
        channels=1,
        codec=codec,
        examined=[media_pb2.TimeRange(start=at(start), end=at(end)) for start, end in HEARD_S],
        speech=[media_pb2.TimeRange(start=at(start), end=at(end)) for start, end in SPEECH_S],
        log_mel=sound_pb2.LogMelMap(columns=COLUMNS, bands=BANDS, values=values.tobytes()),
    )


def heard(cue: str, suspicious: bool) -> evidence_pb2.Evidence:
    """A finding with one span per window of speech; the voice speaks for manipulation where it is synthetic."""
    made = canned.finding(cue, 2.9 if suspicious else -1.1, [])
    for start, end in SPEECH_S:
        fake = suspicious and cue == "voice_spoof" and start == FAKE_S[0]
        for begin in np.arange(start, end - WINDOW_S + 0.2, HOP_S):
            ratio = 2.8 + 0.3 * begin - 1.5 if fake else -0.8
            span = evidence_pb2.TimeSpan(start=at(begin), end=at(begin + WINDOW_S), log_likelihood_ratio=ratio)
            made.finding.spans.append(span)
    return made


def curve(person: int, offset_ms: float, confidence: float) -> sound_pb2.LipSyncCurve:
    """A curve around one offset; its last window is unclear and far off."""
    windows = []
    for start, end in SPEECH_S:
        for begin in np.arange(start, end - 0.9, 0.4):
            wander_ms = 30 * np.sin(4 * begin)
            windows.append(window(begin, offset_ms + wander_ms, confidence))
    windows.append(window(SPEECH_S[1][1] - 0.8, -900.0, 0.02))
    return sound_pb2.LipSyncCurve(track_id=person, offset_ms=offset_ms, confidence=confidence, windows=windows)


def window(start_s: float, offset_ms: float, confidence: float) -> sound_pb2.LipSyncWindow:
    """One second of a curve."""
    time = media_pb2.TimeRange(start=at(start_s), end=at(start_s + 1))
    return sound_pb2.LipSyncWindow(time=time, offset_ms=offset_ms, confidence=confidence, distance=0.9)


def segment(person: int | None, start_s: float, end_s: float, risk: float) -> verdict_pb2.Segment:
    """A stretch for people to look at or to listen to."""
    return verdict_pb2.Segment(
        start=at(start_s), end=at(end_s), track_id=person, log_odds=float(np.log(risk / (100 - risk))), risk_score=risk
    )


def contribution(log_odds: float) -> verdict_pb2.Contribution:
    """What the voice added."""
    text = "The voice has traces of synthesis." if log_odds > 0 else "The voice has no traces of synthesis."
    return verdict_pb2.Contribution(
        cue="voice_spoof", log_odds=log_odds, log_likelihood_ratio=log_odds, quality=1.0, weight=1.0, text=text
    )


def silent(cue: str, reason: str, text: str) -> verdict_pb2.CueAbstention:
    """A test without an opinion."""
    why = evidence_pb2.AbstentionReason.Value(reason)
    return verdict_pb2.CueAbstention(cue=cue, abstention=evidence_pb2.Abstention(reason=why), text=text)
