"""What a fitted cue is worth: AUC by source with intervals, on files as they are and on equalised copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from colab_training.handcrafted.examples import Example
from colab_training.handcrafted.fitting import Fit, stacked
from colab_training.handcrafted.sources import FRAMES, UNTAUGHT
from colab_training.metrics import Estimate, auc, bootstrap, rate
from telltale.model.v1 import card_pb2

_VIEWS = {False: "as filed", True: "equalised"}


def metrics(fit: Fit, examples: Sequence[Example], cue: str) -> list[card_pb2.Metric]:
    """AUC, false accusations and share of answers per source, for calibration and val, as filed and equalised.

    Sources with one class only have no AUC and are left out.
    """
    able: dict[tuple[str, bool, str], list[Example]] = {}
    for example in examples:
        if example.sample.part != "fit":
            key = (example.sample.part, example.copy > 0, example.sample.source)
            able.setdefault(key, []).append(example)
    return [
        card_pb2.Metric(
            metric=name,
            dataset=source + (" (not taught)" if source in UNTAUGHT | {FRAMES} else ""),
            split=f"{part}, {_VIEWS[copied]}",
            value=found.value,
            low=found.low,
            high=found.high,
            items=found.items,
        )
        for (part, copied, source), group in sorted(able.items())
        for name, found in _measured(fit, group, cue)
    ]


def _measured(fit: Fit, examples: Sequence[Example], cue: str) -> Iterator[tuple[str, Estimate]]:
    able = [example for example in examples if example.features[cue] is not None]
    fake = np.asarray([example.sample.fake for example in able])
    if fake.all() or not fake.any():
        return
    ratios = fit.ratios(stacked(able, cue))
    answered = ~np.isnan(ratios)
    yield "auc", bootstrap(auc, list(fake[answered]), ratios[answered])
    real = ratios[answered & ~fake]
    yield "real with a ratio above 1", rate(int((real > 1).sum()), real.size)
    yield "answered", rate(int(answered.sum()), len(examples))
