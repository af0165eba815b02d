"""Judges files for who measures: `python -m promotion.judging`, orders on standard input, answers on standard output."""

from __future__ import annotations

import os
import sys

from kit.media.sandbox import Sandbox, SandboxSettings
from kit.process import run
from promotion.judging.loop import obey
from promotion.judging.services import PRELOAD


def main() -> None:
    """Sandbox, models, then one file after the other until nobody asks any more."""
    # Libraries that print would spoil the answers, so what they print goes to where errors go.
    with os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as answers:
        os.dup2(2, 1)
        with Sandbox.start(SandboxSettings(), PRELOAD) as sandbox:
            obey(sys.stdin, answers, sandbox)


if __name__ == "__main__":
    run(main)
