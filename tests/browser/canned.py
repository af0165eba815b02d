"""Answers of the gateway, built as messages of the contract so that they cannot drift from it."""

from __future__ import annotations

import math

from google.protobuf import any_pb2, json_format
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2, status_pb2

from telltale.common.v1 import evidence_pb2, faces_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import analysis_service_pb2, resources_pb2
from telltale.metadata.v1 import facts_pb2
from telltale.model.v1 import card_pb2
from tests.browser.pictures import HEIGHT_PX, WIDTH_PX

NAME = "analyses/abcdefghijklmnopqrstuvwxyz"
SHA256 = "5e" * 32
ROLES = verdict_pb2.ExplanationRole

MEANINGS = {
    verdict_pb2.LABEL_AUTHENTIC: "The evidence speaks more against manipulation than for it.",
    verdict_pb2.LABEL_SUSPICIOUS: "The evidence leans towards manipulation, but not clearly: have a person look.",
    verdict_pb2.LABEL_MANIPULATED: "The evidence speaks clearly for manipulation or synthesis.",
    verdict_pb2.LABEL_INCONCLUSIVE: "The evidence is too little or too weak to say either way. That is an answer, not a failure.",
}
LOG_ODDS = {
    verdict_pb2.LABEL_AUTHENTIC: (-2.6, -1.1, -0.7),
    verdict_pb2.LABEL_SUSPICIOUS: (1.3, 0.2, -0.4),
    verdict_pb2.LABEL_MANIPULATED: (3.1, 1.4, -0.6),
    verdict_pb2.LABEL_INCONCLUSIVE: (0.2, -0.1, 0.1),
}


def analysis(label: verdict_pb2.Label.ValueType, *, display_name: str = "portrait.jpg") -> resources_pb2.Analysis:
    """A finished analysis of a photo with the label asked for."""
    now = Timestamp(seconds=1_790_000_000)
    return resources_pb2.Analysis(
        name=NAME,
        info=media_info(),
        display_name=display_name,
        state=resources_pb2.ANALYSIS_STATE_SUCCEEDED,
        progress=running(done=2).progress,
        verdict=verdict(label),
        evidence=evidence(label),
        maps=[
            resources_pb2.AnalysisMap(name=f"{NAME}/maps/{cue}", cue=cue) for cue in ("face_spatial", "noise_residual")
        ],
        metadata=metadata(),
        create_time=now,
        complete_time=now,
    )


def running(done: int) -> resources_pb2.Analysis:
    """An analysis under way: so many of its two detectors have answered."""
    state = [resources_pb2.DETECTOR_STATE_DONE] * done + [resources_pb2.DETECTOR_STATE_RUNNING] * (2 - done)
    steps = [
        resources_pb2.DetectorProgress(detector=name, state=each)
        for name, each in zip(("image", "metadata"), state, strict=True)
    ]
    return resources_pb2.Analysis(name=NAME, state=resources_pb2.ANALYSIS_STATE_RUNNING, progress=steps)


def queued() -> resources_pb2.Analysis:
    """An analysis that waits for its turn."""
    return resources_pb2.Analysis(
        name=NAME, display_name="portrait.jpg", info=media_info(), state=resources_pb2.ANALYSIS_STATE_QUEUED
    )


def media_info() -> media_pb2.MediaInfo:
    """Facts about `photo()`."""
    return media_pb2.MediaInfo(
        kind=media_pb2.MEDIA_KIND_IMAGE,
        mime_type="image/jpeg",
        size_bytes=48_213,
        sha256=SHA256,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        frame_count=1,
    )


SENTENCES = {
    "face_spatial": "The skin of one face has a texture that is typical of swapped faces.",
    "noise_residual": "The noise of one part differs from the rest.",
    "jpeg_structure": "The compression is that of a camera's own encoder.",
}


def verdict(label: verdict_pb2.Label.ValueType) -> verdict_pb2.Verdict:
    """A verdict whose contributions add up to its log-odds."""
    face, noise, jpeg = LOG_ODDS[label]
    log_odds = face + noise + jpeg
    risk = 100 / (1 + math.exp(-log_odds))
    unsure = label == verdict_pb2.LABEL_INCONCLUSIVE
    return verdict_pb2.Verdict(
        label=label,
        risk_score=round(float(risk), 1),
        confidence=None if unsure else float(max(risk, 100 - risk) / 100),
        contributions=[
            contribution("face_spatial", face, 0.93),
            contribution("noise_residual", noise, 0.71),
            contribution("jpeg_structure", jpeg, 1.0),
        ],
        abstentions=abstentions(),
        operating_point=operating_point(),
        explanation=explanation(label),
        replay=replay(),
        log_odds=log_odds,
    )


def contribution(cue: str, log_odds: float, quality: float) -> verdict_pb2.Contribution:
    """What one test added."""
    return verdict_pb2.Contribution(
        cue=cue,
        log_odds=log_odds,
        log_likelihood_ratio=log_odds / quality,
        quality=quality,
        weight=1.0,
        text=SENTENCES[cue],
    )


def abstentions() -> list[verdict_pb2.CueAbstention]:
    """Two tests without an opinion."""
    reasons = evidence_pb2.AbstentionReason
    rows = [
        (
            "frequency",
            reasons.ABSTENTION_REASON_TOO_COMPRESSED,
            "The picture is compressed more strongly than this test was calibrated for.",
        ),
        ("provenance", reasons.ABSTENTION_REASON_NOTHING_TO_READ, "The file has no content credentials to read."),
    ]
    return [
        verdict_pb2.CueAbstention(cue=cue, abstention=evidence_pb2.Abstention(reason=why), text=text)
        for cue, why, text in rows
    ]


def operating_point() -> card_pb2.OperatingPoint:
    """A threshold with its measured rates."""
    return card_pb2.OperatingPoint(
        name="manipulated",
        threshold=2.2,
        false_positive_rate=0.021,
        false_positive_rate_upper=0.034,
        true_positive_rate=0.63,
        authentic_items=740,
        manipulated_items=820,
        dataset="faces val",
    )


def explanation(label: verdict_pb2.Label.ValueType) -> list[verdict_pb2.ExplanationSentence]:
    """Sentences in every role that the label calls for."""
    rows = [
        (ROLES.EXPLANATION_ROLE_MEANING, "", MEANINGS[label]),
        (ROLES.EXPLANATION_ROLE_AGAINST, "jpeg_structure", SENTENCES["jpeg_structure"]),
        (
            ROLES.EXPLANATION_ROLE_NOT_EXAMINED,
            "",
            "Two of seven signals had no opinion, among them the frequency spectrum.",
        ),
        (
            ROLES.EXPLANATION_ROLE_RELIABILITY,
            "",
            "Of 100 authentic photos like the tested ones, about 2 get this label by mistake.",
        ),
        (
            ROLES.EXPLANATION_ROLE_ADVICE,
            "",
            "Look at the marked places, and look for the first publication of the photo.",
        ),
    ]
    if LOG_ODDS[label][0] > 1:
        rows.insert(
            1,
            (
                ROLES.EXPLANATION_ROLE_FOR,
                "face_spatial",
                SENTENCES["face_spatial"],
            ),
        )
    return [verdict_pb2.ExplanationSentence(role=role, cue=cue, code="canned", text=text) for role, cue, text in rows]


def replay() -> verdict_pb2.Replay:
    """Digests and model versions."""
    model = evidence_pb2.ModelReference(name="face_spatial", version="1.0.0", card_sha256="ab" * 32)
    fusion = evidence_pb2.ModelReference(name="fusion", version="1.0.0", card_sha256="cd" * 32)
    return verdict_pb2.Replay(media_sha256=SHA256, fusion_model=fusion, models=[model], evidence_sha256="0f" * 32)


def evidence(label: verdict_pb2.Label.ValueType) -> list[evidence_pb2.Evidence]:
    """Findings with two marked places by one test and one by another."""
    face, noise, _ = LOG_ODDS[label]
    return [
        finding("face_spatial", face, [(0.27, 0.23, 0.55, 0.60, 1.0), (0.70, 0.02, 0.82, 0.16, 0.4)]),
        finding("noise_residual", noise, [(0.05, 0.70, 0.30, 0.95, 1.0)]),
    ]


def finding(
    cue: str, log_likelihood_ratio: float, boxes: list[tuple[float, float, float, float, float]]
) -> evidence_pb2.Evidence:
    """A finding with regions given as (x_min, y_min, x_max, y_max, strength)."""
    regions = [
        evidence_pb2.Region(box=faces_pb2.NormalizedBox(x_min=a, y_min=b, x_max=c, y_max=d), strength=s)
        for a, b, c, d, s in boxes
    ]
    reason = evidence_pb2.FindingReason(code="canned_reason")
    return evidence_pb2.Evidence(
        cue=cue,
        finding=evidence_pb2.Finding(
            log_likelihood_ratio=log_likelihood_ratio, quality=0.9, regions=regions, reason=reason
        ),
    )


def metadata() -> facts_pb2.MetadataFacts:
    """A camera, an editor, a contradiction and no content credentials."""
    tags = [
        ("EXIF IFD0", "Make", "Canon"),
        ("EXIF IFD0", "Model", "EOS 80D"),
        ("EXIF", "DateTimeOriginal", "2024:03:01 10:11:12"),
        ("EXIF", "FNumber", "5.6"),
    ]
    parameters = {"original": "2024:03:01 10:11:12", "modified": "2023:01:01 00:00:00"}
    return facts_pb2.MetadataFacts(
        tags=[facts_pb2.MetadataTag(group=group, name=name, value=value) for group, name, value in tags],
        jpeg=facts_pb2.JpegStructure(
            quality_estimate=92,
            standard_tables=True,
            subsampling="4:2:0",
            standard_huffman=True,
            tables_fingerprint="9f2c4e1a77d0b3aa",
        ),
        software=[
            facts_pb2.SoftwareTrace(
                kind=facts_pb2.SOFTWARE_KIND_EDITOR, name="Adobe Photoshop", location="EXIF Software"
            )
        ],
        provenance=facts_pb2.Provenance(integrity=facts_pb2.PROVENANCE_INTEGRITY_ABSENT),
        conflicts=[facts_pb2.MetadataConflict(code="original_after_modified", parameters=parameters)],
    )


def listing(*analyses: resources_pb2.Analysis) -> bytes:
    """A page of analyses, as JSON."""
    return to_json(analysis_service_pb2.ListAnalysesResponse(analyses=analyses))


def error_json(reason: str, message: str, *, code: int, retry_after_s: int = 0) -> bytes:
    """google.rpc.Status with its ErrorInfo, as JSON."""
    return to_json(status(reason, message, code=code, retry_after_s=retry_after_s))


def status(reason: str, message: str, *, code: int, retry_after_s: int = 0) -> status_pb2.Status:
    """google.rpc.Status with its ErrorInfo, and with RetryInfo where there is a time to wait."""
    detail = any_pb2.Any()
    detail.Pack(error_details_pb2.ErrorInfo(reason=reason, domain="telltale"))
    made = status_pb2.Status(code=code, message=message, details=[detail])
    if retry_after_s:
        made.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=Duration(seconds=retry_after_s)))
    return made


def to_json(message: Message) -> bytes:
    """One line of proto3 JSON with a line break, as Envoy writes it."""
    return json_format.MessageToJson(message, indent=None).encode() + b"\n"
