from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from kit.media.file import MediaFile
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.media.sniff import SNIFF_BYTES, sniff
from kit.models.registry import Registry
from metadata_svc import features
from metadata_svc.detector import Examination, build_detector
from metadata_svc.features import READ_TASK, WARM_UP
from metadata_svc.settings import MetadataSettings
from telltale.metadata.v1 import facts_pb2
from tests.support.c2pa_signing import new_signer, sign
from tests.support.container_factory import Movie, broadcast, movie, wave
from tests.support.histories import again, saved, scenery
from tests.support.metadata_files import CANON, DATA, ROOT, blots, info_of, jpeg, needs_data, png, with_preview
from tests.support.sound_factory import clicks, recording


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(SandboxSettings(), [WARM_UP]) as running:
        yield running


def examine(sandbox: Sandbox, data: bytes, mime_type: str = "image/jpeg") -> Examination:
    with MediaFile.from_bytes(data) as media:
        return build_detector(MetadataSettings(), sandbox, Registry(ROOT / "models")).examine(
            media, info_of(media, mime_type)
        )


def test_a_comment_in_utf_16_is_read_behind_the_walls(sandbox: Sandbox) -> None:
    comment = b"UNICODE\0" + "a cat\nSteps: 20, Sampler: Euler".encode("utf-16-be")
    software = examine(sandbox, jpeg({"UserComment": comment})).facts.software
    assert [trace.name for trace in software] == ["Stable Diffusion WebUI"]


def test_exif_is_read_behind_the_walls(sandbox: Sandbox) -> None:
    tags = {tag.name: tag.value for tag in examine(sandbox, jpeg(CANON)).facts.tags}
    assert tags["Model"] == "Canon EOS 5D"


def test_c2pa_is_read_behind_the_walls(sandbox: Sandbox) -> None:
    provenance = examine(sandbox, sign(jpeg(), new_signer(), "digitalCapture")).facts.provenance
    assert provenance.integrity == facts_pb2.PROVENANCE_INTEGRITY_INTACT
    assert provenance.issuer == "Telltale Tests"


def test_a_preview_is_decoded_behind_the_walls(sandbox: Sandbox) -> None:
    likeness = [examine(sandbox, with_preview(blots(1), blots(seed))).facts.thumbnail.correlation for seed in (1, 2)]
    assert likeness[0] > 0.75 > likeness[1] > 0


def test_many_files_in_a_row_find_callbacks_left(sandbox: Sandbox) -> None:
    signed = sign(jpeg(), new_signer(), "digitalCapture")
    found = {examine(sandbox, signed).facts.provenance.integrity for _ in range(10)}
    assert found == {facts_pb2.PROVENANCE_INTEGRITY_INTACT}


def test_coefficients_are_measured_behind_the_walls(sandbox: Sandbox) -> None:
    history = examine(sandbox, again(saved(scenery(), 60), 90, (3, 5))).facts.jpeg_history
    assert (history.grid_offset_x_px, history.grid_offset_y_px, history.blocks) == (5, 3, 1024)


def test_generator_chunks_are_read_behind_the_walls(sandbox: Sandbox) -> None:
    software = examine(sandbox, png((b"tEXt", b"Dream\0a cat -s 50")), "image/png").facts.software
    assert [trace.name for trace in software] == ["InvokeAI"]


@pytest.mark.parametrize(
    ("data", "mime_type"),
    [
        (movie(Movie()), "video/quicktime"),
        (recording("webm", clicks([0.1], 0.5)), "video/webm"),
        (recording("mp3", clicks([0.1], 0.5)), "audio/mpeg"),
        (recording("opus", clicks([0.1], 0.5)), "audio/ogg"),
        (wave(broadcast("ZOOM H5")), "audio/wav"),
    ],
    ids=["mov", "webm", "mp3", "opus", "wav"],
)
def test_containers_read_the_same_behind_the_walls(sandbox: Sandbox, data: bytes, mime_type: str) -> None:
    with MediaFile.from_bytes(data) as media:
        values = sandbox.run(READ_TASK, media, {"mime_type": mime_type}).values
    expected = features.read(data, mime_type)
    assert values == json.loads(json.dumps(expected))
    assert expected["container"] is not None
    assert expected["container"]["tracks"]


@needs_data
def test_every_sample_reads_the_same_behind_the_walls(sandbox: Sandbox) -> None:
    for path in sorted(path for path in DATA.glob("*/*") if path.suffix in (".jpg", ".png", ".webp", ".tiff", ".jpeg")):
        data = path.read_bytes()
        mime_type = sniff(data[:SNIFF_BYTES]).mime_type
        with MediaFile.from_bytes(data) as media:
            values = sandbox.run(READ_TASK, media, {"mime_type": mime_type}).values
        assert values == json.loads(json.dumps(features.read(data, mime_type))), path.name
