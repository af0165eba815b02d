"""Model cards on disk: reading with every check that a service needs before it trusts a model, and writing.

A model is a folder with `card.json` (canonical JSON of `telltale.model.v1.ModelCard`), `CARD.md` for people, and the artefacts.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import protovalidate
from google.protobuf import json_format

from kit.errors import ModelInvalid
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

CARD_FILE = "card.json"
MAX_CARD_BYTES = 8 << 20
"""No card is longer."""


@dataclass(frozen=True)
class LoadedModel:
    """A model whose card and files were checked."""

    card: card_pb2.ModelCard
    card_sha256: str
    folder: Path

    @property
    def reference(self) -> evidence_pb2.ModelReference:
        """What evidence carries so that a verdict can be replayed."""
        return evidence_pb2.ModelReference(name=self.card.name, version=self.card.version, card_sha256=self.card_sha256)

    def artefact(self, name: str) -> Path:
        """Path of the artefact called `name` in the card. Raises ModelInvalid when the card has none."""
        if name not in {artefact.file for artefact in self.card.artefacts}:
            raise ModelInvalid(f"model {self.card.name}: its card lists no artefact {name!r}; export the model again")
        return self.folder / name


def load_model(folder: Path) -> LoadedModel:
    """Reads and checks the model in `folder`.

    Raises:
        ModelInvalid: no card, not a valid card, or an artefact that is missing or differs in length or SHA-256.
    """
    path = folder / CARD_FILE
    try:
        raw = _card_bytes(path)
        card = json_format.Parse(raw.decode("utf-8"), card_pb2.ModelCard())
        protovalidate.validate(card)
    except OSError as error:
        raise ModelInvalid(f"model card {path} cannot be read: {error.strerror}; export the model again") from error
    except (UnicodeDecodeError, json_format.ParseError, protovalidate.ValidationError, RecursionError) as error:
        raise ModelInvalid(f"model card {path} is not valid: {error}; export the model again") from error
    for artefact in card.artefacts:
        _check_artefact(folder, card.name, artefact)
    return LoadedModel(card=card, card_sha256=hashlib.sha256(raw).hexdigest(), folder=folder)


def _card_bytes(path: Path) -> bytes:
    # Whoever verifies a report names a folder that others filled: neither a pipe nor a file without end may hold them up.
    if path.exists() and (not path.is_file() or path.stat().st_size > MAX_CARD_BYTES):
        raise ModelInvalid(f"model card {path} is no file of at most {MAX_CARD_BYTES} bytes; export the model again")
    return path.read_bytes()


def is_variant(folder: Path) -> bool:
    """Whether the card in `folder` says that the model is a smaller variant; False for a card that cannot be read."""
    try:
        document = json.loads(_card_bytes(folder / CARD_FILE))
    except (OSError, ValueError, ModelInvalid):
        return False  # Who loads it says what is wrong with it.
    return isinstance(document, dict) and bool(document.get("variant_of"))


def describe_artefact(path: Path, artefact_format: card_pb2.ArtefactFormat.ValueType) -> card_pb2.Artefact:
    """The card's entry for a file that exists: name, length and SHA-256."""
    return card_pb2.Artefact(
        file=path.name, format=artefact_format, size_bytes=path.stat().st_size, sha256=sha256_of(path)
    )


def write_card(card: card_pb2.ModelCard, folder: Path) -> LoadedModel:
    """Writes `card.json` into `folder` and reads the model back with all checks. The artefacts must be there already."""
    document = json.loads(json_format.MessageToJson(card, preserving_proto_field_name=True))
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / CARD_FILE).write_text(text, encoding="utf-8")
    return load_model(folder)


def _check_artefact(folder: Path, model: str, artefact: card_pb2.Artefact) -> None:
    path = folder / artefact.file
    if not path.is_file():
        raise ModelInvalid(f"model {model}: {artefact.file} is missing in {folder}; fetch or export it again")
    if path.stat().st_size != artefact.size_bytes or sha256_of(path) != artefact.sha256:
        raise ModelInvalid(
            f"model {model}: {artefact.file} does not match its card (length or SHA-256); fetch or export it again"
        )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, lower-case hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
