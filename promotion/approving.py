"""Whose approvals of a release count, and pointing a channel at it once there are enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kit.errors import ChannelChanged, ModelUntrusted, PromotionRefused
from kit.registry.approvals import NEEDED, approvals, approve, check_approval
from kit.registry.channels import Wish
from kit.sealing.person_keys import PersonKey
from promotion.desk import Desk
from promotion.gates.all import GATES
from promotion.report import passed, read_report, refusals
from promotion.shown import named
from telltale.model.v1 import registry_pb2


@dataclass(frozen=True)
class Plea:
    """A report that somebody approved, waiting for others.

    Attributes:
        live: the pointer that the channel holds, which the report compares with; None where there is none.
        approvals: those that count, by key id.
    """

    release: registry_pb2.Release
    channel: str
    live: registry_pb2.Pointer | None
    report_sha256: str
    report: registry_pb2.GateReport
    approvals: Mapping[str, registry_pb2.ApprovalRecord]

    @property
    def live_sequence(self) -> int:
        """The number of that pointer; 0 where there is none."""
        return self.live.sequence if self.live else 0

    @property
    def complete(self) -> bool:
        """Whether as many people approved as the channel asks for."""
        return len(self.approvals) >= NEEDED[self.channel]


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: with a pointer, or with how many approvals are still missing."""

    report_sha256: str
    report: registry_pb2.GateReport | None
    pointer: registry_pb2.Pointer | None
    missing: int = 0


def pleas(desk: Desk, release: registry_pb2.Release, channel: str) -> Sequence[Plea]:
    """Every report on `release` that still compares with what the channel offers and that somebody trusted approved.

    Raises StorageUnavailable, and ModelInvalid and ModelUntrusted for what the channel offers now.
    """
    live = desk.channels.current(channel, release.name)
    sequence = live.sequence if live else 0
    wish = registry_pb2.Pointer(channel=channel, sequence=sequence + 1, release=release)
    counted: dict[str, dict[str, registry_pb2.ApprovalRecord]] = {}
    for record in approvals(desk.store, channel, release):
        try:
            signer = check_approval(record, wish, desk.trust)
        except ModelUntrusted:
            continue  # of a stranger, or against what the channel offered before: it counts for nothing
        counted.setdefault(record.approval.report_sha256, {})[signer.public.key_id] = record
    return [
        Plea(release, channel, live, sha256, read_report(desk.store, sha256), records)
        for sha256, records in sorted(counted.items())
    ]


def require_plea(desk: Desk, release: registry_pb2.Release, channel: str) -> Plea:
    """The report to approve, the newest one where there are several.

    Raises:
        PromotionRefused: nobody promoted the release there, or the gates refuse it.
        ChannelChanged: those that were approved compare with what the channel does not offer any more, or were made beside
            models that it does not offer any more.
    """
    found = pleas(desk, release, channel)
    if not found:
        if approvals(desk.store, channel, release):
            raise ChannelChanged(
                f"{channel} changed since {named(release)} was approved, so its report compares with what is not live any more; "
                "promote it again"
            )
        raise PromotionRefused(f"nobody has promoted {named(release)} to {channel} yet; do so, with a golden set")
    newest = max(found, key=lambda plea: plea.report.made.ToNanoseconds())
    _hold_together(newest)
    if list(newest.report.beside) != desk.offered_beside(release.name, channel):
        raise ChannelChanged(
            f"{channel} offers other models beside {named(release)} than when its gates were run; "
            "promote it again (telltale models promote --again)"
        )
    return newest


def add_approval(desk: Desk, plea: Plea, key: PersonKey) -> Outcome:
    """Approves, and points the channel when that makes enough.

    Raises:
        PromotionRefused: this key approved already.
        ChannelChanged: somebody else was first.
        InvalidSettings: nobody trusts the key.
    """
    desk.require_trusted(key)
    if plea.complete:  # Who pointed last did not get through.
        return _point(desk, plea, list(plea.approvals.values()), key)
    if key.key_id in plea.approvals:
        raise PromotionRefused(
            f"{desk.trust.name_of(key.key_id)} approved this already, and one person's word does not count twice; "
            f"somebody else has to approve {named(plea.release)} for {plea.channel}"
        )
    approval = registry_pb2.Approval(
        release=plea.release,
        channel=plea.channel,
        report_sha256=plea.report_sha256,
        live_sequence=plea.live_sequence,
    )
    record = approve(desk.store, approval, key, desk.clock.now())
    given = [*plea.approvals.values(), record]
    missing = NEEDED[plea.channel] - len(given)
    return Outcome(plea.report_sha256, plea.report, None, missing) if missing > 0 else _point(desk, plea, given, key)


def _point(desk: Desk, plea: Plea, given: Sequence[registry_pb2.ApprovalRecord], key: PersonKey) -> Outcome:
    wish = Wish(plea.channel, plea.release, plea.live_sequence, given)
    return Outcome(plea.report_sha256, plea.report, desk.channels.point(wish, key))


def _hold_together(plea: Plea) -> None:
    report = plea.report
    if report.candidate != plea.release or report.channel != plea.channel:
        raise PromotionRefused(f"the report that was approved is of {named(report.candidate)} for {report.channel}")
    compared, live = (report.live if report.HasField("live") else None), (plea.live.release if plea.live else None)
    if compared != live:
        raise PromotionRefused(
            f"the report that was approved compares with {named(compared) if compared else 'nothing'}, and {plea.channel} offers "
            f"{named(live) if live else 'nothing'}; run the gates again (telltale models promote --again)"
        )
    if missing := [name for name in GATES if name not in {gate.name for gate in report.gates}]:
        raise PromotionRefused(
            f"the report that was approved lacks gates: {', '.join(missing)}; run them again (telltale models promote --again)"
        )
    if not passed(report):
        raise PromotionRefused(
            f"the gates refuse {named(plea.release)}, whoever approved it: {'; '.join(refusals(report))}"
        )
