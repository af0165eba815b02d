"""Serves the work until SIGTERM: `python -m bench.serving.ours --port 50090 --network FILE`."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

import cv2

from bench.serving.ours.network import decode_here, decode_in
from bench.serving.ours.offer import offer
from kit.batching.cores import Cores
from kit.clock import SystemClock
from kit.log import configure
from kit.media.image import PRELOAD
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.settings import ModelSettings
from kit.process import keep_freed_memory, run
from kit.rpc.health import Health
from kit.rpc.open_inference_service import open_inference_service
from kit.rpc.server import serve
from kit.serving.live import Live


def main() -> None:
    """Sandbox, network, server."""
    keep_freed_memory()
    own = _options()
    settings = ModelSettings(
        port=own.port, max_concurrent_calls=own.calls, open_inference=True, drain_s=0, log_level="WARNING"
    )
    configure("bench", settings.log_level)
    with ExitStack() as stack:
        decode = decode_here
        if own.sandbox:
            sandbox = Sandbox.start(SandboxSettings(max_children=own.children), PRELOAD)
            decode = decode_in(stack.enter_context(sandbox))
        cv2.setNumThreads(1)
        live = Live(offer(own.network, decode, Cores(own.cores, SystemClock()), own.rows), lambda _: None)
        health = Health()
        serve(settings, open_inference_service("bench", settings, live.lease, health), health=health)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.serving.ours", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--network", type=Path, required=True)
    parser.add_argument("--cores", type=int, default=2, help="cores that networks may use together")
    parser.add_argument("--calls", type=int, default=64, help="calls at work at once")
    parser.add_argument("--rows", type=int, default=2, help="rows of the largest batch that callers share")
    parser.add_argument("--sandbox", action="store_true", help="decode every file in a process of its own")
    parser.add_argument("--children", type=int, default=4, help="such processes at once")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
