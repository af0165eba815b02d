"""Every second call fails."""

from __future__ import annotations

from bench.canary.candidates.inject import run_with
from kit.errors import Internal


def _fail() -> None:
    raise Internal("injected by a candidate that answers errors")


if __name__ == "__main__":
    run_with(_fail, every=2)
