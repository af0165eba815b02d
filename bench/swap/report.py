"""From answers and changes to figures with their bars."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bench.swap.clients import Answer
from bench.swap.operator import BAD, Change
from bench.swap.zoo import Zoo

P99_BAR: Final = 1.5
RSS_BAR: Final = 0.05
_AFTER_S: Final = 0.25
"""So long behind a change a call still counts as one of its window."""


@dataclass(frozen=True)
class Figures:
    """What one run showed."""

    calls: int
    failed: int
    mixed: int
    by_side: dict[str, int]
    quiet_calls: int
    quiet_p50_ms: float
    quiet_p99_ms: float
    swap_calls: int
    swap_p50_ms: float
    swap_p99_ms: float
    swap_s: float
    before_mib: float
    after_mib: float
    swaps: int
    refusals: dict[str, str]
    unexpected: list[str]

    @property
    def kept(self) -> bool:
        """Whether all bars are."""
        return (
            not self.failed
            and not self.mixed
            and not self.unexpected
            and self.swap_p99_ms <= P99_BAR * self.quiet_p99_ms
            and self.after_mib <= (1 + RSS_BAR) * self.before_mib
        )


def figures_of(
    zoo: Zoo,
    answers: Sequence[Answer],
    changes: Sequence[Change],
    unexpected: Sequence[Change],
    before_mib: float,
    after_mib: float,
) -> Figures:
    """A call is of a swap when it was at work while models were loaded or flipped, or just behind that."""
    good = [answer for answer in answers if not answer.failure]
    during = [answer for answer in good if any(_touches(answer, change) for change in changes)]
    quiet = [answer for answer in good if not any(_touches(answer, change) for change in changes)]
    sides = Counter(_side(zoo, answer) for answer in good)
    done = [change for change in changes if not change.refusal]
    return Figures(
        calls=len(answers),
        failed=len(answers) - len(good),
        mixed=sides.pop("mixed", 0),
        by_side={"first": sides["first"], "second": sides["second"]},
        quiet_calls=len(quiet),
        quiet_p50_ms=_quantile_ms(quiet, 50),
        quiet_p99_ms=_quantile_ms(quiet, 99),
        swap_calls=len(during),
        swap_p50_ms=_quantile_ms(during, 50),
        swap_p99_ms=_quantile_ms(during, 99),
        swap_s=statistics.median(change.ended_s - change.began_s for change in done),
        before_mib=before_mib,
        after_mib=after_mib,
        swaps=len(done),
        refusals={change.what.removeprefix(BAD): change.refusal for change in changes if change.refusal},
        unexpected=[f"{change.what}: {change.refusal or 'was not refused'}" for change in unexpected],
    )


def show(figures: Figures, out: Path) -> None:
    """Prints them and writes `swap.json`."""
    print(f"{figures.calls} calls, {figures.failed} failed (bar 0), {figures.mixed} answered by a mixture (bar 0)")
    print(f"answered by the first versions: {figures.by_side['first']}, by the second: {figures.by_side['second']}")
    print(f"{figures.swaps} swaps, median {figures.swap_s:.2f} s")
    print(f"quiet: {figures.quiet_calls} calls, p50 {figures.quiet_p50_ms:.0f} ms, p99 {figures.quiet_p99_ms:.0f} ms")
    ratio = figures.swap_p99_ms / figures.quiet_p99_ms
    print(
        f"around swaps: {figures.swap_calls} calls, p50 {figures.swap_p50_ms:.0f} ms, p99 {figures.swap_p99_ms:.0f} ms, "
        f"{ratio:.2f} times (bar {P99_BAR})"
    )
    share = figures.after_mib / figures.before_mib - 1
    print(
        f"memory: {figures.before_mib:.0f} MiB before, {figures.after_mib:.0f} MiB after, {share:+.1%} (bar {RSS_BAR:+.0%})"
    )
    for what, refusal in figures.refusals.items():
        print(f"refused, {what}: {refusal}")
    for problem in figures.unexpected:
        print(f"NOT AS EXPECTED: {problem}")
    (out / "swap.json").write_text(json.dumps(asdict(figures), indent=2) + "\n", encoding="utf-8")


def _touches(answer: Answer, change: Change) -> bool:
    return answer.ended_s >= change.began_s and answer.began_s <= change.ended_s + _AFTER_S


def _side(zoo: Zoo, answer: Answer) -> str:
    sides = {"first": set(zoo.first.items()), "second": set(zoo.second.items())}
    return next((side for side, versions in sides.items() if answer.versions <= versions), "mixed")


def _quantile_ms(answers: Sequence[Answer], percent: int) -> float:
    times = sorted(answer.took_s for answer in answers)
    return 1000 * times[min(len(times) - 1, len(times) * percent // 100)] if times else 0.0
