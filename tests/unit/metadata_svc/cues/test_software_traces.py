from __future__ import annotations

import pytest

from metadata_svc.cues import software_traces
from metadata_svc.software import find_traces
from metadata_svc.unsandboxed import read_facts
from telltale.common.v1 import evidence_pb2
from tests.support.metadata_files import CANON, jpeg, png, rules, xmp

PREFIX = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def examine(data: bytes, mime_type: str = "image/jpeg") -> evidence_pb2.Evidence:
    facts = read_facts(data, mime_type)
    return software_traces.examine(facts, find_traces(facts, rules()), rules())


def declared(kind: str) -> bytes:
    return jpeg(xmp=xmp(f"<Iptc4xmpExt:DigitalSourceType>{PREFIX}{kind}</Iptc4xmpExt:DigitalSourceType>"))


def test_a_generator_mark_is_strong() -> None:
    evidence = examine(png((b"tEXt", b"parameters\0a cat\nSteps: 20, Sampler: Euler, Seed: 1")), "image/png")
    assert evidence.finding.reason.code == "software_generator_mark"
    assert evidence.finding.log_likelihood_ratio > 3


@pytest.mark.parametrize(
    ("software", "code", "program"),
    [
        ("Adobe Photoshop CS6 (Windows)", "software_editor_mark", "Adobe Photoshop"),
        ("GIMP 2.4.5", "software_editor_mark", "GIMP"),
        ("FaceApp 3.1", "software_face_editor_mark", "FaceApp"),
        ("NovelAI", "software_generator_mark", "NovelAI"),
    ],
)
def test_a_program_that_names_itself_is_known(software: str, code: str, program: str) -> None:
    finding = examine(jpeg({"Software": software})).finding
    assert (finding.reason.code, finding.reason.parameters["program"]) == (code, program)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("trainedAlgorithmicMedia", "software_declared_synthetic"),
        ("compositeWithTrainedAlgorithmicMedia", "software_declared_composite"),
    ],
)
def test_a_declared_source_type_counts(kind: str, code: str) -> None:
    assert examine(declared(kind)).finding.reason.code == code


def test_a_declared_camera_says_nothing_because_it_is_not_signed() -> None:
    assert examine(declared("digitalCapture")).abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE


@pytest.mark.parametrize("tags", [CANON, {"ImageDescription": "How to paint in Photoshop with ComfyUI"}])
def test_a_camera_or_a_caption_is_no_trace_of_an_editor(tags: dict[str, object]) -> None:
    assert examine(jpeg(tags)).abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE


def test_no_tags_are_nothing_to_read() -> None:
    assert examine(jpeg()).abstention.reason == evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ


def test_the_strongest_mark_decides() -> None:
    chunks = ((b"tEXt", b"Software\0GIMP 2.10"), (b"tEXt", b"Dream\0a cat -s 50"))
    assert examine(png(*chunks), "image/png").finding.reason.code == "software_generator_mark"
