"""The shipped models, an equal copy of one under another version, one whose weights were shuffled, and a small golden set."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2

from bench.swap.zoo import copied
from kit.models.card import describe_artefact, load_model, write_card
from kit.models.registry import Registry

NAMES: Final = ("face_spatial", "noise_residual")
"""Two of image_svc's networks, which speak of every face."""
# Below those that are shipped: a service that is not told takes the newest.
EQUAL: Final = "0.1.0"
WORSE: Final = "0.1.1"
_FILE: Final = "model.onnx"
_GRAPH, _INITIALIZER, _RAW_DATA = 7, 5, 9
_OF_BYTES: Final = 2
_FIXED_BYTES: Final = {1: 8, 5: 4}
# A float, or four small integers; small tensors hold shapes and scales, which are no weights.
_BLOCK: Final = 4
_LEAST_BYTES: Final = 1024
_VARIANTS: Final = 6


def make_zoo(shipped: Path, root: Path) -> None:
    """All shipped models, with an equal and a worse version of each one in `NAMES`."""
    shutil.copytree(shipped, root)
    for name in NAMES:
        folder = Registry(shipped).load(name).folder
        copied(folder, root / name, EQUAL)
        worse = root / name / copied(folder, root / name, WORSE)
        card = load_model(worse).card
        _shuffle(worse / _FILE)
        for artefact in card.artefacts:
            if artefact.file == _FILE:
                artefact.CopyFrom(describe_artefact(worse / _FILE, artefact.format))
        write_card(card, worse)


def make_golden(samples: Path, folder: Path) -> None:
    """The portrait and its blended face, each saved smaller and again, with a list of what is what."""
    folder.mkdir(parents=True)
    with (folder / "golden.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("file", "label", "kind", "source"))
        for label, name in (("real", "portrait.jpg"), ("fake", "portrait_blended_face.jpg")):
            picture = cv2.imread(str(samples / name))
            for number in range(_VARIANTS):
                share = 1 - 0.04 * number
                smaller = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
                cv2.imwrite(str(folder / f"{label}{number}.jpg"), smaller, [cv2.IMWRITE_JPEG_QUALITY, 95])
                table.writerow((f"{label}{number}.jpg", label, "image", "samples"))


def _shuffle(network: Path) -> None:
    """Puts the weights inside each tensor of a network in another order: as fast as before, and no detector any more."""
    data, chance = bytearray(network.read_bytes()), random.Random(1)
    for begin, end in _weights(memoryview(bytes(data))):
        blocks = [bytes(data[at : at + _BLOCK]) for at in range(begin, end - _BLOCK + 1, _BLOCK)]
        chance.shuffle(blocks)
        data[begin : begin + _BLOCK * len(blocks)] = b"".join(blocks)
    network.write_bytes(data)


def _weights(model: memoryview) -> Iterator[tuple[int, int]]:
    """Where the raw data of each initializer of an ONNX file begins and ends."""
    for graph in _fields(model, 0, len(model), _GRAPH):
        for tensor in _fields(model, *graph, _INITIALIZER):
            for begin, end in _fields(model, *tensor, _RAW_DATA):
                if end - begin >= _LEAST_BYTES:
                    yield begin, end


def _fields(data: memoryview, at: int, end: int, wanted: int) -> Iterator[tuple[int, int]]:
    """Where each field of that number, of bytes, lies in a message of protobuf's wire format."""
    while at < end:
        key, at = _varint(data, at)
        kind = key & 7
        if kind == _OF_BYTES:
            length, at = _varint(data, at)
            if key >> 3 == wanted:
                yield at, at + length
            at += length
        elif kind == 0:
            _, at = _varint(data, at)
        else:
            at += _FIXED_BYTES[kind]


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return value, at
