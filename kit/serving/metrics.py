"""What is counted of models at work and of what they say. Tests and models have names of our making: no caller chooses them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from kit.serving.lanes import LaneView
from kit.serving.shadow import Opinions
from kit.telemetry import Counter, Histogram, Reading

MODELS: Final = Reading("telltale_model_info", "Models that are loaded; always 1.", "model", "version", "lane")
EVIDENCE: Final = Counter(
    "telltale_evidence", 'What the tests said: "finding", or the reason of an abstention.', "cue", "outcome"
)
FINDING_LOG_ODDS: Final = Histogram(
    "telltale_finding_log_odds",
    "Natural log-likelihood ratios of findings; above 0: manipulated.",
    "cue",
    edges=(-8.0, -4.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 4.0, 8.0),
)

_REASON = "ABSTENTION_REASON_"


def loaded(views: Sequence[LaneView]) -> Mapping[tuple[str, ...], float]:
    """The models of all lanes, for `MODELS`."""
    return {(model.card.name, model.card.version, view.name): 1 for view in views for model in view.models}


def count_opinions(opinions: Opinions) -> None:
    """Tests have told somebody this."""
    for cue, opinion in opinions.items():
        EVIDENCE.add(cue=cue, outcome=opinion.label.removeprefix(_REASON))
        if opinion.log_odds is not None:
            FINDING_LOG_ODDS.observe(opinion.log_odds, cue=cue)
