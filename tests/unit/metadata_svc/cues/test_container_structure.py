from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import protovalidate
import pytest

from metadata_svc.claim import Claim, claim_of
from metadata_svc.container_messages import container_message
from metadata_svc.cues import container_structure
from metadata_svc.unsandboxed import read_facts
from telltale.common.v1 import evidence_pb2
from tests.support.container_factory import (
    IPHONE,
    RECORDED,
    X264,
    Movie,
    Track,
    box,
    broadcast,
    chunk,
    movie,
    mp3,
    text_box,
    wave,
)
from tests.support.metadata_files import container_rules, jpeg
from tests.support.video_factory import Recipe, steady, video

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PHONE = Movie()
SEEN, HEARD = PHONE.tracks
ANDROID = Movie(
    "mp42",
    tracks=(Track("VideoHandle"), Track("SoundHandle", is_video=False, codec="mp4a")),
    keys={"com.android.version": "14", "com.android.manufacturer": "Google", "com.android.model": "Pixel 8"},
)
GOPRO = Movie(
    "mp41",
    tracks=(Track("GoPro AVC  ", compressor="GoPro AVC encoder"), Track("GoPro AAC  ", is_video=False, codec="mp4a")),
    keys={},
    user_data=box("FIRM", b"HD7.01.01.90.00") + box("CAME", bytes(16)) + box("MUID", bytes(32)),
)


def claim(data: bytes, mime_type: str = "video/mp4") -> Claim:
    found = claim_of(read_facts(data, mime_type), container_rules())
    assert found is not None
    return found


def examine(wanted: Movie) -> evidence_pb2.Evidence:
    return container_structure.examine(claim(movie(wanted)), NOW)


def codes(wanted: Movie) -> list[str]:
    return [conflict.code for conflict in container_structure.conflicts(claim(movie(wanted)), NOW)]


def with_keys(**keys: str) -> Movie:
    return replace(PHONE, keys={**IPHONE, **{f"com.apple.quicktime.{name}": value for name, value in keys.items()}})


def with_video(track: Track) -> Movie:
    return replace(PHONE, tracks=(track, HEARD))


@pytest.mark.parametrize("untouched", [PHONE, ANDROID, GOPRO])
def test_a_file_laid_out_as_its_device_does_contradicts_nothing(untouched: Movie) -> None:
    evidence = examine(untouched)
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
    assert int(evidence.abstention.parameters["checks"]) >= 5
    observations = container_message(claim(movie(untouched)), NOW).observations
    assert [observation.code for observation in observations] == ["container_fits_device"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (with_video(replace(SEEN, sample=X264)), "container_encoder_of_program"),
        (with_keys(software="Lavf60.16.100"), "container_writer_of_program"),
        (with_video(replace(SEEN, handler="VideoHandler")), "container_handlers_of_other"),
        (replace(PHONE, brand="isom"), "container_brand_of_other"),
        (with_video(replace(SEEN, codec="vp09")), "container_codec_of_other"),
        (replace(PHONE, index_first=True), "container_index_first"),
        (with_video(replace(SEEN, edits=(0, 600))), "container_several_edits"),
        (replace(PHONE, user_data=text_box("©mod", "iPhone 4")), "container_devices_differ"),
        (with_keys(model="Pixel 8"), "container_model_of_other_make"),
        (replace(PHONE, user_data=box("MUID", bytes(4))), "container_marks_of_other_maker"),
        (with_video(replace(SEEN, created=RECORDED - timedelta(days=9))), "container_track_times_differ"),
        (with_keys(creationdate="2021-01-01T10:00:00+0100"), "container_dates_differ"),
        (with_video(replace(SEEN, duration_s=4)), "container_durations_differ"),
    ],
)
def test_each_contradiction_of_a_claimed_phone_is_found_alone(changed: Movie, code: str) -> None:
    assert codes(changed) == [code]
    finding = examine(changed).finding
    assert finding.reason.code == code
    assert 0 < finding.log_likelihood_ratio <= 1.2


def test_a_device_that_always_writes_the_time_and_did_not() -> None:
    undated = replace(PHONE, created=None, tracks=tuple(replace(track, created=None) for track in PHONE.tracks))
    assert codes(undated) == ["container_time_missing"]


def test_a_time_in_the_future_needs_no_device() -> None:
    late = datetime(2031, 1, 1, tzinfo=UTC)
    assert codes(Movie("isom", (Track("", created=late),), late, keys={})) == ["container_created_in_future"]


def test_the_strongest_contradiction_decides_and_the_others_are_counted() -> None:
    finding = examine(replace(with_video(replace(SEEN, handler="VideoHandler", sample=X264)), brand="isom")).finding
    assert finding.reason.code == "container_encoder_of_program"
    assert finding.reason.parameters["conflicts"] == "3"
    assert finding.log_likelihood_ratio == pytest.approx(0.4)


def test_a_file_of_a_program_that_claims_no_device_gives_no_opinion() -> None:
    found = claim(video(Recipe(steady(5, 25))))
    evidence = container_structure.examine(found, NOW)
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
    assert evidence.abstention.parameters["device"] == "unknown"
    assert evidence.abstention.parameters["writer"].startswith("Lavf")
    protovalidate.validate(evidence)


def test_devices_that_carry_ffmpeg_are_not_accused_of_it() -> None:
    keys = {"make": "DJI", "model": "FC3170", "encoder": "Lavf56.15.102"}
    assert codes(Movie("isom", (Track("VideoHandler"),), keys=keys)) == []


def test_a_program_that_signs_beside_the_name_of_a_phone_is_found() -> None:
    signed = replace(PHONE, user_data=text_box("©too", "Lavf60.16.100"))
    assert codes(signed) == ["container_writer_of_program"]


@pytest.mark.parametrize(("container", "more"), [("mov", []), ("mp4", ["container_brand_of_other"])])
def test_a_video_of_ffmpeg_with_the_tags_of_a_phone_gives_itself_away(container: str, more: list[str]) -> None:
    recipe = Recipe(
        steady(5, 25), container=container, container_options={"movflags": "use_metadata_tags"}, tags=IPHONE
    )
    found = [conflict.code for conflict in container_structure.conflicts(claim(video(recipe)), NOW)]
    always = ["container_encoder_of_program", "container_writer_of_program", "container_handlers_of_other"]
    assert found == [*always, *more, "container_time_missing"]


def test_in_another_container_only_the_programs_speak_against_a_phone() -> None:
    recipe = Recipe(steady(5, 25), container="matroska", tags=IPHONE)
    found = container_structure.conflicts(claim(video(recipe), "video/x-matroska"), NOW)
    assert [conflict.code for conflict in found] == ["container_encoder_of_program", "container_writer_of_program"]


def test_a_recorder_whose_file_a_program_wrote() -> None:
    written = wave(broadcast("ZOOM Handy Recorder H5"), chunk(b"LIST", b"INFO" + chunk(b"ISFT", b"Lavf60.16.100\0")))
    finding = container_structure.examine(claim(written, "audio/wav"), NOW).finding
    assert finding.reason.code == "container_writer_of_program"
    assert finding.reason.parameters["program"] == "FFmpeg"


def test_a_studio_is_no_device() -> None:
    assert claim(wave(broadcast("Pro Tools")), "audio/wav").device == ""


@pytest.mark.parametrize(
    ("data", "mime_type", "code"),
    [
        (wave(block_bytes=7), "audio/wav", "container_header_impossible"),
        (mp3({"TENC": "iTunes 12.1"}, b"LAME3.100"), "audio/mpeg", "container_encoders_differ"),
    ],
)
def test_headers_of_sound_contradict_themselves(data: bytes, mime_type: str, code: str) -> None:
    assert container_structure.examine(claim(data, mime_type), NOW).finding.reason.code == code


def test_the_facts_name_tracks_and_what_was_observed() -> None:
    message = container_message(claim(movie(with_video(replace(SEEN, sample=X264)))), NOW)
    assert list(message.layout) == ["ftyp", "wide", "mdat", "moov"]
    assert message.device == "Apple iPhone 14 Pro"
    assert (message.tracks[0].kind, message.tracks[0].handler) == ("video", "Core Media Video")
    assert [observation.code for observation in message.observations] == [
        "container_encoder_of_program",
        "container_written_by_program",
    ]


def test_a_file_that_holds_nothing_abstains() -> None:
    evidence = container_structure.examine(claim(b"OggS" + bytes(40), "audio/ogg"), NOW)
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ


def test_a_photo_has_no_container_to_examine() -> None:
    assert claim_of(read_facts(jpeg()), container_rules()) is None
