"""The measurements as lines for people, and held against the bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LATENCY_BAR = 2.0
FAIR_BAR = 0.9
GROWTH_BAR = 0.1
_SMALL_MIB = 16.0


def problems(document: Mapping[str, Any]) -> list[str]:
    """What does not keep the bars; empty when all is well."""
    alone, twice = document["at_sustainable"], document["at_twice"]
    found = []
    if twice["shed"] != twice["shed_with_retry_info"]:
        found.append("refusals do not say when to try again")
    if twice["other"]:
        found.append(f"other answers than verdicts and 429: {twice['other']}")
    if not twice["shed"]:
        found.append("nothing was refused: it was not too much")
    if twice["p99_s"] > LATENCY_BAR * alone["p99_s"]:
        found.append(f"p99 of what is admitted: {twice['p99_s']:.2f} s, at the sustainable rate {alone['p99_s']:.2f} s")
    return [*found, *_grown(document["memory"]), *_unfair(document["fairness"])]


def show(document: Mapping[str, Any]) -> None:
    """Prints the figures."""
    print(f"sustainable: {document['sustainable_hz']:.2f} photos/s")
    for name in ("at_sustainable", "at_twice"):
        each = document[name]
        print(
            f"{name}: offered {each['offered_hz']:.2f}/s, admitted {each['admitted_hz']:.2f}/s, p50 {each['p50_s']:.2f} s, "
            f"p99 {each['p99_s']:.2f} s"
        )
        print(
            f"  shed {each['shed']}, of which say when to retry {each['shed_with_retry_info']}; other {each['other']}"
        )
    for each in document["fairness"]:
        share = f"{each['admitted']} of {each['calls']} admitted ({each['admitted_share']:.0%})"
        print(f"  weight {each['weight']}: {share}, p99 {each['p99_s']:.2f} s")
    for name, held in document["memory"].items():
        print(f"  {name}: {held['begin_mib']:.0f} to {held['end_mib']:.0f} MiB, most {held['most_mib']:.0f} MiB")
    print("\n".join(document["problems"]) or "all bars are kept")


def _grown(memory: Mapping[str, Mapping[str, float]]) -> list[str]:
    return [
        f"{name} grew from {each['begin_mib']:.0f} to {each['end_mib']:.0f} MiB"
        for name, each in memory.items()
        if each["end_mib"] > max(each["begin_mib"] * (1 + GROWTH_BAR), each["begin_mib"] + _SMALL_MIB)
    ]


def _unfair(callers: Sequence[Mapping[str, float]]) -> list[str]:
    """Who asks for less than an equal share must get it, whatever others ask for."""
    turn = sum(each["admitted"] for each in callers) / len(callers)
    return [
        f"a caller of {each['calls']} calls got {each['admitted']}, although its turn was {turn:.0f}"
        for each in callers
        if each["admitted"] < FAIR_BAR * min(each["calls"], turn)
    ]
