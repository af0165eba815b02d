from __future__ import annotations

from pathlib import Path

from google.protobuf import json_format

from gateway.report.record import report_of, sealed, telltale_version
from kit.sealing.canonical import canonical_json
from kit.sealing.keys import SigningKey
from kit.sealing.signatures import check
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2
from tests.support.reports import CUE, a_report


def test_equal_analyses_give_equal_bytes(tmp_path: Path) -> None:
    key = SigningKey.create(tmp_path / "key.pem")
    report = a_report(name="Zoë.jpg")
    again = report_pb2.Report.FromString(report.SerializeToString())
    assert sealed(report, key) == sealed(again, key)
    assert "Zoë.jpg".encode() in sealed(report, key)


def test_the_file_is_canonical(tmp_path: Path) -> None:
    record = sealed(a_report(), SigningKey.create(tmp_path / "key.pem"))
    assert canonical_json(json_format.Parse(record, report_pb2.SignedReport())) == record


def test_what_is_signed_stands_in_the_file_byte_for_byte(tmp_path: Path) -> None:
    record = sealed(a_report(), SigningKey.create(tmp_path / "key.pem"))
    signed = record[len(b'{"report":') : record.index(b',"signature":{"algorithm"')]
    check(json_format.Parse(record, report_pb2.SignedReport()).signature, signed)


def test_the_record_reads_back_as_it_was(tmp_path: Path) -> None:
    report = a_report()
    record = sealed(report, SigningKey.create(tmp_path / "key.pem"))
    assert canonical_json(json_format.Parse(record, report_pb2.SignedReport()).report) == canonical_json(report)


def test_custody_is_in_order_of_time_and_names_the_same_file_at_every_step() -> None:
    report = a_report()
    assert [event.event for event in report.custody] == ["received", "analysis_started", "analysis_completed"]
    assert [event.time.seconds for event in report.custody] == sorted(event.time.seconds for event in report.custody)
    assert {event.media_sha256 for event in report.custody} == {report.analysis.info.sha256}


def test_without_a_time_of_arrival_none_is_made_up() -> None:
    report = a_report()
    again = report_of(report.analysis, report.judged, None, "1.2.3")
    assert [event.event for event in again.custody] == ["analysis_started", "analysis_completed"]


def test_custody_says_when_detectors_were_not_asked_again() -> None:
    report = a_report()
    report.analysis.origins.add(detector="image", recalled_from="analyses/" + "c" * 26)
    again = report_of(report.analysis, report.judged, None, "1.2.3")
    assert [event.event for event in again.custody] == ["evidence_recalled", "analysis_completed"]
    report.analysis.origins.add(detector="metadata")
    again = report_of(report.analysis, report.judged, None, "1.2.3")
    assert [event.event for event in again.custody] == ["evidence_recalled", "analysis_started", "analysis_completed"]


def test_custody_says_that_a_detector_was_asked_also_when_it_did_not_answer() -> None:
    report = a_report()
    del report.analysis.progress[:]
    report.analysis.origins.add(detector="metadata", recalled_from="analyses/" + "c" * 26)
    report.analysis.progress.add(detector="metadata", state=resources_pb2.DETECTOR_STATE_DONE)
    report.analysis.progress.add(detector="image", state=resources_pb2.DETECTOR_STATE_FAILED)
    again = report_of(report.analysis, report.judged, None, "1.2.3")
    assert [event.event for event in again.custody] == ["evidence_recalled", "analysis_started", "analysis_completed"]


def test_every_model_is_named_with_its_tests() -> None:
    models = {each.reference.name: list(each.cues) for each in a_report().models}
    assert models == {CUE: [CUE], "fusion": []}


def test_limits_and_version_are_part_of_the_record() -> None:
    report = a_report()
    assert len(report.limits) == 6
    assert report.limits[0].startswith("This report states measurements and how often they are wrong.")
    assert report.telltale_version == "1.2.3"
    assert telltale_version()
