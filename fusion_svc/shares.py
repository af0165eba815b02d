"""How much a signal counts, in words that are exact: contributions add up in log-odds, so each has a share of its side."""

from __future__ import annotations

import math

from fusion_svc.catalogue import Catalogue
from fusion_svc.fuse import Balance
from fusion_svc.outcome import LEANING_LOG_ODDS
from fusion_svc.policy import risk_score
from fusion_svc.values import decimal
from telltale.fusion.v1 import verdict_pb2

# A smaller contribution changes the odds by less than a tenth: not worth a reader's time.
SMALLEST_TOLD_LOG_ODDS = 0.1


def is_told(entry: verdict_pb2.Contribution) -> bool:
    """Whether a contribution is worth a sentence."""
    return abs(entry.log_odds) >= SMALLEST_TOLD_LOG_ODDS


def machine_values(entry: verdict_pb2.Contribution, balance: Balance) -> dict[str, str]:
    """Natural log-odds added, and the share of its side in percent."""
    return {"log_odds": f"{entry.log_odds:.3f}", "share_percent": f"{100 * _share(entry, balance):.1f}"}


def sentence(entry: verdict_pb2.Contribution, balance: Balance, catalogue: Catalogue) -> str:
    """What a told contribution makes up of its side; of the strongest of several also what the others come to.

    The first of its side that does not even double or halve the odds is called weak: its finding alone may sound like more.
    """
    percent = decimal(_percent(_share(entry, balance)), catalogue.decimal_mark)
    side = "for" if entry.log_odds > 0 else "against"
    said = [catalogue.say("share_weak", {})] if _first_weak(entry, balance) else []
    said.append(catalogue.say(f"share_{_size(entry, balance)}_{side}", {"percent": percent}))
    told = [each.cue for each in balance.contributions if is_told(each)]
    if len(told) > 1 and entry.cue == told[0]:
        rest = decimal(f"{risk_of_the_rest(entry, balance):.1f}", catalogue.decimal_mark)
        said.append(catalogue.say("share_rest", {"risk": rest}))
    return " ".join(said)


def risk_of_the_rest(entry: verdict_pb2.Contribution, balance: Balance) -> float:
    """Risk score of the prior and all other contributions, as they were weighed beside this one."""
    others = (each.log_odds for each in balance.contributions if each.cue != entry.cue)
    return risk_score(math.fsum([balance.prior_log_odds, *others]))


def _share(entry: verdict_pb2.Contribution, balance: Balance) -> float:
    """Of all that speaks for the same side, (0, 1]."""
    side = balance.speaking_for if entry.log_odds > 0 else balance.speaking_against
    return entry.log_odds / side if side else 0.0


def _size(entry: verdict_pb2.Contribution, balance: Balance) -> str:
    """Alone, strongest, or one of several on its side."""
    others = [
        abs(each.log_odds)
        for each in balance.contributions
        if is_told(each) and each.cue != entry.cue and each.log_odds * entry.log_odds > 0
    ]
    if not others:
        return "only"
    return "most" if abs(entry.log_odds) > max(others) else "part"


def _first_weak(entry: verdict_pb2.Contribution, balance: Balance) -> bool:
    """What follows on its side is smaller still."""
    weak = (each.cue for each in balance.contributions if 0 < each.log_odds * _sign(entry) < LEANING_LOG_ODDS)
    return next(weak, None) == entry.cue


def _sign(entry: verdict_pb2.Contribution) -> float:
    return math.copysign(1.0, entry.log_odds)


def _percent(share: float) -> str:
    """Whole percent; near none and near all to a tenth, so that a part is never told as nothing or as all."""
    return f"{100 * share:.0f}" if 0.01 <= share <= 0.99 else f"{100 * share:.1f}"
