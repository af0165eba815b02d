"""`python -m bench.serving --out bench/out`: prints the table, writes serving.json, fails when serving costs too much."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.serving.measure import measure
from bench.serving.pipeline import open_pipeline
from bench.serving.report import IN_PROCESS, OVERHEAD_BAR, REST, overhead, show, write
from bench.serving.rest import running_stack

_ROOT = Path(__file__).resolve().parents[2]
_CLIENTS = (1, 8)


def main() -> int:
    """0 when the p50 overhead at one client is within the bar, else 1."""
    options = _options()
    photo = options.photo.read_bytes()
    # The pipeline first: its sandbox forks, so it must exist before anything of gRPC does.
    with open_pipeline(options.models, max(_CLIENTS)) as pipeline, running_stack(options.models) as client:
        expected = pipeline.verdict(photo).risk_score
        if client.analysis(photo)["verdict"]["riskScore"] != expected:
            raise RuntimeError("the two ways give different verdicts, so their times cannot be compared")
        doors = {IN_PROCESS: pipeline.verdict, REST: client.analysis}
        counts = [(clients, options.calls) for clients in _CLIENTS]
        latencies = [
            each for clients, calls in counts for each in measure(doors, photo, clients, calls, options.rounds)
        ]
    show(latencies)
    write(latencies, options.photo, options.out / "serving.json")
    cost = overhead(latencies, clients=1)
    print(f"p50 overhead at 1 client: {cost:+.1%} (bar: at most {OVERHEAD_BAR:+.0%})")
    return 0 if cost <= OVERHEAD_BAR else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.serving", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for serving.json")
    parser.add_argument("--photo", type=Path, default=_ROOT / "samples" / "portrait.jpg")
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--calls", type=int, default=160, help="calls per way and number of clients")
    parser.add_argument("--rounds", type=int, default=10, help="turns that they are spread over")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
