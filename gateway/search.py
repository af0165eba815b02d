"""Which analyses a caller looks for."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2

ENDED = frozenset(
    {
        resources_pb2.ANALYSIS_STATE_SUCCEEDED,
        resources_pb2.ANALYSIS_STATE_FAILED,
        resources_pb2.ANALYSIS_STATE_CANCELLED,
    }
)
"""States in which nothing more will happen to an analysis."""


@dataclass(frozen=True)
class Search:
    """What a list is narrowed down to; an empty part narrows nothing.

    Attributes:
        text: `folded`; what a name holds, or a SHA-256 begins with.
        labels: one of these.
        kinds: one of these.
        done: whether nothing more will happen to it.
    """

    text: str = ""
    labels: frozenset[verdict_pb2.Label.ValueType] = frozenset()
    kinds: frozenset[media_pb2.MediaKind.ValueType] = frozenset()
    done: bool | None = None

    def digest(self) -> str:
        """16 hexadecimal digits that tell one search from another; "" when nothing is narrowed."""
        if self == Search():
            return ""
        chosen = [",".join(map(str, sorted(values))) for values in (self.labels, self.kinds)]
        return hashlib.sha256("\n".join([self.text, *chosen, str(self.done)]).encode()).hexdigest()[:16]


def search(
    query: str,
    labels: Iterable[verdict_pb2.Label.ValueType] = (),
    kinds: Iterable[media_pb2.MediaKind.ValueType] = (),
) -> Search:
    """The search that a request asks for."""
    return Search(folded(query), frozenset(labels), frozenset(kinds))


def folded(text: str) -> str:
    """Text for comparisons that know no upper and lower case: caseless matching of the Unicode Standard (D145), in NFC.

    Characters that no display name has (control, formatting) are left out of what is looked for, too.
    """
    shown = "".join(character for character in text if unicodedata.category(character)[0] != "C")
    decomposed = unicodedata.normalize("NFD", shown).casefold()
    return unicodedata.normalize("NFC", decomposed).strip()
