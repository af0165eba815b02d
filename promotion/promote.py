"""From a published model to what a channel offers: gates, a report, approvals, a pointer."""

from __future__ import annotations

from dataclasses import dataclass

from kit.errors import PromotionRefused
from kit.models.card import LoadedModel
from kit.registry.approvals import NEEDED
from kit.registry.channels import Wish
from kit.registry.releases import find_release
from kit.sealing.person_keys import PersonKey
from promotion.approving import Outcome, Plea, add_approval, pleas, require_plea
from promotion.desk import Desk
from promotion.gates.all import all_gates
from promotion.gates.case import Case
from promotion.golden import GoldenSet
from promotion.measure import Start, Told, measure
from promotion.policy import Policy
from promotion.report import passed, write_report
from promotion.shown import named
from telltale.model.v1 import registry_pb2


@dataclass(frozen=True)
class Trial:
    """By what a candidate is tried; `again` also where a report on it waits for approvals."""

    golden: GoldenSet
    policy: Policy
    start: Start
    told: Told = lambda done, of: None
    again: bool = False


def promote(desk: Desk, name: str, version: str, channel: str, trial: Trial | None, key: PersonKey) -> Outcome:
    """Tries the release against what the channel offers, and approves it where all gates let it pass.

    A channel that asks for no approval has no gates either. An outcome without a pointer waits for other people, or has a report
    that refuses.

    Raises:
        PromotionRefused: it is there already, waits for somebody, or no golden set was given.
        ChannelChanged: somebody else changed the channel meanwhile.
        ModelInvalid, ModelUntrusted, InvalidSettings, StorageUnavailable: as the registry says.
    """
    desk.require_trusted(key)
    release = find_release(desk.store, name, version)
    live = desk.channels.current(channel, name)
    if live is not None and live.release == release:
        raise PromotionRefused(f"{channel} offers {named(release)} already, since pointer {live.sequence}")
    if not NEEDED[channel]:
        desk.cache.fetch(release)  # nobody is pointed at what cannot be verified
        wish = Wish(channel, release, live.sequence if live else 0)
        return Outcome("", None, desk.channels.point(wish, key))
    waiting = [] if trial is not None and trial.again else pleas(desk, release, channel)
    if any(plea.complete for plea in waiting):
        return add_approval(desk, require_plea(desk, release, channel), key)
    if waiting:
        raise _waiting(desk, waiting[0], key)
    if trial is None:
        raise PromotionRefused(f"{channel} asks for gates, and they for labelled files: give --golden FOLDER")
    report = _try(desk, release, channel, live, trial)
    sha256 = write_report(desk.store, report, desk.clock.now())
    if not passed(report):
        return Outcome(sha256, report, None)
    return add_approval(desk, Plea(release, channel, live, sha256, report, {}), key)


def _try(
    desk: Desk,
    release: registry_pb2.Release,
    channel: str,
    live: registry_pb2.Pointer | None,
    trial: Trial,
) -> registry_pb2.GateReport:
    offered = desk.offered_beside(release.name, channel)
    others = desk.beside(release.name, offered)
    candidate = desk.with_release(others, release)
    before = desk.with_release(others, live.release) if live else None
    measured = measure(release.name, trial.golden, candidate, before, trial.policy, trial.start, trial.told)
    model: LoadedModel = candidate[release.name]
    return registry_pb2.GateReport(
        candidate=release,
        live=live.release if live else None,
        channel=channel,
        golden_sha256=trial.golden.sha256,
        gates=all_gates(Case(model, measured, trial.policy)),
        policy_sha256=trial.policy.sha256,
        judged_by=measured.judged_by,
        beside=offered,
        policy_changes=trial.policy.changes(),
    )


def _waiting(desk: Desk, plea: Plea, key: PersonKey) -> PromotionRefused:
    who = ", ".join(desk.trust.name_of(key_id) for key_id in plea.approvals)
    whom = "somebody else" if key.key_id in plea.approvals else "you"
    name = f"{plea.release.name}@{plea.release.version}"
    return PromotionRefused(
        f"{who} promoted {named(plea.release)} to {plea.channel} already, which waits for {whom}: "
        f"telltale models approve {name} --to {plea.channel}. Give --again to run the gates anew"
    )
