"""A folder of models in two versions each, side by side, and some that must be refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from bench.swap.publisher import PUBLISHER, STRANGER, Publisher
from kit.models.card import describe_artefact, load_model, write_card
from kit.models.registry import Registry
from telltale.model.v1 import card_pb2

VICTIM: Final = "face_spatial"
"""The model that there are bad versions of."""
_FILE: Final = "model.onnx"
_STRANGER: Final = "whole_picture"

Spoil = Callable[[Path, card_pb2.ModelCard], None]


@dataclass(frozen=True)
class Zoo:
    """Versions by name of the model; what is wrong with a version of VICTIM by that version."""

    root: Path
    first: Mapping[str, str]
    second: Mapping[str, str]
    bad: Mapping[str, str]


@dataclass(frozen=True)
class Bad:
    """A version that must be refused."""

    spoil: Spoil
    key: str = PUBLISHER
    """Who signs it; nobody when empty."""
    spoilt_when: Literal["before it is signed", "behind that"] = "before it is signed"


def make_zoo(shipped: Path, names: Sequence[str], root: Path) -> Zoo:
    """Publishes the newest version of each model, again with a higher version, and bad versions of VICTIM, in a registry.

    Channel "dev" offers the first ones.
    """
    publisher = Publisher.at(root)
    first, second = {}, {}
    for name in names:
        model = Registry(shipped).load(name)
        first[name] = copied(model.folder, root / "zoo" / name, model.card.version)
        second[name] = copied(model.folder, root / "zoo" / name, next_version(model.card.version))
        publisher.offer(publisher.publish(root / "zoo" / name / first[name]))
        publisher.publish(root / "zoo" / name / second[name])
    victim = root / "zoo" / VICTIM
    bad = {}
    for number, (what, how) in enumerate(_spoils(root / "zoo" / _STRANGER / first[_STRANGER]).items()):
        version = copied(victim / first[VICTIM], victim, f"0.0.{number}")
        _publish_bad(publisher, victim / version, how)
        bad[version] = what
    return Zoo(root, first, second, bad)


def _publish_bad(publisher: Publisher, folder: Path, bad: Bad) -> None:
    release = publisher.publish(folder)
    if bad.spoilt_when == "before it is signed":
        bad.spoil(folder, load_model(folder).card)
        publisher.replace(release, folder, bad.key)
    else:
        publisher.replace(release, folder, bad.key)
        bad.spoil(publisher.folder_of(release), load_model(folder).card)


def copied(folder: Path, into: Path, version: str) -> str:
    """The model in `folder`, under another version, in a folder of `into`; answers the version."""
    target = into / version
    shutil.copytree(folder, target)
    card = load_model(target).card
    card.version = version
    write_card(card, target)
    return version


def _spoils(stranger: Path) -> Mapping[str, Bad]:
    return {
        "corrupted": Bad(lambda folder, _: flip(folder / _FILE), spoilt_when="behind that"),
        "unsigned": Bad(_nothing, key=""),
        "signed by a stranger": Bad(_nothing, key=STRANGER),
        "wrong digest": Bad(_wrong_digest),
        "wrong shape on the card": Bad(_wrong_shape),
        "another network": Bad(lambda folder, card: _replaced(folder, card, (stranger / _FILE).read_bytes())),
        "no network": Bad(lambda folder, card: _replaced(folder, card, b"no network at all")),
        "weights that are no numbers": Bad(_without_numbers),
    }


def _nothing(_folder: Path, _card: card_pb2.ModelCard) -> None:
    """It is the signature that is bad."""


def flip(path: Path) -> None:
    """Changes one bit of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _wrong_digest(folder: Path, card: card_pb2.ModelCard) -> None:
    text = (folder / "card.json").read_text(encoding="utf-8")
    digest = next(entry.sha256 for entry in card.artefacts if entry.file == _FILE)
    (folder / "card.json").write_text(text.replace(digest, digest[::-1]), encoding="utf-8")


def _wrong_shape(folder: Path, card: card_pb2.ModelCard) -> None:
    card.inputs[0].shape[-1] += 1
    write_card(card, folder)


def _replaced(folder: Path, card: card_pb2.ModelCard, network: bytes) -> None:
    (folder / _FILE).write_bytes(network)
    for entry in card.artefacts:
        if entry.file == _FILE:
            entry.CopyFrom(describe_artefact(folder / _FILE, entry.format))
    write_card(card, folder)


def _without_numbers(folder: Path, card: card_pb2.ModelCard) -> None:
    # Weights are most of the file: 4 kB of ones in the middle of them are a thousand floats that are none.
    data = bytearray((folder / _FILE).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4096] = b"\xff" * 4096
    _replaced(folder, card, bytes(data))


def next_version(version: str) -> str:
    """The one behind it, for what nobody has published."""
    major, minor, patch = version.split(".")
    return f"{major}.{minor}.{int(patch) + 1}"
