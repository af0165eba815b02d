"""What a deletion receipt says, out of the part that is signed, and whether it is about the file at hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

from cli.verification.outcome import Check, no, ok, verdict
from cli.verification.reading import safe
from cli.verification.record import measured
from gateway.keeping.receipts import FORMAT
from telltale.gateway.v1 import resources_pb2

_MOST_NAMES = 5


def checked_receipt(receipt: resources_pb2.DeletionReceipt, media: Path | None) -> Iterator[Check]:
    """Format and content; and MEDIA where it is given. Raises NotFound, InvalidRequest."""
    if receipt.format != FORMAT:
        yield no("receipt", f"the format is {safe(receipt.format)!r}; this version knows {FORMAT!r}")
        return
    yield ok("receipt", _in_words(receipt))
    if media is not None:
        _, digest = measured(media)
        wrong = [] if digest == receipt.media_sha256 else [f"its SHA-256 is {digest}, another than the receipt's"]
        yield verdict("media", wrong, "a copy of the file that was deleted")


def _in_words(receipt: resources_pb2.DeletionReceipt) -> str:
    when = receipt.delete_time.ToDatetime(tzinfo=UTC).isoformat(timespec="seconds")
    names = ", ".join(safe(name, 80) for name in receipt.deleted[:_MOST_NAMES])
    more = f" and {len(receipt.deleted) - _MOST_NAMES} more" if len(receipt.deleted) > _MOST_NAMES else ""
    kinds = ", ".join(safe(kind, 40) for kind in receipt.artefacts[:16])
    return f"deleted {when}: {names}{more}; {kinds}; of the file with SHA-256 {safe(receipt.media_sha256, 64)}"
