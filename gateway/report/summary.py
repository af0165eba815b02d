"""First sections of a report: the answer, how often such an answer is wrong, what to do next, and why."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from gateway.report.charts import contributions, risk_scale
from gateway.report.document import Block, Bullets, Chart, Facts, Headline, Section, Subheading, Table, Text
from gateway.report.words import cue_name, cue_purpose, kind_called, label_key, label_words, percent, signed
from telltale.fusion.v1 import verdict_pb2
from telltale.model.v1 import card_pb2

_MEANING = verdict_pb2.EXPLANATION_ROLE_MEANING
_FOR = verdict_pb2.EXPLANATION_ROLE_FOR
_AGAINST = verdict_pb2.EXPLANATION_ROLE_AGAINST
_ADVICE = verdict_pb2.EXPLANATION_ROLE_ADVICE
_RELIABILITY = verdict_pb2.EXPLANATION_ROLE_RELIABILITY
_KEPT_APART = re.compile(", split val$")
_SIGNS = {_FOR: "▲", _AGAINST: "▼"}


def answer(verdict: verdict_pb2.Verdict) -> Section:
    """What we say, what it means, how often that is wrong, what to do next."""
    word, meaning = label_words(verdict.label)
    sentences = texts(verdict, _MEANING) or [meaning]
    blocks: list[Block] = [
        Headline(label_key(verdict.label), word, " ".join(sentences), tuple(_figures(verdict))),
        Chart(risk_scale(verdict), f"Risk score {verdict.risk_score:.1f} of 100."),
    ]
    if advice := texts(verdict, _ADVICE):
        blocks += [Subheading("What to do next"), Bullets([("→", sentence) for sentence in advice])]
    blocks.append(Subheading("How often this is wrong"))
    blocks += [Text(sentence) for sentence in texts(verdict, _RELIABILITY)]
    return Section("The answer", [*blocks, *_rates(verdict)])


def reasons(verdict: verdict_pb2.Verdict) -> Section:
    """Which signals decided, and by how much."""
    spoken = [(_SIGNS[each.role], each.text) for each in verdict.explanation if each.role in _SIGNS]
    blocks: list[Block] = [Bullets(spoken)] if spoken else [Text("No test had an opinion that counts.")]
    if verdict.contributions:
        names = ", ".join(f"{cue_name(each.cue)} {signed(each.log_odds)}" for each in verdict.contributions)
        blocks.append(Chart(contributions(verdict), f"What each test added to the log-odds: {names}."))
        blocks += [Text(sentence, "small") for sentence in _reading(verdict)]
        blocks.append(_weights(verdict))
    return Section("Why", blocks)


def texts(verdict: verdict_pb2.Verdict, role: verdict_pb2.ExplanationRole.ValueType) -> list[str]:
    """The sentences of one role."""
    return [each.text for each in verdict.explanation if each.role == role]


def _figures(verdict: verdict_pb2.Verdict) -> Iterator[tuple[str, str]]:
    yield "Risk score", f"{verdict.risk_score:.1f} of 100"
    sure = percent(verdict.confidence) if verdict.HasField("confidence") else "no claim is made"
    yield "Estimated chance that this label is right", sure


def _rates(verdict: verdict_pb2.Verdict) -> list[Block]:
    """What reached the threshold: that of the label, or of one that makes no claim the next one up."""
    point = verdict.operating_point
    if not point.authentic_items and not point.manipulated_items:
        return []
    kind, _, label = point.name.partition("_")
    of_this, up = label == label_key(verdict.label), label != "authentic"
    told = any("dataset" in each.parameters for each in verdict.explanation if each.role == _RELIABILITY)
    rows = [
        ("This label" if of_this else "The next label up", _rule(kind, label, point.threshold)),
        (f"Authentic {kind_called(kind)}s that got it", _authentic(point, up=up)),
        (f"Manipulated {kind_called(kind)}s that got it", _manipulated(point, up=up)),
        ("Measured on", "" if told else _KEPT_APART.sub(", kept apart for measuring", point.dataset)),
    ]
    return [Facts([row for row in rows if row[1]])]


def _rule(kind: str, label: str, threshold: float) -> str:
    """A threshold on the scale of the risk, e.g. "suspicious: photos with a risk of 95.0 of 100 or more"."""
    risk = 100 / (1 + math.exp(-threshold))
    return f"{label}: {kind_called(kind)}s with a risk of {risk:.1f} of 100 or {'less' if label == 'authentic' else 'more'}"


def _authentic(point: card_pb2.OperatingPoint, *, up: bool) -> str:
    rate = point.false_positive_rate if up else 1 - point.false_positive_rate
    upper = f"; with 95% confidence at most {percent(point.false_positive_rate_upper)}" if up else ""
    return f"{_share(rate, point.authentic_items)}{upper}"


def _manipulated(point: card_pb2.OperatingPoint, *, up: bool) -> str:
    return _share(point.true_positive_rate if up else 1 - point.true_positive_rate, point.manipulated_items)


def _share(rate: float, items: int) -> str:
    return f"{round(rate * items)} of {items} ({percent(rate)})" if items else ""


def _reading(verdict: verdict_pb2.Verdict) -> Iterator[str]:
    """How to read chart and table."""
    yield (
        "The longer a bar, the more its test counts. Bars add up to the last row, which is the risk score on another scale "
        "(log-odds): 0 is a risk of 50, +1 of 73, +3 of 95, −1 of 27, −3 of 5."
    )
    yield (
        "What a test adds is its own opinion (a log-likelihood ratio) times how fit the input was times its weight, the "
        "share of its opinion that the other tests do not tell already. ▲ speaks for manipulation, ▼ against."
    )
    if any(not each.weight for each in verdict.contributions):
        yield "A test of weight 0 was of no help for such media in our measurements: it is shown, but it does not count."


def _weights(verdict: verdict_pb2.Verdict) -> Table:
    rows = [
        (
            cue_name(each.cue),
            cue_purpose(each.cue),
            signed(each.log_likelihood_ratio),
            f"{each.quality:.2f}",
            f"{each.weight:.2f}",
            signed(each.log_odds),
        )
        for each in verdict.contributions
    ]
    head = ("Test", "What it looks for", "Own opinion", "Fitness of input", "Weight", "Added")
    return Table(head, rows, (24, 35, 16, 12, 10, 11))
