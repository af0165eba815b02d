"""Videos and recordings through the whole detector."""

from __future__ import annotations

import os
import struct
import time
from dataclasses import replace

import protovalidate
import pytest

from kit.media.file import MediaFile
from metadata_svc import features
from metadata_svc.detector import Examination
from metadata_svc.reading.containers.read import read as read_container
from metadata_svc.reading.window import Window
from telltale.common.v1 import evidence_pb2
from telltale.metadata.v1 import facts_pb2
from tests.support.container_factory import IPHONE, X264, Movie, Track, box, chunk, id3, movie, mp3, wave
from tests.support.metadata_files import InProcessRunner, detector, info_of, xmp
from tests.support.video_factory import Recipe, steady, video

XMP_KEY = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
MANIFEST = b"jumd" + bytes.fromhex("6332706100110010800000aa00389b71")


def examine(data: bytes, mime_type: str = "video/mp4") -> Examination:
    with MediaFile.from_bytes(data) as media:
        return detector(InProcessRunner()).examine(media, info_of(media, mime_type))


def evidence_of(examination: Examination, cue: str) -> evidence_pb2.Evidence:
    return next(entry for entry in examination.evidence if entry.cue == cue)


def keys(**more: str) -> Movie:
    return Movie("isom", (Track("VideoHandler"),), keys=more)


def test_the_cue_and_the_facts_of_a_video_stand_beside_those_of_its_tags() -> None:
    examination = examine(movie(replace(Movie(), tracks=(Track("Core Media Video", sample=X264),))))
    evidence = evidence_of(examination, "container_structure")
    assert evidence.finding.reason.code == "container_encoder_of_program"
    assert evidence.model.name == "container_rules"
    assert examination.facts.container.device == "Apple iPhone 14 Pro"
    assert [(trace.name, trace.kind) for trace in examination.facts.software] == [
        ("Apple iPhone 14 Pro", facts_pb2.SOFTWARE_KIND_CAMERA)
    ]
    for entry in examination.evidence:
        protovalidate.validate(entry)


@pytest.mark.parametrize(
    ("data", "mime_type", "program"),
    [
        (movie(keys(software="HeyGen 2.0")), "video/mp4", "HeyGen"),
        (movie(keys(comment='{"prompt": {"1": {"class_type": "KSampler"}}}')), "video/mp4", "ComfyUI"),
        (movie(keys(AIGC='{"Label": "1", "ContentProducer": "somebody"}')), "video/mp4", "AIGC label"),
        (mp3({"TSSE": "ElevenLabs"}, b""), "audio/mpeg", "ElevenLabs"),
        (wave(chunk(b"LIST", b"INFO" + chunk(b"ICMT", b"made with Suno\0"))), "audio/wav", "Suno"),
        (wave(chunk(b"id3 ", id3({"TENC": "Murf.ai"}))), "audio/wav", "Murf"),
    ],
)
def test_a_generator_of_video_or_speech_that_names_itself_is_found(data: bytes, mime_type: str, program: str) -> None:
    examination = examine(data, mime_type)
    assert [trace.name for trace in examination.facts.software] == [program]
    assert evidence_of(examination, "software_traces").finding.log_likelihood_ratio > 3


def test_a_comment_that_mentions_a_program_is_no_signature() -> None:
    assert list(examine(movie(keys(comment="Sora and her brother at the Runway"))).facts.software) == []


def test_a_label_that_only_suspects_a_program_is_no_confession() -> None:
    assert list(examine(movie(keys(AIGC='{"Label": "3"}'))).facts.software) == []


def test_an_editor_counts_little_and_a_converter_nothing() -> None:
    edited = evidence_of(examine(movie(keys(software="Adobe Premiere Pro 2023"))), "software_traces")
    assert edited.finding.reason.code == "software_editor_mark"
    converted = examine(video(Recipe(steady(5, 25))))
    assert evidence_of(converted, "software_traces").abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
    assert [trace.name for trace in converted.facts.software] == ["FFmpeg"]


def test_the_xmp_of_a_video_is_read() -> None:
    packet = xmp("<xmp:CreatorTool>Adobe After Effects</xmp:CreatorTool>")
    boxed = movie(Movie("isom", keys={}, behind=box("uuid", XMP_KEY, packet)))
    loose = movie(Movie("isom", keys={}, behind=box("free", packet)))
    assert [trace.name for data in (boxed, loose) for trace in examine(data).facts.software] == 2 * [
        "Adobe After Effects"
    ]


def test_a_manifest_store_anywhere_in_a_video_is_noticed() -> None:
    assert features.read(movie(Movie(behind=box("free", MANIFEST))), "video/mp4")["has_manifest_store"]
    assert not features.read(movie(Movie()), "video/mp4")["has_manifest_store"]


def test_a_long_video_is_read_without_its_media() -> None:
    index, media_bytes = movie(Movie(index_first=True)), 200 << 20
    read_bytes = 0

    def read_at(offset: int, size: int) -> bytes:
        nonlocal read_bytes
        read_bytes += size
        return index[offset : offset + size].ljust(min(size, media_bytes - offset), b"\0")

    found = read_container(Window(media_bytes, read_at), "video/quicktime")
    assert found.container["model"] == IPHONE["com.apple.quicktime.model"]
    assert read_bytes < 1 << 19


def test_200_mebibytes_are_searched_within_seconds() -> None:
    descriptor = os.memfd_create("medium")
    os.pwrite(descriptor, movie(Movie()) + struct.pack(">I", 0) + b"free", 0)
    os.ftruncate(descriptor, 200 << 20)
    started_s = time.process_time()
    values, _ = features.read_task(descriptor, {"mime_type": "video/quicktime"})
    os.close(descriptor)
    assert time.process_time() - started_s < 5
    assert values["container"]["layout"] == ["ftyp", "wide", "mdat", "moov", "free"]


@pytest.mark.parametrize(
    ("data", "mime_type"),
    [
        (box("ftyp", b"isom", bytes(4)) + box("meta", bytes(4), box("ilst", box("©too") * 2000)) * 2000, "video/mp4"),
        (wave(*[chunk(b"LIST", b"INFO" + chunk(b"ISFT", b"x") * 1000)] * 1000), "audio/wav"),
        (b"".join(b"OggS" + bytes(22) + b"\xff" + b"\xff" * 255 + bytes(65025) for _ in range(64)), "audio/ogg"),
        (b"\x1aE\xdf\xa3\x80\x18\x53\x80\x67\x01" + b"\xff" * 7 + b"\x1f\x43\xb6\x75\x80" * 500_000, "video/webm"),
        (id3({f"T{number:03}": "x" * 2000 for number in range(500)}) + b"\xff" * 100_000, "audio/mpeg"),
    ],
    ids=["2000 lists of 2000 items", "a million names", "a packet over 64 pages", "clusters of nothing", "500 frames"],
)
def test_hostile_containers_are_read_quickly_and_bounded(data: bytes, mime_type: str) -> None:
    started_s = time.process_time()
    reading = features.read(data, mime_type)
    assert time.process_time() - started_s < 2
    assert len(reading["tags"]) <= 400
