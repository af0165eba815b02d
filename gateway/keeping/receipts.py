"""Signed receipts of what was deleted: afterwards they are all that is left."""

from __future__ import annotations

from gateway.storage.records import Deletion
from gateway.storage.times import to_timestamp
from kit.clock import Clock
from kit.sealing.canonical import canonical_json
from kit.sealing.keys import SigningKey
from telltale.gateway.v1 import resources_pb2

FORMAT = "telltale-deletion/1"
ARTEFACTS = (
    "file",
    "analysis",
    "evidence",
    "maps",
    "partial results",
    "shares",
    "feedback",
    "request ids",
    "jobs",
    "notifications",
    "contribution",
)
"""Kinds of stored data, in the order in which receipts name them."""


class Receipts:
    """Writes receipts."""

    def __init__(self, key: SigningKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def write(self, gone: Deletion) -> resources_pb2.DeletionReceipt:
        """The receipt of a deletion that has just been done."""
        receipt = resources_pb2.DeletionReceipt(
            format=FORMAT,
            deleted=gone.names,
            media_sha256=gone.sha256,
            delete_time=to_timestamp(self._clock.now()),
            artefacts=[kind for kind in ARTEFACTS if kind in gone.artefacts],
        )
        receipt.signature.CopyFrom(self._key.sign(canonical_json(receipt, without=("signature",))))
        return receipt
