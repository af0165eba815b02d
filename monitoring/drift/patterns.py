"""Patterns in the order and the density of verdicts that attacks leave behind, whatever the averages say.

- `creeping`: media much like each other whose scores fall until they pass: somebody tries variants of a fake.
- `inconclusive`: a burst of INCONCLUSIVE: somebody has found what makes the tests fall silent.
- `crowded`: scores that crowd just below a threshold: fakes made against our own scores.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import NormalDist, median
from typing import Final

from kit.predictions import Prediction
from kit.statistics import binomial_tail
from monitoring.drift.reference import Reference
from monitoring.drift.words import Words

PATTERNS: Final = ("creeping", "inconclusive", "crowded")
_FEWEST: Final = 20
_BLOCK: Final = 25
_BAND: Final = 5.0
_ALIKE: Final = math.log(1.1)
# A share of the reference is itself known only so well; its upper end is taken, that many standard errors above.
_ERRORS: Final = 3.0


def patterns(medium: str, reference: Reference, window: Sequence[Prediction], chance: float) -> Mapping[str, Words]:
    """Words for each pattern that there is.

    Args:
        medium: "photo", "video" or "recording".
        reference: what is usual.
        window: predictions by time.
        chance: of each pattern, that it is seen where there is none.
    """
    found = {
        "creeping": _creeping(medium, reference, window, chance),
        "inconclusive": _inconclusive(medium, reference, window, chance),
        "crowded": _crowded(medium, reference, window, chance),
    }
    return {name: words for name, words in found.items() if words is not None}


def _creeping(medium: str, reference: Reference, window: Sequence[Prediction], chance: float) -> Words | None:
    groups = [own for own in _alike(window) if len(own) >= _FEWEST]
    threshold = min(reference.thresholds.values(), default=math.inf)
    for group in groups:
        scores = [own.risk_score for own in group]
        quarter = len(scores) // 4
        first, last = median(scores[:quarter]), median(scores[-quarter:])
        if last < threshold <= first and _falling(scores, chance / len(groups)):
            own = group[-1]
            return Words(
                f"{len(group)} {medium}s much like each other ({own.form}, about {own.megabytes:.2g} MB) got falling scores: "
                f"median of the first quarter {first:g}, of the last {last:g}, where {threshold:g} accuses.",
                "Somebody may be trying variants of a fake until one passes: look for tokens with many near-duplicates, "
                "and lower their budget.",
            )
    return None


def _alike(window: Sequence[Prediction]) -> Iterator[list[Prediction]]:
    """Predictions of one form and size whose files are about equally long; cut twice, so that no cut parts all that is alike."""
    for offset in (0.0, 0.5):
        groups: dict[tuple[object, ...], list[Prediction]] = defaultdict(list)
        for own in window:
            length = math.floor(math.log(max(own.megabytes, 1e-6)) / _ALIKE + offset)
            groups[own.form, own.megapixels, own.duration_s, length].append(own)
        yield from groups.values()


def _falling(scores: Sequence[float], chance: float) -> bool:
    """Whether they fall with time (Mann 1945, Kendall 1975), by more than the chance explains; ties only make it more careful."""
    count = len(scores)
    signs = sum(
        (later > score) - (later < score) for index, score in enumerate(scores) for later in scores[index + 1 :]
    )
    deviation = math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    return signs / deviation < NormalDist().inv_cdf(chance)


def _inconclusive(medium: str, reference: Reference, window: Sequence[Prediction], chance: float) -> Words | None:
    share = _upper(reference.labels.get("INCONCLUSIVE", 0), reference.predictions)
    hits = [own.label == "INCONCLUSIVE" for own in window]
    most = max(_running(hits, min(_BLOCK, len(hits))))
    if len(hits) * binomial_tail(most, _BLOCK, share) >= chance:
        return None
    usual = reference.labels.get("INCONCLUSIVE", 0) / reference.predictions
    return Words(
        f"{most} of {_BLOCK} {medium}s in a row were INCONCLUSIVE, was {usual:.0%}.",
        "Either a service fails, which its log and the abstentions show, or somebody has found what makes the tests fall silent: "
        "have a person look at them.",
    )


def _running(hits: Sequence[bool], length: int) -> Iterator[int]:
    count = sum(hits[:length])
    yield count
    for gone, come in zip(hits, hits[length:], strict=False):
        count += come - gone
        yield count


def _crowded(medium: str, reference: Reference, window: Sequence[Prediction], chance: float) -> Words | None:
    scores = reference.numbers["risk_score"]
    usual = Counter(dict(zip(scores.values, scores.counts, strict=True)))
    for label, threshold in sorted(reference.thresholds.items()):
        before = _between(usual.elements(), threshold)
        now = _between((own.risk_score for own in window), threshold)
        share = _upper(before, scores.size)
        if now > 2 * share * len(window) and binomial_tail(now, len(window), share) < chance / len(
            reference.thresholds
        ):
            return Words(
                f"{now / len(window):.0%} of {medium}s score less than {_BAND:g} below {threshold:g}, from which they are "
                f"{label}; was {before / scores.size:.0%}.",
                "Fakes may be made against our scores: have a person look at some of these, and offer scores in coarser steps to "
                "who need not know them.",
            )
    return None


def _between(scores: Iterable[float], threshold: float) -> int:
    return sum(threshold - _BAND <= score < threshold for score in scores)


def _upper(hits: int, items: int) -> float:
    share = (hits + 1) / (items + 2)
    return min(1.0, share + _ERRORS * math.sqrt(share * (1 - share) / items))
