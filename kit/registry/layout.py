"""Where things lie in a registry; see telltale/model/v1/registry.proto. What is named otherwise is not looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kit.models.card import CARD_FILE
from telltale.model.v1 import registry_pb2

CHANNELS = ("dev", "staging", "production")
CHANNELS_PREFIX = "channels"
"""Below it lies every pointer."""
MODALITIES = ("image", "video", "audio", "metadata", "fusion")
SIGNATURE_FILE = "model.sig"
TEXT_FILE = "CARD.md"
MAX_SEQUENCE = 99_999_999

_CARD = re.compile(
    rf"models/(?P<modality>{'|'.join(MODALITIES)})/(?P<name>[a-z][a-z0-9_]{{2,63}})"
    r"/(?P<version>[0-9]+\.[0-9]+\.[0-9]+)/(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})/" + re.escape(CARD_FILE)
)
_POINTER = re.compile(r"(?P<sequence>[0-9]{8})\.json")
_APPROVAL = re.compile(r"[0-9a-f]{64}/[0-9a-f]{16}\.json")


@dataclass(frozen=True)
class ModelPlace:
    """Where one model was published."""

    modality: str
    name: str
    version: str
    date: str

    @classmethod
    def of(cls, release: registry_pb2.Release) -> ModelPlace:
        """The place of a release."""
        return cls(release.modality, release.name, release.version, release.date)

    @classmethod
    def of_card(cls, key: str) -> ModelPlace | None:
        """The place whose card has this key; None when the key is not of a card."""
        match = _CARD.fullmatch(key)
        return cls(**match.groupdict()) if match else None

    def key(self, file: str) -> str:
        """The key of one of its files."""
        return f"models/{self.modality}/{self.name}/{self.version}/{self.date}/{file}"


def models_prefix(modality: str, name: str) -> str:
    """Below it lies every version of a model."""
    return f"models/{modality}/{name}"


def pointers_prefix(channel: str, name: str) -> str:
    """Below it lies every pointer of a model in a channel."""
    return f"{CHANNELS_PREFIX}/{channel}/{name}"


def pointer_key(channel: str, name: str, sequence: int) -> str:
    """The key of one pointer."""
    return f"{pointers_prefix(channel, name)}/{sequence:08d}.json"


def sequence_of(key: str, prefix: str) -> int | None:
    """The number of the pointer with this key, right below `prefix`; None when the key is not of a pointer."""
    match = _POINTER.fullmatch(key.removeprefix(f"{prefix}/"))
    return int(match["sequence"]) if match else None


def approvals_prefix(channel: str, release: registry_pb2.Release) -> str:
    """Below it lies every approval of a release for a channel."""
    return f"approvals/{channel}/{release.name}/{release.card_sha256}"


def approval_key(channel: str, release: registry_pb2.Release, report_sha256: str, key_id: str) -> str:
    """The key of one person's approval of what one report says."""
    return f"{approvals_prefix(channel, release)}/{report_sha256}/{key_id}.json"


def is_approval(key: str, prefix: str) -> bool:
    """Whether the key is of an approval below `prefix`."""
    return bool(_APPROVAL.fullmatch(key.removeprefix(f"{prefix}/")))


def report_key(sha256: str) -> str:
    """The key of the report with this digest."""
    return f"reports/{sha256}.json"
