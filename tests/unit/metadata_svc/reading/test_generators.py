from __future__ import annotations

import zlib

import cv2
import numpy as np
import pytest

from metadata_svc import features
from metadata_svc.reading import generators, stealth
from tests.support.metadata_files import DATA, jpeg, needs_data, png

A1111 = "a cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"
EXPECTED = {
    "automatic1111_cropped.jpg": "Stable Diffusion WebUI",
    "automatic1111_stealth.png": "Stable Diffusion WebUI",
    "text_after_idat.png": "Stable Diffusion WebUI",
    "fooocus1_cropped.png": "Fooocus",
    "img2img_cropped.png": "ComfyUI",
    "night_evening_day_morning_cropped.png": "ComfyUI",
    "noisy_latents_3_subjects_cropped.png": "ComfyUI",
    "unclip_2pass_cropped.png": "ComfyUI",
    "invokeai_dream1.png": "InvokeAI",
    "invokeai_imeta1.png": "InvokeAI",
    "invokeai_sdmeta1.png": "InvokeAI",
    "novelai1_cropped.png": "NovelAI",
}


@pytest.mark.parametrize(
    ("keyword", "text", "name"),
    [
        ("parameters", A1111, "Stable Diffusion WebUI"),
        ("UserComment", A1111, "Stable Diffusion WebUI"),
        ("prompt", '{"3": {"inputs": {}, "class_type": "KSampler"}}', "ComfyUI"),
        ("workflow", '{"last_node_id": 3, "nodes": []}', "ComfyUI"),
        ("Model", 'prompt:{"3": {}}', "ComfyUI"),
        ("invokeai_metadata", "{}", "InvokeAI"),
        ("Source", "NovelAI Diffusion V4 37442FCA", "NovelAI"),
        ("parameters", '{"metadata_scheme": "fooocus"}', "Fooocus"),
        ("parameters", '{"sui_image_params": {}}', "SwarmUI"),
        ("Description", "a cat --v 6 Job ID: 0a1b2c3d-1111-2222-3333-444455556666", "Midjourney"),
    ],
)
def test_a_signature_names_its_generator(keyword: str, text: str, name: str) -> None:
    assert generators.find([("text", keyword, text)]) == [{"name": name, "location": f"text {keyword}"}]


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("Comment", "My cat. 20 steps to the door."),
        ("prompt", "What a nice day"),
        ("Description", "Source: a friend"),
        ("Model", "Canon EOS 5D"),
        ("Source", "Digital camera"),
        ("parameters", "focal length 50 mm"),
    ],
)
def test_ordinary_text_is_no_signature(keyword: str, text: str) -> None:
    assert generators.find([("text", keyword, text)]) == []


def test_a_comment_in_utf_16_is_read() -> None:
    comment = b"UNICODE\0" + A1111.encode("utf-16-be")
    assert (
        features.read(jpeg({"UserComment": comment}), "image/jpeg")["generators"][0]["name"] == "Stable Diffusion WebUI"
    )


def test_a_compressed_chunk_is_read() -> None:
    chunk = b"parameters\0\0" + zlib.compress(A1111.encode())
    assert features.read(png((b"zTXt", chunk)), "image/png")["generators"][0]["location"] == "PNG zTXt parameters"


def hidden(text: bytes, signature: bytes = b"stealth_pnginfo") -> bytes:
    """An RGBA PNG with `text` in the lowest bits of alpha, column by column."""
    bits = np.unpackbits(np.frombuffer(signature + (8 * len(text)).to_bytes(4, "big") + text, np.uint8))
    alpha = np.full(64 * 64, 254, np.uint8)
    alpha[: bits.size] |= bits
    picture = np.dstack([np.zeros((64, 64, 3), np.uint8), alpha.reshape(64, 64).T])
    return cv2.imencode(".png", picture)[1].tobytes()


def test_text_hidden_in_the_alpha_channel_is_found() -> None:
    assert stealth.read(hidden(A1111.encode())) == A1111


def test_packed_text_hidden_in_the_alpha_channel_is_found() -> None:
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(A1111.encode()) + packer.flush()
    assert stealth.read(hidden(packed, b"stealth_pngcomp")) == A1111


def test_an_alpha_channel_without_signature_hides_nothing() -> None:
    assert stealth.read(hidden(b"text", b"something_else!")) is None


@needs_data
@pytest.mark.parametrize("file", EXPECTED)
def test_the_samples_name_their_generator(file: str) -> None:
    reading = features.read(
        (DATA / "sdparsers" / file).read_bytes(), "image/jpeg" if file.endswith("jpg") else "image/png"
    )
    assert {chunk["name"] for chunk in reading["generators"]} == {EXPECTED[file]}
