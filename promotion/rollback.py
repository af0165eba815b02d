"""Back to what a channel offered before: one person, at once, without gates, and with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from kit.errors import NotFound, PromotionRefused
from kit.registry.channels import Offer, Wish
from kit.sealing.person_keys import PersonKey
from promotion.desk import Desk
from telltale.model.v1 import registry_pb2


def roll_back(
    desk: Desk, name: str, channel: str, reason: str, key: PersonKey, version: str | None = None
) -> registry_pb2.Pointer:
    """Points the channel at the release that it offered before what it offers now, or at that of `version`.

    Rolling back again goes back further, never to what was rolled back from.

    Raises:
        NotFound: the channel offers no such model, or offered none before.
        PromotionRefused: no reason, or it offers that already.
        ChannelChanged: somebody else changed the channel meanwhile.
    """
    desk.require_trusted(key)
    if not reason.strip():
        raise PromotionRefused("say why, for those who look at the log later")
    offers = desk.channels.history(channel, name)
    if not offers:
        raise NotFound(f"{channel} never offered a model {name}")
    target = _target(offers, version)
    if target is None:
        wanted = f"{name}@{version}" if version else f"another {name}"
        before = ", ".join(dict.fromkeys(_release(each).version for each in offers if not each.refusal)) or "nothing"
        raise NotFound(f"{channel} never offered {wanted} before; of {name} it offered {before}")
    if target == _release(offers[-1]) and not offers[-1].refusal:
        raise PromotionRefused(f"{channel} offers {name}@{target.version} already")
    return desk.channels.point(Wish(channel, target, len(offers), rollback=True, reason=reason.strip()), key)


def _target(offers: Sequence[Offer], version: str | None) -> registry_pb2.Release | None:
    """The release to go back to; what came without a word of enough people is none."""
    honest = [each for each in offers if not each.refusal]
    if version is not None:
        return next((_release(each) for each in reversed(honest) if _release(each).version == version), None)
    if offers[-1].refusal:  # Nobody follows that, so what was offered last is before it.
        return _release(honest[-1]) if honest else None
    now = _release(offers[-1])
    first = next(number for number, each in enumerate(offers) if _release(each) == now)
    before = [_release(each) for each in offers[:first] if not each.refusal]
    return before[-1] if before else None


def _release(offer: Offer) -> registry_pb2.Release:
    return offer.record.pointer.release
