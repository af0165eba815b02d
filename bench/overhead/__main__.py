"""`python -m bench.overhead --out bench/out`: prints the table, writes overhead.json, fails when serving costs too much."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bench.overhead.measure import measure
from bench.overhead.pipeline import open_pipeline
from bench.overhead.report import IN_PROCESS, OVERHEAD_BAR, REST, overhead, show, write
from bench.overhead.rest import running_stack

_ROOT = Path(__file__).resolve().parents[2]
_CLIENTS = (1, 8)


def main() -> int:
    """0 when the p50 overhead at one client is within the bar, else 1."""
    options = _options()
    photo = options.photo.read_bytes()
    # The pipeline first: its sandbox forks, so it must exist before anything of gRPC does.
    with open_pipeline(options.models, max(_CLIENTS)) as pipeline, running_stack(options.models) as client:
        expected = pipeline.verdict(photo).risk_score

        def fresh(file: bytes) -> dict[str, Any]:
            return client.analysis(file, query="?fresh=true")  # or evidence of the call before would be taken over

        if fresh(photo)["verdict"]["riskScore"] != expected:
            raise RuntimeError("the two ways give different verdicts, so their times cannot be compared")
        doors = {IN_PROCESS: pipeline.verdict, REST: fresh}
        counts = [(clients, options.calls) for clients in _CLIENTS]
        latencies = [
            each for clients, calls in counts for each in measure(doors, photo, clients, calls, options.rounds)
        ]
    show(latencies)
    write(latencies, options.photo, options.out / "overhead.json")
    cost = overhead(latencies, clients=1)
    print(f"p50 overhead at 1 client: {cost:+.1%} (bar: at most {OVERHEAD_BAR:+.0%})")
    return 0 if cost <= OVERHEAD_BAR else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.overhead", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for overhead.json")
    parser.add_argument("--photo", type=Path, default=_ROOT / "samples" / "portrait.jpg")
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--calls", type=int, default=160, help="calls per way and number of clients")
    parser.add_argument("--rounds", type=int, default=10, help="turns that they are spread over")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
