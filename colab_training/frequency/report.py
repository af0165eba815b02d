"""What the fitted test is worth: AUC by source with intervals, on files as they are and on equalised copies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from colab_training.frequency.examples import Example
from colab_training.frequency.fitting import Fit, stacked
from colab_training.metrics import Estimate, auc, bootstrap, rate
from telltale.model.v1 import card_pb2

_VIEWS = {False: "as filed", True: "equalised"}


def metrics(fit: Fit, examples: Sequence[Example], taught: Collection[str]) -> list[card_pb2.Metric]:
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
            dataset=source + ("" if source in taught else " (not taught)"),
            split=f"{part}, {_VIEWS[copied]}",
            value=found.value,
            low=found.low,
            high=found.high,
            items=found.items,
        )
        for (part, copied, source), group in sorted(able.items())
        for name, found in _measured(fit, group)
    ]


def _measured(fit: Fit, examples: Sequence[Example]) -> Iterator[tuple[str, Estimate]]:
    able = [example for example in examples if example.features is not None]
    fake = np.asarray([example.sample.fake for example in able])
    if fake.all() or not fake.any():
        return
    ratios = fit.ratios(stacked(able))
    answered = ~np.isnan(ratios)
    yield "auc", bootstrap(auc, list(fake[answered]), ratios[answered])
    real = ratios[answered & ~fake]
    yield "real with a ratio above 1", rate(int((real > 1).sum()), real.size)
    yield "answered", rate(int(answered.sum()), len(examples))
