"""Ways to be a bad client, each one a short script of what is sent and when it is given up."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.support.fuzzing.contract import Method
from tests.support.fuzzing.messages import filled
from tests.support.fuzzing.names import Names
from tests.support.mutants import mutant

OVERSIZED_BYTES = 5 * 2**20
_PATIENCE_S = 20.0
_SHORT_S = 2.0
Headers = tuple[tuple[str, str | bytes], ...]


@dataclass(frozen=True)
class Script:
    """One call.

    Attributes:
        pieces: messages as bytes, in order.
        more: headers beside the token.
        timeout_s: the call's deadline.
        leave_after_s: when the caller goes away; None: never.
    """

    attack: str
    pieces: Sequence[bytes]
    more: Headers = ()
    timeout_s: float = _PATIENCE_S
    leave_after_s: float | None = None

    @property
    def left(self) -> bool:
        """Whether this side may have ended the call."""
        return self.leave_after_s is not None or self.timeout_s < _PATIENCE_S


@dataclass(frozen=True)
class Material:
    """What scripts are written from.

    Attributes:
        files: contents of uploads, good ones and others.
    """

    names: Names
    files: Sequence[bytes]


Write = Callable[[Method, Material, random.Random], Script]


def valid(method: Method, material: Material, chance: random.Random) -> Script:
    """What the contract asks for."""
    return Script("valid", _pieces(method, material, chance, wildness=0.0))


def odd(method: Method, material: Material, chance: random.Random) -> Script:
    """The right shape, odd values."""
    return Script("odd", _pieces(method, material, chance, wildness=0.4))


def mutated(method: Method, material: Material, chance: random.Random) -> Script:
    """A valid message, damaged on the wire."""
    return Script("mutated", [mutant(each or b"\0", chance) for each in _pieces(method, material, chance, 0.0)])


def garbage(_: Method, __: Material, chance: random.Random) -> Script:
    """Bytes that are no message."""
    return Script(
        "garbage", [chance.randbytes(chance.choice((1, 7, 100, 4000))) for _ in range(chance.choice((1, 1, 3)))]
    )


def oversized(_: Method, __: Material, chance: random.Random) -> Script:
    """A message longer than any server reads; as a field that it knows, or as one that it does not."""
    return Script("oversized", [bytes([chance.choice((0x0A, 0x7A))]) + b"\x80\x80\xc0\x02" + bytes(OVERSIZED_BYTES)])


def broken_off(method: Method, material: Material, chance: random.Random) -> Script:
    """The caller goes away in the middle."""
    return Script("broken_off", _pieces(method, material, chance, 0.0), leave_after_s=chance.uniform(0, 0.3))


def half_closed(method: Method, material: Material, chance: random.Random) -> Script:
    """Nothing is sent, or only the beginning."""
    kept = 0 if chance.random() < 0.5 else 1
    # To a call of one request that has none, grpc.aio's server never answers: it lasts as long as its caller wants.
    patience_s = _PATIENCE_S if kept or method.streams_in else 1.0
    return Script("half_closed", _pieces(method, material, chance, 0.0)[:kept], timeout_s=patience_s)


def disordered(method: Method, material: Material, chance: random.Random) -> Script:
    """The right pieces in a wrong order, twice, or of two different requests."""
    pieces = [*_pieces(method, material, chance, 0.0), *_pieces(method, material, chance, 0.2)]
    chance.shuffle(pieces)
    return Script("disordered", pieces * chance.choice((1, 2)))


def headers(method: Method, material: Material, chance: random.Random) -> Script:
    """Metadata that is huge, or many, or odd."""
    more: Headers = chance.choice(
        (
            (("x-filler", "x" * chance.choice((1_000, 9_000, 40_000))),),
            tuple((f"x-{number}", "y") for number in range(chance.choice((50, 400)))),
            (("x-some-bin", chance.randbytes(300)),),
            (("x-request-id", "../ {}" * 20), ("x-telltale-client-address", "::1")),
            (("authorization", "Bearer "), ("authorization", "Basic x")),
        )
    )
    return Script("headers", _pieces(method, material, chance, 0.0), more)


def hurried(method: Method, material: Material, chance: random.Random) -> Script:
    """A deadline that cannot be kept."""
    return Script("hurried", _pieces(method, material, chance, 0.0), timeout_s=chance.uniform(0.001, 0.1))


ATTACKS: tuple[tuple[Write, int], ...] = (
    (valid, 26), (odd, 26), (mutated, 14), (garbage, 8), (oversized, 2), (broken_off, 8), (half_closed, 4), (disordered, 5),
    (headers, 4), (hurried, 3),
)  # fmt: skip
"""Each with its share in hundredths."""


def script(method: Method, material: Material, chance: random.Random) -> Script:
    """One of all attacks."""
    [write] = chance.choices([each for each, _ in ATTACKS], [share for _, share in ATTACKS])
    written = write(method, material, chance)
    # Who waits for an operation may wait for minutes, and an order that its caller broke off is taken up only by the next sweep.
    if method.name in ("WaitOperation", "WatchOperation"):
        return replace(written, timeout_s=min(written.timeout_s, _SHORT_S))
    return written


def _pieces(method: Method, material: Material, chance: random.Random, wildness: float) -> list[bytes]:
    first = filled(method.request, material.names, chance, wildness)
    if not method.streams_in:
        return [first.SerializeToString()]
    if hasattr(first, "file"):
        first.file.data = b""
        content = chance.choice(material.files)
        size = chance.choice((2**20, 1000, 20_000))
        return [_piece(first, method, content, start, size) for start in range(0, max(1, len(content)), size)]
    return [first.SerializeToString()]


def _piece(first: object, method: Method, content: bytes, start: int, size: int) -> bytes:
    piece = method.request()
    if start == 0:
        piece.CopyFrom(first)  # type: ignore[arg-type]  # a message of this kind
    piece.file.data = content[start : start + size]  # type: ignore[attr-defined]  # uploads have a file
    return piece.SerializeToString()
