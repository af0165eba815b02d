"""What of an analysis goes into the prediction log, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.predictions.prediction import prediction_of
from gateway.predictions.statistics import Statistics
from gateway.storage.times import to_timestamp
from kit.predictions import Prediction, to_line
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.analyses import analysis
from tests.support.readings import told

START = datetime(2026, 5, 4, 12, 0, 0, 250_000, tzinfo=UTC)


class Kept:
    def __init__(self) -> None:
        self.predictions: list[Prediction] = []

    def add(self, prediction: Prediction) -> None:
        self.predictions.append(prediction)


def judged(**facts: Any) -> resources_pb2.Analysis:
    made = analysis(verdict_pb2.LABEL_MANIPULATED)
    told: dict[str, Any] = {"kind": media_pb2.MEDIA_KIND_IMAGE, "width_px": 1234, "height_px": 1001, **facts}
    made.info.MergeFrom(media_pb2.MediaInfo(mime_type="image/jpeg", size_bytes=123_456, **told))
    made.create_time.CopyFrom(to_timestamp(START))
    made.complete_time.CopyFrom(to_timestamp(START + timedelta(seconds=1.5)))
    made.verdict.replay.fusion_model.MergeFrom(made.evidence[0].model)
    made.verdict.replay.fusion_model.name, made.verdict.replay.fusion_model.version = "fusion", "4.0.0"
    made.evidence[0].model.name, made.evidence[0].model.version = "frequency", "2.1.0"
    made.evidence[0].compute_time.FromMilliseconds(250)
    return made


def test_a_verdict_becomes_numbers_and_names_of_ours() -> None:
    assert prediction_of(judged()) == Prediction(
        time_s=round(START.timestamp() + 1),
        medium="photo",
        form="jpeg",
        megabytes=0.123,
        megapixels=1.24,
        duration_s=None,
        label="MANIPULATED",
        risk_score=81.8,
        findings={"frequency": 1.5},
        abstentions={"face_spatial": "NO_FACE"},
        models={"frequency": "2.1.0", "fusion": "4.0.0"},
        seconds={"image": 0.25, "metadata": 0.0, "total": 1.5},
        recalled=False,
    )


def test_what_was_taken_over_is_said_and_has_taken_no_time() -> None:
    made = judged()
    made.origins.add(detector="image", recalled_from="analyses/other")
    told = prediction_of(made)
    assert told.recalled
    assert "image" not in told.seconds


def test_of_what_must_not_be_kept_nothing_is_noted_but_the_count_goes_up() -> None:
    kept, made = Kept(), judged()
    made.retention = resources_pb2.RETENTION_NONE
    before = told("telltale_verdicts_total", medium="photo", label="MANIPULATED") or 0
    Statistics(kept).hear(made)
    assert kept.predictions == []
    assert told("telltale_verdicts_total", medium="photo", label="MANIPULATED") == before + 1


def test_sizes_and_scores_are_counted_by_medium() -> None:
    made = judged(kind=media_pb2.MEDIA_KIND_VIDEO, duration={"seconds": 12})
    Statistics().hear(made)
    for name in ("risk_score", "input_megapixels", "input_seconds", "input_megabytes"):
        assert told(f"telltale_{name}_count", medium="video")


def test_a_verdict_on_something_unknown_fails_nobody() -> None:
    kept, made = Kept(), judged()
    made.info.kind = media_pb2.MEDIA_KIND_UNSPECIFIED
    before = told("telltale_predictions_logged_total", outcome="failed") or 0
    Statistics(kept).hear(made)
    assert kept.predictions == []
    assert told("telltale_predictions_logged_total", outcome="failed") == before + 1


def test_names_digests_and_requests_stay_out_of_the_line() -> None:
    made = judged()
    secrets = ["analyses/s3cr3t-1", "media/s3cr3t-2", "s3cr3t-3.jpg", "s3cr3t-4", "0123456789abcdef" * 4]
    made.name, made.media, made.display_name, made.request_id, made.info.sha256 = secrets
    made.verdict.replay.media_sha256 = secrets[4]
    made.evidence[0].model.card_sha256 = secrets[4]
    line = to_line(prediction_of(made))
    assert [secret for secret in ("s3cr3t", secrets[4], "123456", "1234", "1001") if secret in line] == []
