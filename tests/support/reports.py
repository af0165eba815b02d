"""Records of analyses, judged by the shipped fusion model, as the gateway writes them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from google.protobuf import timestamp_pb2

from fusion_svc.judge import judge
from fusion_svc.model import read_fusion_model
from gateway.report.record import report_of, sealed
from kit.models.registry import Registry
from kit.sealing.keys import SigningKey
from telltale.av_sync.v1 import sound_pb2
from telltale.common.v1 import evidence_pb2, faces_pb2, media_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2
from tests.support.fusion import AUDIO, PHOTO, VIDEO

MODELS = Path("models")
CUE = "frequency"


def a_registry(folder: Path) -> Path:
    """A folder with the two models that the records here name."""
    for name in ("fusion", CUE):
        newest = Registry(MODELS).versions(name)[-1]
        shutil.copytree(MODELS / name / newest, folder / name / newest)
    return folder


def finding(ratio: float = 1.25, *, spans: Sequence[tuple[int, int, float, int | None]] = ()) -> evidence_pb2.Evidence:
    """What the test `frequency` saw, with a map; each span is (start in s, end in s, log-likelihood ratio, track)."""
    found = evidence_pb2.Finding(
        log_likelihood_ratio=ratio,
        quality=0.9,
        reason=evidence_pb2.FindingReason(code="frequency_spectrum_unusual"),
        map=evidence_pb2.EvidenceMap(width=2, height=2, values=bytes([255, 0, 128, 0])),
    )
    for start_s, end_s, value, track_id in spans:
        span = found.spans.add(log_likelihood_ratio=value, track_id=track_id)
        span.start.FromSeconds(start_s)
        span.end.FromSeconds(end_s)
    return evidence_pb2.Evidence(cue=CUE, finding=found, model=Registry(MODELS).load(CUE).reference)


def a_report(
    info: media_pb2.MediaInfo = PHOTO,
    evidence: evidence_pb2.Evidence | None = None,
    name: str = "photo.jpg",
    language: str = "en",
) -> report_pb2.Report:
    """A record of one piece of evidence."""
    pieces = [evidence or finding()]
    judged = fusion_service_pb2.FuseRequest(media=info, evidence=pieces, language=language)
    model = read_fusion_model(Registry(MODELS).load("fusion"))
    analysis = resources_pb2.Analysis(
        name="analyses/" + "a" * 26,
        media="media/" + "b" * 26,
        info=info,
        display_name=name,
        state=resources_pb2.ANALYSIS_STATE_SUCCEEDED,
        verdict=judge(pieces, info, model, language),
        evidence=pieces,
        create_time=timestamp_pb2.Timestamp(seconds=1_800_000_000),
        complete_time=timestamp_pb2.Timestamp(seconds=1_800_000_003),
        depth=media_pb2.DEPTH_STANDARD,
    )
    for piece in analysis.evidence:
        piece.finding.map.ClearField("values")
    return report_of(analysis, judged, timestamp_pb2.Timestamp(seconds=1_799_999_999), "1.2.3")


def a_video_report(language: str = "en") -> report_pb2.Report:
    """A video of 20 s with two people; the first one looks odd from 4 s to 8 s."""
    info = media_pb2.MediaInfo()
    info.CopyFrom(VIDEO)
    info.width_px, info.height_px = 240, 320
    report = a_report(info, finding(spans=[(0, 4, -0.5, 0), (4, 8, 3.0, 0), (0, 8, -1.0, 1)]), "video.mp4", language)
    for track_id, left in ((0, 0.1), (1, 0.6)):
        report.analysis.tracks.append(a_track(track_id, left, [2, 6, 10]))
    report.analysis.examined.add(start={}, end={"seconds": 20})
    return report


def a_sound_report(language: str = "en") -> report_pb2.Report:
    """A recording of 20 s with something to see."""
    report = a_report(AUDIO, finding(spans=[(2, 6, 2.0, None)]), "voice.wav", language)
    mel = sound_pb2.LogMelMap(columns=4, bands=2, values=bytes([0, 0, 10, 200, 255, 30, 90, 90]))
    track = sound_pb2.Soundtrack(sample_rate_hz=16_000, channels=1, codec="pcm_s16le", log_mel=mel)
    track.duration.FromSeconds(20)
    report.analysis.soundtrack.CopyFrom(track)
    return report


def a_track(track_id: int, left: float, times_s: Sequence[int]) -> faces_pb2.FaceTrack:
    """A face that stays where it is."""
    track = faces_pb2.FaceTrack(track_id=track_id)
    for time_s in times_s:
        box = faces_pb2.NormalizedBox(x_min=left, y_min=0.2, x_max=left + 0.25, y_max=0.6)
        seen = track.observations.add(box=box, width_px=60, detection_probability=0.99)
        seen.time_offset.FromSeconds(time_s)
    return track


def a_record(folder: Path, report: report_pb2.Report | None = None) -> tuple[Path, SigningKey]:
    """A signed record as a file in `folder`, and the key that signed it."""
    key = SigningKey.load_or_create(folder / "signing_key.pem")
    path = folder / "report.json"
    path.write_bytes(sealed(report or a_report(), key))
    return path, key
