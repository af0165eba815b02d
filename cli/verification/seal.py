"""Whether a document is unchanged since it was signed, and by whom that was."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.verification.outcome import Check, no, not_checked, ok
from cli.verification.reading import Read, safe
from kit.errors import DigestMismatch, NotFound
from kit.sealing.canonical import canonical_json
from kit.sealing.keys import key_id, read_public_key
from kit.sealing.signatures import check
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2

_KEY_ID = re.compile("[0-9a-f]{16}")
_PUBLIC_KEY = re.compile("[A-Za-z0-9+/]{43}=")


@dataclass(frozen=True)
class Pinned:
    """A key that the caller knows.

    Attributes:
        key_id: its identifier, 64 bits: enough to tell keys apart, and work for years to make another that has it.
        public_key: the key itself, raw; None where only the identifier is known.
    """

    key_id: str
    public_key: bytes | None = None


def pinned_key(given: str | None) -> Pinned | None:
    """The key that the caller knows: by its identifier, as base64, or by a file with the public key.

    Raises:
        NotFound: neither of these. InvalidSettings: the file cannot be read, or holds no public Ed25519 key.
    """
    if given is None:
        return None
    if _KEY_ID.fullmatch(given.lower()):
        return Pinned(given.lower())
    public_key = base64.b64decode(given) if _PUBLIC_KEY.fullmatch(given) else _key_in_file(Path(given))
    return Pinned(key_id(public_key), public_key)


def _key_in_file(path: Path) -> bytes:
    # pathlib raises for what is too long to be a name.
    if not os.path.exists(path):  # noqa: PTH110
        raise NotFound(f"--key {safe(str(path))}: neither 16 hexadecimal digits, nor a key in base64, nor a file")
    return read_public_key(path)


def checked_seal(read: Read, pinned: Pinned | None) -> Iterator[Check]:
    """Checks bytes, signature and key."""
    yield _bytes(read)
    signature = read.document.signature
    intact = _signature(signature, _signed(read))
    yield intact or ok("signature", f"of key {key_id(signature.public_key)}, over exactly this content")
    yield (
        checked_key(signature, pinned)
        if intact is None
        else not_checked("key", "without a valid signature no key stands for it")
    )


def _bytes(read: Read) -> Check:
    if canonical_json(read.document) == read.raw:
        return ok("bytes", "canonical, as we write them")
    if isinstance(read.document, resources_pb2.DeletionReceipt):
        return not_checked(
            "bytes", "a receipt comes inside of an answer; its signature is over the content, not over the layout"
        )
    return no(
        "bytes",
        "not as we write them: something was changed, or a program wrote the file anew; get the file as it was handed out",
    )


def _signed(read: Read) -> bytes:
    if isinstance(read.document, report_pb2.SignedReport):
        return canonical_json(read.document.report)
    return canonical_json(read.document, without=("signature",))


def _signature(signature: resources_pb2.Signature, document: bytes) -> Check | None:
    try:
        check(signature, document)
    except DigestMismatch as error:
        return no("signature", safe(error.message))
    return None


def checked_key(signature: resources_pb2.Signature, pinned: Pinned | None) -> Check:
    """Whether it was the key that the caller knows. That the signature itself is valid was checked before."""
    signed_by = key_id(signature.public_key)
    if pinned is None:
        return not_checked(
            "key",
            f"signed by key {signed_by}, which you have not pinned: ask who signed for it, and give it with --key",
        )
    if signed_by != pinned.key_id:
        return no("key", f"signed by key {signed_by}, not by {pinned.key_id}, which you gave")
    if pinned.public_key not in (None, signature.public_key):
        return no("key", f"the key calls itself {signed_by} like the one that you gave, but it is another")
    return ok("key", f"{signed_by}, the one that you gave")
