"""People's word that a release may go to a channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kit.errors import ModelUntrusted, PromotionRefused
from kit.registry.documents import parsed
from kit.registry.layout import approval_key, approvals_prefix, is_approval
from kit.registry.store import Store
from kit.registry.trust import Trust, TrustedKey
from kit.sealing.canonical import canonical_json
from kit.sealing.person_keys import PersonKey
from telltale.model.v1 import registry_pb2

NEEDED = {"dev": 0, "staging": 1, "production": 2}
"""How many different people must approve what a channel is to offer."""


def approve(
    store: Store, approval: registry_pb2.Approval, key: PersonKey, now: datetime
) -> registry_pb2.ApprovalRecord:
    """Signs an approval and puts it into the registry; `made` becomes `now`.

    Raises:
        PromotionRefused: this key approved this report already.
        StorageUnavailable: the registry does not answer.
    """
    signed = registry_pb2.Approval()
    signed.CopyFrom(approval)
    signed.made.FromDatetime(now)
    record = registry_pb2.ApprovalRecord(approval=signed, signature=key.sign(canonical_json(signed)))
    place = approval_key(approval.channel, approval.release, approval.report_sha256, key.key_id)
    if not store.create(place, canonical_json(record)):
        raise PromotionRefused(f"key {key.key_id} has approved this report for {approval.channel} already: {place}")
    return record


def approvals(store: Store, channel: str, release: registry_pb2.Release) -> Sequence[registry_pb2.ApprovalRecord]:
    """Every approval of a release for a channel, as written; `check_approvals` finds out what they are worth.

    Raises:
        ModelInvalid: one is no valid document.
        StorageUnavailable: the registry does not answer.
    """
    prefix = approvals_prefix(channel, release)
    keys = [key for key in store.keys(prefix) if is_approval(key, prefix)]
    return [parsed(store.read(key), registry_pb2.ApprovalRecord(), key) for key in keys]


def check_approval(record: registry_pb2.ApprovalRecord, pointer: registry_pb2.Pointer, trust: Trust) -> TrustedKey:
    """Who approved what `pointer` says. Raises ModelUntrusted: a stranger, changed bytes, or an approval of something else."""
    what = f"an approval of {_named(pointer)}"
    signer = trust.check(record.signature, canonical_json(record.approval), what)
    approval = record.approval
    if approval.release != pointer.release:
        raise ModelUntrusted(f"{what} by {signer.name} is of another release: {_release(approval.release)}")
    if approval.channel != pointer.channel:
        raise ModelUntrusted(f"{what} by {signer.name} is for another channel: {approval.channel}")
    if approval.live_sequence != pointer.sequence - 1:
        raise ModelUntrusted(
            f"{what} by {signer.name} was given against pointer {approval.live_sequence} of the channel, "
            f"but {pointer.sequence - 1} is what it replaces; run the gates and approve again"
        )
    return signer


def check_approvals(pointer: registry_pb2.Pointer, trust: Trust) -> None:
    """Raises ModelUntrusted unless as many different people as its channel asks for approved `pointer`, on one report."""
    signers = {check_approval(record, pointer, trust).public.key_id for record in pointer.approvals}
    reports = {record.approval.report_sha256 for record in pointer.approvals}
    if len(reports) > 1:
        raise ModelUntrusted(
            f"the approvals of {_named(pointer)} are of different reports: {', '.join(sorted(reports))}"
        )
    needed = NEEDED[pointer.channel]
    if len(signers) < needed:
        raise ModelUntrusted(
            f"{_named(pointer)} needs approvals by {needed} different keys and has {len(signers)}"
            + (f", all by {trust.name_of(next(iter(signers)))}" if len(pointer.approvals) > len(signers) == 1 else "")
        )


def _named(pointer: registry_pb2.Pointer) -> str:
    return f"{_release(pointer.release)} for {pointer.channel}"


def _release(release: registry_pb2.Release) -> str:
    return f"{release.name}@{release.version} (card {release.card_sha256[:12]})"
