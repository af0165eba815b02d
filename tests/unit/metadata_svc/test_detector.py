from __future__ import annotations

import protovalidate
import pytest

from kit.errors import DecoderStopped, TooManyPixels, UndecodableMedia
from kit.media.file import MediaFile
from kit.models.registry import Registry
from metadata_svc.detector import Examination, build_detector
from metadata_svc.features import LUMA_TASK, PREVIEW_TASK, PROVENANCE_TASK, READ_TASK
from metadata_svc.settings import MetadataSettings
from telltale.common.v1 import evidence_pb2
from telltale.metadata.v1 import facts_pb2
from tests.support.c2pa_signing import new_signer, sign
from tests.support.histories import again, named_by_camera, saved, scenery
from tests.support.metadata_files import (
    CANON,
    ROOT,
    InProcessRunner,
    blots,
    detector,
    info_of,
    jpeg,
    png,
    with_preview,
    xmp,
)

CUES = [
    "exif_consistency",
    "jpeg_structure",
    "software_traces",
    "provenance",
    "exif_anomaly",
    "jpeg_history",
    "region_consistency",
]
OWN_MODEL = {"exif_anomaly", "jpeg_history", "region_consistency"}
BOLD = "\x1b[1m"


def examine(data: bytes, mime_type: str = "image/jpeg", runner: InProcessRunner | None = None) -> Examination:
    with MediaFile.from_bytes(data) as media:
        return detector(runner or InProcessRunner()).examine(media, info_of(media, mime_type))


def test_a_photo_without_metadata_gives_abstentions_and_no_opinion() -> None:
    evidence = examine(jpeg()).evidence
    assert [entry.cue for entry in evidence] == CUES
    assert all(entry.HasField("abstention") for entry in evidence)


def test_every_answer_keeps_the_contract_and_names_its_model() -> None:
    tags = {**CANON, "Software": BOLD + "Adobe Photoshop\x00\u202e", "DateTime": "2020:13:41 10:00:00"}
    for entry in examine(jpeg(tags)).evidence:
        protovalidate.validate(entry)
        assert entry.model.name == (entry.cue if entry.cue in OWN_MODEL else "metadata_rules")
        assert entry.HasField("compute_time")


def test_the_facts_stand_beside_the_evidence() -> None:
    facts = examine(jpeg({**CANON, "Software": "GIMP 2.10", "DateTime": "2026:03:01 10:00:00"}, quality=80)).facts
    assert facts.jpeg.quality_estimate == 80
    assert facts.jpeg.encoder == "IJG libjpeg or compatible"
    assert [(trace.name, trace.kind) for trace in facts.software] == [
        ("GIMP", facts_pb2.SOFTWARE_KIND_EDITOR),
        ("Canon EOS 5D", facts_pb2.SOFTWARE_KIND_CAMERA),
    ]
    assert [conflict.code for conflict in facts.conflicts] == ["exif_date_in_future"]
    assert facts.provenance.integrity == facts_pb2.PROVENANCE_INTEGRITY_ABSENT


def test_a_preview_of_another_picture_is_a_fact_and_a_contradiction() -> None:
    examination = examine(with_preview(blots(1), blots(2)))
    assert examination.facts.thumbnail.correlation < 0.6
    assert examination.evidence[0].finding.reason.code == "exif_thumbnail_content"


def test_a_picture_that_kills_its_decoder_costs_the_other_cues_nothing() -> None:
    runner = InProcessRunner(fail={PREVIEW_TASK: DecoderStopped("took too long")})
    examination = examine(with_preview(blots(1), blots(2)), runner=runner)
    assert not examination.facts.HasField("thumbnail")
    assert examination.evidence[0].abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE


def test_who_wrote_the_file_is_a_fact() -> None:
    origins = [examine(jpeg(tags)).facts.origin for tags in ({}, CANON, {**CANON, "Software": "GIMP 2.10"})]
    assert origins == [facts_pb2.FILE_ORIGIN_NONE, facts_pb2.FILE_ORIGIN_CAMERA, facts_pb2.FILE_ORIGIN_EDITED]


def test_a_manifest_that_is_kept_elsewhere_is_named_and_not_fetched() -> None:
    packet = xmp(
        '<dcterms:provenance xmlns:dcterms="http://purl.org/dc/terms/">https://example.org/a.c2pa</dcterms:provenance>'
    )
    examination = examine(jpeg(xmp=packet))
    assert examination.facts.provenance.remote_manifest == "https://example.org/a.c2pa"
    assert examination.evidence[3].abstention.parameters["remote_manifest"] == "https://example.org/a.c2pa"


def test_the_evidence_names_the_trust_list() -> None:
    signed = sign(jpeg(), new_signer(), "trainedAlgorithmicMedia")
    assert examine(signed).evidence[3].finding.reason.parameters["trust_list_sha256"] == "0" * 64


def test_a_file_without_manifest_never_reaches_the_native_reader() -> None:
    runner = InProcessRunner()
    examine(jpeg(CANON), runner=runner)
    assert runner.tasks == [READ_TASK, LUMA_TASK]


def test_a_signed_file_is_read_and_its_three_facts_are_kept_apart() -> None:
    examination = examine(sign(jpeg(), new_signer(), "trainedAlgorithmicMedia"))
    assert examination.facts.provenance.integrity == facts_pb2.PROVENANCE_INTEGRITY_INTACT
    assert examination.facts.provenance.trust == facts_pb2.SIGNER_TRUST_UNTRUSTED
    assert examination.evidence[3].finding.reason.code == "provenance_declares_synthetic"


def test_a_manifest_that_kills_its_reader_costs_the_other_cues_nothing() -> None:
    signed = sign(jpeg({"Software": "GIMP 2.10"}), new_signer(), "digitalCapture")
    runner = InProcessRunner(fail={PROVENANCE_TASK: DecoderStopped("took too long")})
    evidence = examine(signed, runner=runner).evidence
    assert evidence[3].finding.reason.code == "provenance_broken"
    assert evidence[2].finding.reason.code == "software_editor_mark"


def test_a_file_that_kills_the_first_reader_is_an_error() -> None:
    with pytest.raises(DecoderStopped):
        examine(jpeg(), runner=InProcessRunner(fail={READ_TASK: DecoderStopped("took too long")}))


def test_media_that_is_no_picture_abstains() -> None:
    reasons = [entry.abstention.reason for entry in examine(b"OggS\0" + bytes(100), "audio/ogg").evidence]
    nothing = evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ
    assert reasons[:4] == [nothing, evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE, nothing, nothing]


def test_a_detector_is_built_from_settings() -> None:
    built = build_detector(MetadataSettings(), InProcessRunner(), Registry(ROOT / "models"))
    assert {model.card.name for model in built.models} >= {"metadata_rules", "exif_anomaly"}


def test_a_cropped_photo_that_names_a_camera_is_a_fact_and_a_small_contradiction() -> None:
    examination = examine(named_by_camera(again(saved(scenery(), 60), 90, (3, 5))))
    found = {entry.cue: entry for entry in examination.evidence}["jpeg_history"].finding
    assert found.reason.code == "jpeg_cropped_after_saving"
    assert found.reason.parameters["camera"] == "Canon EOS 5D"
    facts = examination.facts.jpeg_history
    assert (facts.grid_offset_x_px, facts.grid_offset_y_px, facts.blocks) == (5, 3, 1024)


@pytest.mark.parametrize(
    "error", [DecoderStopped("took too long"), UndecodableMedia("damaged"), TooManyPixels("large")]
)
def test_a_picture_that_cannot_be_decoded_can_still_be_read(error: Exception) -> None:
    examination = examine(jpeg(CANON), runner=InProcessRunner(fail={LUMA_TASK: error}))
    assert not examination.facts.HasField("jpeg_history")
    assert {entry.cue for entry in examination.evidence if entry.HasField("abstention")} >= {
        "jpeg_history",
        "region_consistency",
    }
    assert examination.facts.jpeg.encoder == "IJG libjpeg or compatible"


def test_a_generator_chunk_decides() -> None:
    evidence = examine(png((b"tEXt", b"Dream\0a cat -s 50")), "image/png").evidence
    assert evidence[2].finding.log_likelihood_ratio > 3


def test_it_warms_up_on_a_file_of_its_own() -> None:
    build_detector(MetadataSettings(), InProcessRunner(), Registry(ROOT / "models")).warm_up()
