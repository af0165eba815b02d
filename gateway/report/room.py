"""Writes reports: a bounded number at once, each in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from google.protobuf import timestamp_pb2

from gateway.ids import id_in
from gateway.keeping.vault import Vault
from gateway.orders.archive import Archive
from gateway.orders.places import Slots
from gateway.report.eye import Eye
from gateway.report.html import html_page
from gateway.report.pdf import pdf_file
from gateway.report.pictures import Pictures, look, without
from gateway.report.record import report_of, sealed, telltale_version
from gateway.report.wording import Wording, wording
from gateway.report.writing import write
from gateway.uninterrupted import in_thread
from kit.errors import DigestMismatch, NotFound, Overloaded, TelltaleError
from kit.sealing.keys import SigningKey
from telltale.gateway.v1 import analysis_service_pb2, resources_pb2
from telltale.report.v1 import report_pb2

Format: TypeAlias = analysis_service_pb2.ReportFormat.ValueType
HTML = analysis_service_pb2.REPORT_FORMAT_HTML
PDF = analysis_service_pb2.REPORT_FORMAT_PDF
_TYPES = {HTML: ("text/html; charset=utf-8", "html"), PDF: ("application/pdf", "pdf")}
_JSON = ("application/json", "json")


@dataclass(frozen=True)
class WrittenReport:
    """A report as a file; `file_name` is made of our own words and the digest of the media, safe in a header."""

    content_type: str
    file_name: str
    data: bytes

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """What the answer says beside its bytes: a file to keep, under this name."""
        return (("content-disposition", f'attachment; filename="{self.file_name}"'),)


class ReportRoom:
    """Where reports are written."""

    def __init__(self, archive: Archive, vault: Vault, eye: Eye, key: SigningKey, slots: Slots) -> None:
        self._archive = archive
        self._vault = vault
        self._eye = eye
        self._key = key
        self._slots = slots

    async def write(self, owner: str, analysis_id: str, wanted: Format, *, pictures: bool = True) -> WrittenReport:
        """The report of an analysis. JSON, and for the same media the other formats too, are the same bytes every time.

        Args:
            owner: whose analysis it is.
            analysis_id: which one.
            wanted: format; JSON when not set.
            pictures: whether pictures of the media may be shown, for who may not see the media.

        Raises:
            NotFound: no such analysis, or it has no verdict. Overloaded: too many reports are being written.
        """
        content_type, ending = _TYPES.get(wanted, _JSON)
        # Read behind the queue, not before it: evidence with its maps is megabytes.
        async with self._slots.place():
            analysis, judged = await self._archive.record(owner, analysis_id)
            report = report_of(analysis, judged, await self._received(owner, analysis), telltale_version())
            record = await in_thread(sealed, report, self._key)
            data = record if wanted not in _TYPES else await self._set(owner, report, record, wanted, pictures)
        return WrittenReport(content_type, f"telltale-report-{analysis.info.sha256[:8]}.{ending}", data)

    async def _set(self, owner: str, report: report_pb2.Report, record: bytes, wanted: Format, shown: bool) -> bytes:
        words = wording(report.analysis.verdict.language)
        seen = await self._look(owner, report, words) if shown else without(words.say("pictures_left_out"))
        document = await in_thread(write, report, record, self._key.key_id, seen)
        return await in_thread(html_page if wanted == HTML else pdf_file, document)

    async def _look(self, owner: str, report: report_pb2.Report, words: Wording) -> Pictures:
        """Pictures of the media, or why there are none: a report is worth having without them. Raises Overloaded."""
        media = await self._media(owner, report.analysis)
        if media is None:
            return without(words.say("pictures_gone"))
        try:
            async with self._vault.open(media) as file:
                return await in_thread(look, self._eye, file, report)
        except NotFound:
            return without(words.say("pictures_gone"))
        except DigestMismatch:
            return without(words.say("pictures_damaged"))
        except Overloaded:
            raise  # It passes; what is written now is kept.
        except TelltaleError as error:
            return without(words.say("pictures_failed", reason=error.message))

    async def _received(self, owner: str, analysis: resources_pb2.Analysis) -> timestamp_pb2.Timestamp | None:
        media = await self._media(owner, analysis)
        return media.create_time if media is not None else None

    async def _media(self, owner: str, analysis: resources_pb2.Analysis) -> resources_pb2.Media | None:
        """The file that was judged; None when it is no longer stored."""
        try:
            return await self._vault.get(owner, id_in(analysis.media)) if analysis.media else None
        except NotFound:
            return None
