"""Does it answer reliably, and is all written down that people must know of it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from promotion.gates.case import Case, gate
from telltale.model.v1 import card_pb2, registry_pb2

PARITY: Final = "parity"
CARD: Final = "card"
LICENCE: Final = "licence"
_FROM_ELSEWHERE: Final = "none:"
_MOST_TOLD: Final = 3


def parity(case: Case) -> registry_pb2.Gate:
    """The same file, and the same tensor, give the same answer; see promotion.judging.parity."""
    side = case.measurements.candidate
    return gate(PARITY, not side.parity, _listed(list(side.parity)) or side.checks)


def card(case: Case) -> registry_pb2.Gate:
    """Everything that a card has to say."""
    missing = list(_missing(case))
    told = f"{len(case.card.metrics)} numbers with intervals, {len(case.card.limits)} limits"
    return gate(CARD, not missing, f"it does not say {_listed(missing)}" if missing else f"complete: {told}")


def licence(case: Case) -> registry_pb2.Gate:
    """The weights' licence and the terms of the data behind them are on the lists of the policy."""
    policy, found = case.policy, case.card
    refused = [] if policy.allows_weights(found.licence) else [f"of the weights: {found.licence!r}"]
    terms = sorted({entry.licence for entry in found.training_data if not policy.allows_data(entry.licence)})
    refused += [f"of training data: {each!r}" for each in terms]
    if refused:
        return gate(LICENCE, False, f"not on the list: {_listed(refused)}; find others, or have the policy changed")
    return gate(LICENCE, True, f"{found.licence}; terms of {len(found.training_data)} bodies of data are on the list")


def _missing(case: Case) -> Iterator[str]:
    found = case.card
    # Weights that come from elsewhere were neither learned nor measured here; what they do here the golden set tells.
    elsewhere = found.training_command.startswith(_FROM_ELSEWHERE)
    wanted = {
        "who made it (authors)": bool(found.authors),
        "how to make it again (training_command)": bool(found.training_command),
        "where it fails (limits)": bool(found.limits),
        "how good it is (metrics)": bool(found.metrics) or elsewhere,
        "what it learned from (training_data)": bool(found.training_data) or elsewhere,
        "all this in words (CARD.md)": (case.model.folder / "CARD.md").is_file(),
    }
    yield from (what for what, said in wanted.items() if not said)
    unsure = [metric.metric for metric in found.metrics if not _sure(metric)]
    if unsure:
        yield f"the interval and the items behind {_listed(unsure)}"
    unnamed = [entry.name or "(no name)" for entry in found.training_data if not (entry.name and entry.licence)]
    if unnamed:
        yield f"the licence of the data {_listed(unnamed)}"


def _sure(metric: card_pb2.Metric) -> bool:
    return bool(metric.HasField("low") and metric.HasField("high") and metric.items and metric.dataset)


def _listed(entries: list[str]) -> str:
    more = f" and {len(entries) - _MOST_TOLD} more" if len(entries) > _MOST_TOLD else ""
    return ", ".join(entries[:_MOST_TOLD]) + more
