"""What channels offer: the sequence of a channel's pointers to a model, of which the last one holds.

To "dev" any trusted key may point. "staging" asks for one person's approval and "production" for those of two. A pointer back to
what the channel offered before needs none, and one trusted key. Everything is verified whenever it is read.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from kit.clock import Clock
from kit.errors import ChannelChanged, ModelInvalid, ModelUntrusted, NotFound, PromotionRefused
from kit.registry.approvals import check_approvals
from kit.registry.documents import parsed
from kit.registry.layout import CHANNELS, MAX_SEQUENCE, pointer_key, pointers_prefix, sequence_of
from kit.registry.releases import check_published
from kit.registry.store import Store
from kit.registry.trust import Trust
from kit.sealing.canonical import canonical_json
from kit.sealing.person_keys import PersonKey
from telltale.model.v1 import registry_pb2


@dataclass(frozen=True)
class Offer:
    """A pointer as it was found.

    Attributes:
        record: what is stored; channel and sequence alone where that is no pointer.
        signed_by: whose key signed it, for people to read.
        refusal: why it is not to be followed; empty when it is.
    """

    record: registry_pb2.PointerRecord
    signed_by: str
    refusal: str


@dataclass(frozen=True)
class Wish:
    """What a channel is to offer.

    Attributes:
        channel: "dev", "staging" or "production".
        release: what it is to point at.
        after: sequence of the pointer that holds now, which who decided has seen; 0 when there is none.
        approvals: as many as the channel asks for; none for a rollback.
        rollback: whether it goes back to what the channel offered before.
        reason: why, in words.
    """

    channel: str
    release: registry_pb2.Release
    after: int
    approvals: Sequence[registry_pb2.ApprovalRecord] = ()
    rollback: bool = False
    reason: str = ""


class Memory:
    """How many pointers channels had when somebody looked; they are never taken away. May be used from several threads."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def seen(self, channel: str, name: str) -> int:
        """The most that were there."""
        with self._lock:
            return self._seen.get((channel, name), 0)

    def saw(self, channel: str, name: str, count: int) -> None:
        """So many are there."""
        with self._lock:
            self._seen[channel, name] = max(count, self._seen.get((channel, name), 0))


class Channels:
    """The channels of a registry, seen by somebody who trusts some keys. May be used from several threads.

    `memory` is shared with who looked before, with other keys perhaps.
    """

    def __init__(self, store: Store, trust: Trust, clock: Clock, memory: Memory | None = None) -> None:
        self._store = store
        self._trust = trust
        self._clock = clock
        self._memory = memory or Memory()

    def current(self, channel: str, name: str) -> registry_pb2.Pointer | None:
        """What the channel offers of a model; None when it never offered any.

        Raises:
            ModelUntrusted: the last pointer must not be followed: its signature, its approvals, or a gap before it.
            ModelInvalid: it is no valid document, or is about something else.
            StorageUnavailable: the registry does not answer.
        """
        last = self._last(channel, name)
        return self._verified(channel, name, last).pointer if last else None

    def history(self, channel: str, name: str) -> Sequence[Offer]:
        """Every pointer of a model in the channel, first one first, those not to be followed with the reason.

        Raises ModelUntrusted for a gap; StorageUnavailable.
        """
        return [self._offer(channel, name, number) for number in range(1, self._last(channel, name) + 1)]

    def point(self, wish: Wish, key: PersonKey) -> registry_pb2.Pointer:
        """Makes the channel offer what is wished.

        Raises:
            ChannelChanged: somebody else was first; names who and what.
            PromotionRefused: the rules of the channel are not kept.
            ModelInvalid: the release is not published.
            StorageUnavailable: the registry does not answer. Whether the channel was changed is then not known.
        """
        pointer = self._pointer(wish)
        record = registry_pb2.PointerRecord(pointer=pointer, signature=key.sign(canonical_json(pointer)))
        name = wish.release.name
        check_published(self._store, wish.release)
        if self._last(wish.channel, name) != wish.after:
            raise self._changed(wish)
        try:
            self._check(record)
        except ModelUntrusted as error:
            raise PromotionRefused(error.message) from error
        if not self._store.create(pointer_key(wish.channel, name, pointer.sequence), canonical_json(record)):
            raise self._changed(wish)
        return pointer

    def _pointer(self, wish: Wish) -> registry_pb2.Pointer:
        if wish.channel not in CHANNELS or not 0 <= wish.after < MAX_SEQUENCE:
            raise PromotionRefused(f"there is no channel {wish.channel!r} with a pointer {wish.after}")
        pointer = registry_pb2.Pointer(
            channel=wish.channel,
            sequence=wish.after + 1,
            release=wish.release,
            rollback=wish.rollback,
            approvals=wish.approvals,
            reason=wish.reason,
        )
        pointer.made.FromDatetime(self._clock.now())
        return pointer

    def _last(self, channel: str, name: str) -> int:
        prefix = pointers_prefix(channel, name)
        seen = self._memory.seen(channel, name)  # before looking: what others see meanwhile may be more
        found = (sequence_of(key, prefix) for key in self._store.keys(prefix))
        numbers = sorted(number for number in found if number is not None)
        if numbers != list(range(1, len(numbers) + 1)):
            missing = next(number for number in range(1, MAX_SEQUENCE + 1) if number not in numbers)
            raise ModelUntrusted(f"pointer {missing} of {name} in {channel} is missing, but {numbers[-1]} is there")
        if len(numbers) < seen:
            raise ModelUntrusted(f"pointer {seen} of {name} in {channel} was there and is gone; find out who took it")
        self._memory.saw(channel, name, len(numbers))
        return len(numbers)

    def _verified(self, channel: str, name: str, sequence: int) -> registry_pb2.PointerRecord:
        record = self._read(channel, name, sequence)
        self._check(record)
        return record

    def _read(self, channel: str, name: str, sequence: int) -> registry_pb2.PointerRecord:
        key = pointer_key(channel, name, sequence)
        try:
            record = parsed(self._store.read(key), registry_pb2.PointerRecord(), key)
        except NotFound as error:
            raise ModelUntrusted(f"{key} was there and is gone; find out who took it") from error
        pointer = record.pointer
        if (pointer.channel, pointer.release.name, pointer.sequence) != (channel, name, sequence):
            raise ModelUntrusted(
                f"{key} holds pointer {pointer.sequence} of {pointer.release.name} in {pointer.channel}; "
                "find out who put it there"
            )
        return record

    def _check(self, record: registry_pb2.PointerRecord) -> None:
        pointer = record.pointer
        what = f"pointer {pointer.sequence} of {pointer.release.name} in {pointer.channel}"
        self._trust.check(record.signature, canonical_json(pointer), what)
        if pointer.rollback:
            self._check_offered_before(pointer)
        else:
            check_approvals(pointer, self._trust)

    def _check_offered_before(self, pointer: registry_pb2.Pointer) -> None:
        refusals = []
        for number in range(pointer.sequence - 1, 0, -1):
            try:
                if self._offered(pointer.channel, pointer.release, number):
                    return
            except (ModelInvalid, ModelUntrusted) as error:  # It offered nothing; what came before it may have.
                refusals.append(error.message)
        release = pointer.release
        raise ModelUntrusted(
            f"{pointer.channel} never offered {release.name}@{release.version} (card {release.card_sha256[:12]}), "
            "so it cannot go back to it" + (f"; not followed: {refusals[0]}" if refusals else "")
        )

    def _offered(self, channel: str, release: registry_pb2.Release, number: int) -> bool:
        """Whether that pointer offered the release. Raises ModelInvalid, ModelUntrusted: it did, but not by the rules."""
        record = self._read(channel, release.name, number)
        if record.pointer.rollback or record.pointer.release != release:
            return False
        self._check(record)
        return True

    def _offer(self, channel: str, name: str, sequence: int) -> Offer:
        record = registry_pb2.PointerRecord(pointer=registry_pb2.Pointer(channel=channel, sequence=sequence))
        refusal = ""
        try:
            record = self._read(channel, name, sequence)
            self._check(record)
        except (ModelInvalid, ModelUntrusted) as error:
            refusal = error.message
        return Offer(record, self._trust.name_of(record.signature.key_id), refusal)

    def _changed(self, wish: Wish) -> ChannelChanged:
        name = wish.release.name
        last = self._last(wish.channel, name)
        if last <= wish.after:
            return ChannelChanged(f"{wish.channel} never had a pointer {wish.after} of {name}; it is at {last}")
        winner = self._read(wish.channel, name, last)
        release = winner.pointer.release
        return ChannelChanged(
            f"{self._trust.name_of(winner.signature.key_id)} was first: {wish.channel} offers {name}@{release.version} "
            f"(card {release.card_sha256[:12]}) since pointer {last}; look at that and decide again",
            sequence=str(last),
            version=release.version,
            key_id=winner.signature.key_id,
        )
