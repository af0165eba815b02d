"""Logistic regression on standardised, cut-off features, in the form that services read."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression

from kit.models.fitted import Parameters

_CLIP: Final = 5.0
_REACH_QUANTILE: Final = 0.995


def fit_linear(features: NDArray[np.float32], fake: ArrayLike, weights: ArrayLike, strength: float) -> Parameters:
    """The test of features (N, F) with items' weights (N,); `strength` is the inverse of the ridge's."""
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    standard = (features - mean) / scale
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit(np.clip(standard, -_CLIP, _CLIP), np.asarray(fake, bool), sample_weight=np.asarray(weights))
    return Parameters(
        mean=_rounded(mean),
        scale=_rounded(scale),
        weights=_rounded(model.coef_[0]),
        bias=float(model.intercept_[0]),
        clip=_CLIP,
        reach=float(np.quantile(np.sqrt(np.mean(standard**2, axis=1)), _REACH_QUANTILE)),
    )


def _rounded(values: NDArray[np.floating]) -> list[float]:
    return [float(f"{value:.6g}") for value in values]
