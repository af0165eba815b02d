"""Whether a report agrees with itself, and with the file that it speaks of."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cli.verification.outcome import Check, no, not_checked, verdict
from cli.verification.reading import safe, same
from fusion_svc.replay import replay
from gateway.report.record import FORMAT
from kit.errors import InvalidRequest, NotFound
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.report.v1 import report_pb2


def checked_evidence(report: report_pb2.Report) -> Check:
    """Evidence, its digest, the models named for it, and the analysis as it is shown."""
    if report.format != FORMAT:
        return no("evidence", f"the format is {safe(report.format)!r}; this version knows {FORMAT!r}")
    recorded = report.analysis.verdict.replay
    counted = replay(report.judged.evidence, report.judged.media.sha256, recorded.fusion_model)
    wrong = []
    if counted.evidence_sha256 != recorded.evidence_sha256:
        wrong.append("it is not what was judged: the digest differs")
    if list(counted.models) != list(recorded.models):
        wrong.append("it names other models than the verdict does")
    if not same(report.judged.media, report.analysis.info) or recorded.media_sha256 != report.analysis.info.sha256:
        wrong.append("it speaks of another file than the analysis does")
    if not _shown_as_judged(report):
        wrong.append("the analysis shows other evidence")
    if any(event.media_sha256 != report.analysis.info.sha256 for event in report.custody):
        wrong.append("the chain of custody is of another file")
    return verdict("evidence", wrong, f"{len(report.judged.evidence)} tests, SHA-256 {recorded.evidence_sha256}")


def checked_media(path: Path | None, info: media_pb2.MediaInfo) -> Check:
    """The file beside the report. Raises NotFound, InvalidRequest."""
    if path is None:
        return not_checked("media", "give the file as well to see whether it is the one that was judged")
    size_bytes, digest = measured(path)
    wrong = []
    if size_bytes != info.size_bytes:
        wrong.append(f"it has {size_bytes} bytes, the report is about {info.size_bytes}")
    if digest != info.sha256:
        wrong.append(f"its SHA-256 is {digest}, the report is about {safe(info.sha256, 64)}")
    return verdict("media", wrong, f"the file that was judged, SHA-256 {digest}")


def measured(path: Path) -> tuple[int, str]:
    """Length and SHA-256 of a file. Raises NotFound, InvalidRequest."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return file.tell(), digest
    except FileNotFoundError as error:
        raise NotFound(f"{path} does not exist; check the name") from error
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}") from error


def _shown_as_judged(report: report_pb2.Report) -> bool:
    shown = fusion_service_pb2.FuseRequest(evidence=report.judged.evidence)
    for piece in shown.evidence:
        if piece.finding.HasField("map"):
            piece.finding.map.ClearField("values")
    return same(shown, fusion_service_pb2.FuseRequest(evidence=report.analysis.evidence))
