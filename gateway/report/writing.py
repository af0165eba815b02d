"""The record as a document: which sections there are, in which order."""

from __future__ import annotations

import hashlib

from gateway.report.claims import claims
from gateway.report.course import not_examined, pictures_section, sound_section, time_section
from gateway.report.document import Document
from gateway.report.origin import checking, custody, limits, models, the_file
from gateway.report.pictures import Pictures
from gateway.report.summary import answer, reasons
from gateway.report.words import label_words, moment, shown
from telltale.report.v1 import report_pb2


def write(report: report_pb2.Report, record: bytes, key_id: str, pictures: Pictures) -> Document:
    """The document of a record; the same record and pictures give the same document."""
    analysis, record_sha256 = report.analysis, hashlib.sha256(record).hexdigest()
    word, _ = label_words(analysis.verdict.label)
    name = shown(analysis.display_name) or f"File {analysis.info.sha256[:8]}"
    sections = (
        answer(analysis.verdict),
        reasons(analysis.verdict),
        pictures_section(pictures),
        time_section(report),
        sound_section(analysis),
        not_examined(analysis.verdict),
        the_file(report),
        claims(analysis.metadata),
        custody(report),
        models(report),
        limits(report),
        checking(report, record_sha256, key_id),
    )
    return Document(
        title=f"{word}: {name}",
        name=name,
        media_sha256=analysis.info.sha256,
        record_sha256=record_sha256,
        complete_time=analysis.complete_time.ToDatetime(),
        when=moment(analysis.complete_time),
        sections=tuple(section for section in sections if section is not None),
    )
