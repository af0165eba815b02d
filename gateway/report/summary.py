"""First sections of a report: the answer, how often such an answer is wrong, what to do next, and why."""

from __future__ import annotations

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
        blocks.append(
            Text(
                "Bars add up to the last row. A test counts by its own log-likelihood ratio, times how fit the input was, "
                "times the share of its opinion that the other tests do not tell already. ▲ speaks for manipulation, ▼ against.",
                "small",
            )
        )
        blocks.append(_weights(verdict))
    return Section("Why", blocks)


def texts(verdict: verdict_pb2.Verdict, role: verdict_pb2.ExplanationRole.ValueType) -> list[str]:
    """The sentences of one role."""
    return [each.text for each in verdict.explanation if each.role == role]


def _figures(verdict: verdict_pb2.Verdict) -> Iterator[tuple[str, str]]:
    yield "Risk score", f"{verdict.risk_score:.1f} of 100"
    sure = percent(verdict.confidence) if verdict.HasField("confidence") else "no claim is made"
    yield "Probability that this label is right", sure
    yield "Log-odds of manipulation", signed(verdict.log_odds)


def _rates(verdict: verdict_pb2.Verdict) -> list[Block]:
    point = verdict.operating_point
    if not point.authentic_items and not point.manipulated_items:
        return []
    behind = point.name.endswith(label_key(verdict.label))
    rows = [
        (
            "Threshold behind it" if behind else "Nearest threshold",
            f"{_rule(point.name)}: log-odds {signed(point.threshold)}",
        ),
        ("Authentic files at or above it", _share(point, "false")),
        ("Manipulated files at or above it", _share(point, "true")),
        ("Measured on", point.dataset),
    ]
    return [Facts(rows)]


def _rule(name: str) -> str:
    """A point's name in words: "image_suspicious" is the threshold of "suspicious, of a photo"."""
    kind, _, label = name.partition("_")
    return f"{label}, of a {kind_called(kind)}" if label else name


def _share(point: card_pb2.OperatingPoint, which: str) -> str:
    if which == "true":
        return f"{percent(point.true_positive_rate)} of {point.manipulated_items}"
    upper = f"; with 95% confidence at most {percent(point.false_positive_rate_upper)}"
    return f"{percent(point.false_positive_rate)} of {point.authentic_items}{upper}"


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
    head = ("Test", "What it looks for", "Log-likelihood ratio", "Fitness of input", "Weight", "Added")
    return Table(head, rows, (24, 35, 16, 12, 10, 11))
