"""Numbers as cells of tables."""

from __future__ import annotations

from colab_training.metrics import Estimate


def number(own: Estimate) -> str:
    """With its 95% interval."""
    return f"{own.value:.3f} [{own.low:.3f}, {own.high:.3f}]"


def signed(own: Estimate) -> str:
    """With its 95% interval."""
    return f"{own.value:+.3f} [{own.low:+.3f}, {own.high:+.3f}]"


def percent(own: Estimate) -> str:
    """With its 95% interval."""
    return f"{own.value:.1%} [{own.low:.1%}, {own.high:.1%}]"
