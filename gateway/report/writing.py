"""The record as a document: which sections there are, in which order."""

from __future__ import annotations

import hashlib

from gateway.report.claims import claims
from gateway.report.course import not_examined, pictures_section, sound_section, time_section
from gateway.report.document import Document
from gateway.report.origin import checking, custody, limits, models, the_file
from gateway.report.pictures import Pictures
from gateway.report.summary import answer, reasons
from gateway.report.wording import spoken, wording
from gateway.report.words import moment, shown
from telltale.report.v1 import report_pb2


def write(report: report_pb2.Report, record: bytes, key_id: str, pictures: Pictures) -> Document:
    """The document of a record; the same record and pictures give the same document."""
    analysis, record_sha256 = report.analysis, hashlib.sha256(record).hexdigest()
    words = wording(analysis.verdict.language)
    word, _ = words.label(analysis.verdict.label)
    name = shown(analysis.display_name) or words.say("unnamed", digest=analysis.info.sha256[:8])
    sections = (
        answer(analysis.verdict),
        reasons(analysis.verdict),
        pictures_section(pictures, words),
        time_section(report),
        sound_section(analysis),
        not_examined(analysis.verdict),
        the_file(report, words),
        claims(analysis.metadata, words),
        custody(report, words),
        models(report, words),
        limits(report, words),
        checking(report, words, record_sha256, key_id),
    )
    return Document(
        language=spoken(analysis.verdict.language),
        title=f"{word}: {name}",
        name=name,
        media_sha256=analysis.info.sha256,
        record_sha256=record_sha256,
        complete_time=analysis.complete_time.ToDatetime(),
        when=moment(analysis.complete_time),
        sections=tuple(section for section in sections if section is not None),
    )
