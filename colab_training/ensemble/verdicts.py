"""Labelled media of any kind as fusion judges them: log-odds and labels, also with some of the tests silenced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from colab_training.ensemble.table import Names
from colab_training.metrics import Bools, Floats
from fusion_svc.fuse import weigh
from fusion_svc.model import KindParameters
from fusion_svc.policy import decide
from fusion_svc.tested import shortfalls
from telltale.fusion.v1 import fusion_service_pb2, verdict_pb2

Request = fusion_service_pb2.FuseRequest
LABELS = ("manipulated", "suspicious", "inconclusive", "authentic")


@dataclass(frozen=True, eq=False)
class Judged:
    """N media of one kind, or of several."""

    fake: Bools
    sources: Names
    log_odds: Floats
    """Natural, (N,)."""
    labels: Names
    """One of LABELS each, (N,)."""

    @property
    def accused(self) -> Bools:
        """SUSPICIOUS or worse, (N,)."""
        return np.isin(self.labels, LABELS[:2])

    @property
    def undecided(self) -> Bools:
        """INCONCLUSIVE, (N,)."""
        return np.asarray(self.labels == LABELS[2])


def judged(
    requests: Sequence[Request],
    fake: Bools,
    sources: Sequence[str],
    parameters: KindParameters,
    silenced: Collection[str] = (),
) -> Judged:
    """What fusion says when these tests had given no opinion."""
    found = [_judge(request, parameters, silenced) for request in requests]
    log_odds, labels = np.array([own for own, _ in found]), np.array([label for _, label in found])
    return Judged(fake, np.array(sources), log_odds, labels)


def together(parts: Sequence[Judged]) -> Judged:
    """All media of several kinds."""
    return Judged(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("fake", "sources", "log_odds", "labels"))
    )


def _judge(request: Request, parameters: KindParameters, silenced: Collection[str]) -> tuple[float, str]:
    balance = weigh([own for own in request.evidence if own.cue not in silenced], parameters, request.media)
    decision = decide(balance, parameters, shortfalls(request.media, parameters.tested_range))
    return balance.log_odds, verdict_pb2.Label.Name(decision.label).removeprefix("LABEL_").lower()
