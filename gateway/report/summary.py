"""First sections of a report: the answer, how often such an answer is wrong, what to do next, and why."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gateway.report.charts import contributions, risk_scale
from gateway.report.document import Block, Bullets, Chart, Facts, Headline, Section, Subheading, Table, Text
from gateway.report.wording import Wording, wording
from gateway.report.words import label_key
from telltale.fusion.v1 import verdict_pb2
from telltale.model.v1 import card_pb2

_MEANING = verdict_pb2.EXPLANATION_ROLE_MEANING
_FOR = verdict_pb2.EXPLANATION_ROLE_FOR
_AGAINST = verdict_pb2.EXPLANATION_ROLE_AGAINST
_ADVICE = verdict_pb2.EXPLANATION_ROLE_ADVICE
_RELIABILITY = verdict_pb2.EXPLANATION_ROLE_RELIABILITY
_KEPT_APART = ", split val"
_SIGNS = {_FOR: "▲", _AGAINST: "▼"}


def answer(verdict: verdict_pb2.Verdict) -> Section:
    """What we say, what it means, how often that is wrong, what to do next."""
    words = wording(verdict.language)
    word, meaning = words.label(verdict.label)
    sentences = texts(verdict, _MEANING) or [meaning]
    blocks: list[Block] = [
        Headline(label_key(verdict.label), word, " ".join(sentences), tuple(_figures(verdict, words))),
        Chart(risk_scale(verdict), words.say("risk_described", risk=words.risk(verdict.risk_score))),
    ]
    if advice := texts(verdict, _ADVICE):
        blocks += [Subheading(words.say("to_do")), Bullets([("→", sentence) for sentence in advice])]
    blocks.append(Subheading(words.say("how_often")))
    blocks += [Text(sentence) for sentence in texts(verdict, _RELIABILITY)]
    return Section(words.say("answer"), [*blocks, *_rates(verdict, words)])


def reasons(verdict: verdict_pb2.Verdict) -> Section:
    """Which signals decided, and by how much."""
    words = wording(verdict.language)
    spoken = [(_SIGNS[each.role], each.text) for each in verdict.explanation if each.role in _SIGNS]
    blocks: list[Block] = [Bullets(spoken)] if spoken else [Text(words.say("no_opinion_counts"))]
    if verdict.contributions:
        names = ", ".join(f"{words.cue_name(each.cue)} {words.signed(each.log_odds)}" for each in verdict.contributions)
        blocks.append(Chart(contributions(verdict), words.say("added_described", names=names)))
        blocks += [Text(sentence, "small") for sentence in _reading(verdict, words)]
        blocks.append(_weights(verdict, words))
    return Section(words.say("why"), blocks)


def texts(verdict: verdict_pb2.Verdict, role: verdict_pb2.ExplanationRole.ValueType) -> list[str]:
    """The sentences of one role."""
    return [each.text for each in verdict.explanation if each.role == role]


def _figures(verdict: verdict_pb2.Verdict, words: Wording) -> Iterator[tuple[str, str]]:
    yield words.say("risk_score"), words.risk(verdict.risk_score)
    sure = words.percent(verdict.confidence) if verdict.HasField("confidence") else words.say("no_claim")
    yield words.say("chance"), sure


def _rates(verdict: verdict_pb2.Verdict, words: Wording) -> list[Block]:
    """What reached the threshold: that of the label, or of one that makes no claim the next one up."""
    point = verdict.operating_point
    if not point.authentic_items and not point.manipulated_items:
        return []
    kind, _, label = point.name.partition("_")
    of_this, up = label == label_key(verdict.label), label != "authentic"
    told = any("dataset" in each.parameters for each in verdict.explanation if each.role == _RELIABILITY)
    rows = [
        (words.say("this_label" if of_this else "next_label"), _rule(kind, label, point.threshold, words)),
        (words.say("authentic_got", kinds=words.several(kind)), _authentic(point, words, up=up)),
        (words.say("manipulated_got", kinds=words.several(kind)), _manipulated(point, words, up=up)),
        (words.say("measured_on"), "" if told else _dataset(point.dataset, words)),
    ]
    return [Facts([row for row in rows if row[1]])]


def _rule(kind: str, label: str, threshold: float, words: Wording) -> str:
    """A threshold on the scale of the risk, e.g. "suspicious: photos with a risk of 95.0 of 100 or more"."""
    risk = 100 / (1 + math.exp(-threshold))
    rule = "rule_less" if label == "authentic" else "rule_more"
    word = words.labels[label][0].lower() if label in words.labels else label
    return words.say(rule, label=word, kinds=words.several(kind), risk=words.risk(risk))


def _dataset(name: str, words: Wording) -> str:
    plain = name.removesuffix(_KEPT_APART)
    return name if plain == name else words.say("kept_apart", dataset=plain)


def _authentic(point: card_pb2.OperatingPoint, words: Wording, *, up: bool) -> str:
    rate = point.false_positive_rate if up else 1 - point.false_positive_rate
    share = _share(rate, point.authentic_items, words)
    return words.say("at_most", share=share, upper=words.percent(point.false_positive_rate_upper)) if up else share


def _manipulated(point: card_pb2.OperatingPoint, words: Wording, *, up: bool) -> str:
    return _share(point.true_positive_rate if up else 1 - point.true_positive_rate, point.manipulated_items, words)


def _share(rate: float, items: int, words: Wording) -> str:
    if not items:
        return ""
    return words.say("share", count=str(round(rate * items)), items=str(items), percent=words.percent(rate))


def _reading(verdict: verdict_pb2.Verdict, words: Wording) -> Iterator[str]:
    """How to read chart and table."""
    yield words.say("reading_bars")
    yield words.say("reading_table")
    if any(not each.weight for each in verdict.contributions):
        yield words.say("reading_idle")


def _weights(verdict: verdict_pb2.Verdict, words: Wording) -> Table:
    rows = [
        (
            words.cue_name(each.cue),
            words.cue_purpose(each.cue),
            words.signed(each.log_likelihood_ratio),
            words.number(each.quality, ".2f"),
            words.number(each.weight, ".2f"),
            words.signed(each.log_odds),
        )
        for each in verdict.contributions
    ]
    head = [words.say(code) for code in ("test", "looks_for", "own_opinion", "fitness", "weight", "added")]
    return Table(head, rows, (24, 35, 16, 12, 10, 11))
