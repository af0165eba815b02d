"""Starts a worker: `python -m gateway.worker`, with the settings of the gateways whose work it does."""

from __future__ import annotations

import asyncio
import os

from gateway.scanning.build import scanning_preload
from gateway.serve import serve_worker
from gateway.settings import GatewaySettings
from kit.log import configure
from kit.media import image, sound, video
from kit.media.sandbox import Sandbox
from kit.process import give_memory_back, run
from kit.settings import load


def main() -> None:
    """Runs until SIGTERM or SIGINT."""
    settings = load(GatewaySettings)
    configure("worker", settings.log_level)
    # Media, verdicts and names of files are nobody else's, also where the folder was there before with open doors.
    os.umask(0o077)
    give_memory_back()
    # Before anything of gRPC: the sandbox forks.
    preload = (*image.PRELOAD, *video.PRELOAD, *sound.PRELOAD, *scanning_preload(settings))
    with Sandbox.start(settings.sandbox, preload) as sandbox:
        asyncio.run(serve_worker(settings, sandbox))


if __name__ == "__main__":
    run(main)
