"""Every call takes two seconds longer."""

from __future__ import annotations

import time

from bench.canary.candidates.inject import run_with

_LONGER_S = 2.0

if __name__ == "__main__":
    run_with(lambda: time.sleep(_LONGER_S), every=1)
