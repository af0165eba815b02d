"""Answers of the gateway to a video: one of two people was swapped from 2.5 s to 5 s."""

from __future__ import annotations

import math

from google.protobuf.duration_pb2 import Duration

from telltale.common.v1 import evidence_pb2, faces_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2
from tests.browser import canned
from tests.browser.films import HEIGHT_PX, LENGTH_S, RATE_FPS, WIDTH_PX, head

SWAPPED_S = (2.5, 5.0)
EXAMINED_S = ((0.0, 6.4), (7.5, 8.0))
TEMPORAL_CUES = ("face_motion", "flow_consistency", "face_drift", "blending_flicker")
SEEN_FPS = 6.25
CLIP_S, CLIP_STEP_S = 1.28, 0.64


def analysis(label: verdict_pb2.Label.ValueType = verdict_pb2.LABEL_MANIPULATED) -> resources_pb2.Analysis:
    """A finished analysis of `film()`; only as MANIPULATED it has suspicious stretches."""
    made = canned.analysis(label, display_name="interview.webm")
    made.info.CopyFrom(media_info())
    made.depth = media_pb2.DEPTH_STANDARD
    made.tracks.extend(track(person) for person in (0, 1))
    made.examined.extend(media_pb2.TimeRange(start=at(start), end=at(end)) for start, end in EXAMINED_S)
    del made.maps[:]
    del made.evidence[:]
    suspicious = label == verdict_pb2.LABEL_MANIPULATED
    made.evidence.extend(timed(cue, number, suspicious) for number, cue in enumerate((*TEMPORAL_CUES, "face_spatial")))
    if suspicious:
        made.verdict.segments.extend([segment(0, *SWAPPED_S, 96.4), segment(1, 5.5, 6.2, 71.2)])
        made.verdict.decisive.CopyFrom(made.verdict.segments[0])
    return made


def running(image: float, temporal: float) -> resources_pb2.Analysis:
    """An analysis under way: how far the detectors are; one that is at 1 has answered."""
    steps = [progress("image", image), progress("temporal", temporal), progress("metadata", 1)]
    return resources_pb2.Analysis(name=canned.NAME, state=resources_pb2.ANALYSIS_STATE_RUNNING, progress=steps)


def progress(detector: str, done_share: float) -> resources_pb2.DetectorProgress:
    """How far one detector is."""
    state = resources_pb2.DETECTOR_STATE_DONE if done_share == 1 else resources_pb2.DETECTOR_STATE_RUNNING
    return resources_pb2.DetectorProgress(detector=detector, state=state, done_share=done_share)


def media_info() -> media_pb2.MediaInfo:
    """Facts about `film()`."""
    return media_pb2.MediaInfo(
        kind=media_pb2.MEDIA_KIND_VIDEO,
        mime_type="video/webm",
        size_bytes=48_213,
        sha256=canned.SHA256,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        frame_count=LENGTH_S * RATE_FPS,
        duration=at(LENGTH_S),
        frame_rate_fps=RATE_FPS,
        has_audio=False,
    )


def track(person: int) -> faces_pb2.FaceTrack:
    """Where a head was seen, in the stretches that were looked at."""
    times = [number / SEEN_FPS for number in range(int(LENGTH_S * SEEN_FPS))]
    looked = [time for time in times if any(start <= time <= end for start, end in EXAMINED_S)]
    return faces_pb2.FaceTrack(track_id=person, observations=[observation(person, time) for time in looked])


def observation(person: int, time_s: float) -> faces_pb2.FaceObservation:
    """Where a head was at one moment."""
    return faces_pb2.FaceObservation(time_offset=at(time_s), box=box(person, time_s), detection_probability=0.9)


def box(person: int, time_s: float) -> faces_pb2.NormalizedBox:
    """The place of a head."""
    left, top, right, bottom = head(person, time_s)
    return faces_pb2.NormalizedBox(x_min=left, y_min=top, x_max=right, y_max=bottom)


def timed(cue: str, number: int, suspicious: bool) -> evidence_pb2.Evidence:
    """A finding with one span per clip and person."""
    first, last = EXAMINED_S[0]
    clips = [first + clip * CLIP_STEP_S for clip in range(int((last - first - CLIP_S) / CLIP_STEP_S) + 1)]
    spans = [span(person, start, number, suspicious) for person in (0, 1) for start in clips]
    made = canned.finding(cue, max(each.log_likelihood_ratio for each in spans), [])
    made.finding.spans.extend(spans)
    if cue == "face_spatial":
        made.finding.regions.extend(region(time, strength) for time, strength in ((2.9, 0.7), (3.6, 1.0), (4.7, 0.8)))
    return made


def region(time_s: float, strength: float) -> evidence_pb2.Region:
    """The first head, as the test of single frames marks it."""
    return evidence_pb2.Region(box=box(0, time_s), time_offset=at(time_s), strength=strength, track_id=0)


def span(person: int, start_s: float, number: int, suspicious: bool) -> evidence_pb2.TimeSpan:
    """One clip; those of the first person speak for manipulation while it is swapped."""
    end_s = start_s + CLIP_S
    overlap = max(0.0, min(end_s, SWAPPED_S[1]) - max(start_s, SWAPPED_S[0])) / CLIP_S
    swapped = overlap * (3.4 - 0.6 * number) if suspicious and person == 0 else 0.0
    ratio = swapped - 0.6 + 0.4 * math.sin(5 * start_s + number)
    return evidence_pb2.TimeSpan(start=at(start_s), end=at(end_s), log_likelihood_ratio=ratio, track_id=person)


def segment(person: int, start_s: float, end_s: float, risk: float) -> verdict_pb2.Segment:
    """A suspicious stretch."""
    log_odds = math.log(risk / (100 - risk))
    return verdict_pb2.Segment(start=at(start_s), end=at(end_s), track_id=person, log_odds=log_odds, risk_score=risk)


def at(time_s: float) -> Duration:
    """Seconds as the contract has them."""
    made = Duration()
    made.FromMicroseconds(round(time_s * 1e6))
    return made
