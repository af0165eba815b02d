"""Answers of the gateway about several analyses: lists, links, feedback, receipts, measurements."""

from __future__ import annotations

import json
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import analysis_service_pb2, resources_pb2, share_service_pb2
from tests.browser import canned

OTHER = "analyses/" + "b" * 26
MEDIA = "media/" + "m" * 26
SECRET = "s3cret_" * 6 + "A"
NOW_S = 1_790_000_000
KINDS = (media_pb2.MEDIA_KIND_IMAGE, media_pb2.MEDIA_KIND_VIDEO, media_pb2.MEDIA_KIND_AUDIO)


def stored(label: verdict_pb2.Label.ValueType = verdict_pb2.LABEL_MANIPULATED) -> resources_pb2.Analysis:
    """An analysis whose file the server still has."""
    made = canned.analysis(label)
    made.media = MEDIA
    return made


def other() -> resources_pb2.Analysis:
    """Another file, judged later by a newer model; one signal has no opinion here."""
    made = canned.analysis(verdict_pb2.LABEL_AUTHENTIC, display_name="original.jpg")
    made.name = OTHER
    made.info.sha256 = "7a" * 32
    made.verdict.replay.models[0].version = "1.1.0"
    gone = made.verdict.contributions.pop(1)
    made.verdict.log_odds -= gone.log_odds
    silent = verdict_pb2.CueAbstention(cue=gone.cue, text="The picture is too small.")
    silent.abstention.reason = evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL
    made.verdict.abstentions.append(silent)
    return made


def many() -> list[resources_pb2.Analysis]:
    """Seven analyses of all labels and kinds, the last without a verdict."""
    made = [canned.analysis(label, display_name=name) for label, name in zip(_LABELS, _NAMES, strict=True)]
    for number, each in enumerate(made):
        each.name = "analyses/" + chr(ord("c") + number) * 26
        each.info.kind = KINDS[number % 3]
        each.create_time.CopyFrom(Timestamp(seconds=NOW_S - 40_000 * number))
    made[-1].ClearField("verdict")
    return made


_LABELS = (
    verdict_pb2.LABEL_MANIPULATED,
    verdict_pb2.LABEL_AUTHENTIC,
    verdict_pb2.LABEL_INCONCLUSIVE,
    verdict_pb2.LABEL_SUSPICIOUS,
    verdict_pb2.LABEL_AUTHENTIC,
    verdict_pb2.LABEL_MANIPULATED,
    verdict_pb2.LABEL_INCONCLUSIVE,
)
_NAMES = (
    "press-photo-of-the-mayor-cropped-and-saved-again-by-a-messenger-then-sent-on-by-mail.jpg",
    "interview.mp4",
    "voice-message.m4a",
    "",
    "holiday.mov",
    "minister-says.wav",
    "upload.png",
)


def page_of(analyses: list[resources_pb2.Analysis], next_page_token: str = "") -> bytes:
    """A page of the history."""
    return canned.to_json(analysis_service_pb2.ListAnalysesResponse(analyses=analyses, next_page_token=next_page_token))


def share(number: int = 1, *, secret: str = "", with_media: bool = False) -> resources_pb2.Share:
    """A link that ends in a week."""
    return resources_pb2.Share(
        name=f"{canned.NAME}/shares/{str(number) * 26}",
        secret=secret,
        with_media=with_media,
        create_time=Timestamp(seconds=NOW_S),
        expire_time=Timestamp(seconds=NOW_S + 604_800),
    )


def shares(*made: resources_pb2.Share) -> bytes:
    """The links of an analysis."""
    return canned.to_json(share_service_pb2.ListSharesResponse(shares=made))


def feedback(truth: resources_pb2.Truth.ValueType, comment: str = "") -> bytes:
    """What was said of the analysis."""
    said = resources_pb2.Feedback(name=f"{canned.NAME}/feedback", truth=truth, comment=comment)
    said.update_time.CopyFrom(Timestamp(seconds=NOW_S))
    return canned.to_json(said)


def deletion() -> analysis_service_pb2.DeleteAnalysisResponse:
    """A deletion of a file with two analyses and a link."""
    deleted = [MEDIA, canned.NAME, OTHER, f"{canned.NAME}/shares/{'1' * 26}"]
    receipt = resources_pb2.DeletionReceipt(
        format="telltale-deletion/1",
        deleted=deleted,
        media_sha256=canned.SHA256,
        delete_time=Timestamp(seconds=NOW_S),
        artefacts=["file", "analysis", "evidence", "maps", "shares"],
        signature=resources_pb2.Signature(
            algorithm="Ed25519", key_id="0123456789abcdef", public_key=b"k" * 32, value=b"v" * 64
        ),
    )
    return analysis_service_pb2.DeleteAnalysisResponse(deleted=deleted, receipt=receipt)


def accuracy() -> bytes:
    """Measurements, made up, as they ship with the page."""
    kinds = {"image": _measured(900, 1100), "video": _measured(300, 420), "audio": _measured(500, 640)}
    made: dict[str, Any] = {
        "fusion_version": "6.0.0",
        "measured": "2026-11-23",
        "kinds": kinds,
        "all": _measured(1700, 2160),
        "limits": ["Files of generators that appeared later were not among them.", "Sound over the telephone was not."],
    }
    return json.dumps(made).encode()


def _measured(authentic: int, manipulated: int) -> dict[str, Any]:
    shares_of = {
        "manipulated": (0.01, 0.48),
        "suspicious": (0.02, 0.17),
        "inconclusive": (0.25, 0.28),
        "authentic": (0.72, 0.07),
    }
    counts = {
        key: {"authentic": round(a * authentic), "manipulated": round(m * manipulated)}
        for key, (a, m) in shares_of.items()
    }
    bins = [(0.03, 0.02, 400), (0.15, 0.12, 210), (0.38, 0.41, 120), (0.62, 0.66, 140), (0.85, 0.83, 260)]
    return {
        "authentic_items": authentic,
        "manipulated_items": manipulated,
        "labels": counts,
        "auc": {"value": 0.912, "low": 0.897, "high": 0.926},
        "ece": {"value": 0.021, "low": 0.014, "high": 0.033},
        "false_alarms_by_source": [
            {"source": "phones, as they come", "items": 420, "suspicious_or_worse": 0.019, "high": 0.037},
            {"source": "telephone_recordings_resemblyzer", "items": 4, "suspicious_or_worse": 0.0, "high": 0.602},
            {"source": "press photos", "items": 210, "suspicious_or_worse": 0.0, "high": 0.014},
        ],
        "reliability": [{"forecast": f, "observed": o, "items": n} for f, o, n in (*bins, (0.97, 0.95, 380))],
    }


def with_history(made: resources_pb2.Analysis) -> resources_pb2.Analysis:
    """The same, saved before at another quality and cropped, with a preview that shows something else."""
    history = made.metadata.jpeg_history
    history.aligned_log_likelihood_ratio, history.shifted_log_likelihood_ratio = -1.2, 4.6
    history.first_quality, history.grid_offset_x_px, history.grid_offset_y_px, history.blocks = 72, 3, 5, 4800
    thumbnail = made.metadata.thumbnail
    thumbnail.width_px, thumbnail.height_px, thumbnail.correlation = 160, 120, 0.31
    return made


def with_container(made: resources_pb2.Analysis) -> resources_pb2.Analysis:
    """The same, in a container that claims a phone and was written by a program."""
    container = made.metadata.container
    container.format, container.writer = "ISO base media (mp42)", "Lavf60.16.100"
    container.device, container.index_last = "Apple iPhone 12", False
    container.layout.extend(["ftyp", "moov", "free", "mdat"])
    container.tracks.add(kind="video", codec="avc1", profile="High@4.0", handler="VideoHandler", edits=1)
    container.tracks.add(kind="sound", codec="mp4a", handler="SoundHandler")
    container.observations.add(code="container_writer_of_program", parameters={"program": "Lavf60.16.100"})
    return made
