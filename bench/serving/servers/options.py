"""The command line that every server here has."""

from __future__ import annotations

import argparse
from pathlib import Path


def options(module: str) -> argparse.Namespace:
    """Where to listen, what to load, and how the work is spread: that is what is tuned."""
    parser = argparse.ArgumentParser(prog=f"python -m bench.serving.servers.{module}")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--network", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=1, help="workers or replicas that do the work")
    parser.add_argument("--threads", type=int, default=1, help="calls at work at once in each process")
    parser.add_argument("--cores", type=int, default=1, help="cores that one call may use")
    parser.add_argument(
        "--rows", type=int, default=1, help="requests in the largest batch, where the framework makes them"
    )
    parser.add_argument("--way", default="", help="which of the framework's ways to take, where it has several")
    return parser.parse_args()
