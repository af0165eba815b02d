"""CARD.md: the model card for people, written from the message so that the two cannot disagree."""

from __future__ import annotations

from telltale.model.v1 import card_pb2


def card_markdown(card: card_pb2.ModelCard, notes: str, measured: str = "") -> str:
    """The card as Markdown. `notes` is a paragraph on how the model works, `measured` takes the place of a line per metric."""
    megabytes = sum(artefact.size_bytes for artefact in card.artefacts) / 1e6
    parts = [
        f"# {card.name} {card.version}",
        card.task,
        notes,
        f"- licence: {card.licence}\n- size: {megabytes:.2f} MB\n- made on {card.created} by\n\n  `{card.training_command}`",
        "## Data\n" + table(("data", "licence", "items"), [_data(data) for data in card.training_data]),
        "## Measured\n" + (measured or table(_METRIC_COLUMNS, _metrics(card))),
        "## Operating points\n" + table(_POINT_COLUMNS, [_point(p) for p in card.postprocessing.operating_points]),
        "## Limits\n" + "\n".join(f"- {limit}" for limit in card.limits),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


_METRIC_COLUMNS = ("measure", "data", "split", "value", "95% interval", "items")
_POINT_COLUMNS = (
    "name",
    "threshold",
    "false positives",
    "at most (95%)",
    "true positives",
    "real / fake",
    "measured on",
)


def table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _data(data: card_pb2.TrainingData) -> tuple[str, ...]:
    return data.name, data.licence, str(data.items)


def _metrics(card: card_pb2.ModelCard) -> list[tuple[str, ...]]:
    return [
        (m.metric, m.dataset, m.split, f"{m.value:.3f}", f"{m.low:.3f} to {m.high:.3f}", str(m.items))
        for m in card.metrics
    ]


def _point(point: card_pb2.OperatingPoint) -> tuple[str, ...]:
    if not point.dataset:
        return point.name, f"{point.threshold:+.2f}", "–", "–", "–", "–", "not measured"
    return (
        point.name,
        f"{point.threshold:+.2f}",
        f"{point.false_positive_rate:.1%}",
        f"{point.false_positive_rate_upper:.1%}",
        f"{point.true_positive_rate:.1%}",
        f"{point.authentic_items} / {point.manipulated_items}",
        point.dataset,
    )
