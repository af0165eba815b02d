"""`python -m bench.video --data ../shared/data --out bench/out`: prints the table, writes video.json, fails above the bars."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.overhead.rest import RestClient, running_stack
from bench.video.footage import piece, repeated
from bench.video.memory import watched

_ROOT = Path(__file__).resolve().parents[2]
_LENGTHS_S = (1.0, 5.0, 30.0, 60.0, 600.0)
COST_BAR = 0.5
"""Seconds per second of playing time, of 30 seconds at STANDARD depth."""
GROWTH_BAR = 3.0
"""Ten minutes against one."""
MEMORY_BAR_MIB = 1.5 * 1024


@dataclass(frozen=True)
class Cost:
    """What one video took."""

    length_s: float
    depth: str
    size_mib: float
    took_s: float
    label: str
    peak_mib: dict[str, float]

    @property
    def ratio(self) -> float:
        """Seconds per second of playing time."""
        return self.took_s / self.length_s


def main() -> int:
    """0 when all bars are kept, else 1."""
    options = _options()
    ten_seconds = piece(options.data / "av" / options.clip)
    with running_stack(options.models) as client:
        _cost(client, ten_seconds, 1.0, "DEPTH_QUICK")  # the first answer pays for caches
        wanted = [(length_s, "DEPTH_STANDARD") for length_s in options.lengths]
        costs = [
            _cost(client, ten_seconds, *each) for each in [*wanted, (30.0, "DEPTH_QUICK"), (30.0, "DEPTH_THOROUGH")]
        ]
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "video.json").write_text(json.dumps([asdict(cost) for cost in costs], indent=1), encoding="utf-8")
    return _verdict(costs)


def _cost(client: RestClient, ten_seconds: bytes, length_s: float, depth: str) -> Cost:
    video = repeated(ten_seconds, length_s)
    with watched(client.pid) as peaks:
        started_s = time.monotonic()
        answer = client.analysis(video, "video/mp4", f"?depth={depth}")
        took_s = time.monotonic() - started_s
    cost = Cost(length_s, depth, len(video) / 2**20, took_s, str(answer["verdict"]["label"]), peaks)
    memory = ", ".join(f"{name} {peak:.0f}" for name, peak in sorted(peaks.items()) if name.endswith("_svc"))
    print(
        f"{length_s:6.0f} s {depth:15} {cost.size_mib:6.1f} MiB  {took_s:6.2f} s  {cost.ratio:5.2f} s/s  MiB: {memory}",
        flush=True,
    )
    return cost


def _verdict(costs: list[Cost]) -> int:
    standard = {cost.length_s: cost for cost in costs if cost.depth == "DEPTH_STANDARD"}
    checks = {"peak MiB of a service": (max(max(cost.peak_mib.values()) for cost in costs), MEMORY_BAR_MIB)}
    if 30.0 in standard:
        checks["s/s at 30 s"] = (standard[30.0].ratio, COST_BAR)
    if 60.0 in standard and 600.0 in standard:
        checks["10 min / 1 min"] = (standard[600.0].took_s / standard[60.0].took_s, GROWTH_BAR)
    for name, (value, bar) in checks.items():
        print(f"{name}: {value:.2f} (bar: at most {bar:g})")
    return 0 if all(value <= bar for value, bar in checks.values()) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.video", description=__doc__)
    parser.add_argument("--data", type=Path, default=_ROOT / ".." / "shared" / "data", help="folder with av/")
    parser.add_argument("--clip", default="real/grid_s1__01648901.mp4", help="a clip with one face, inside av/")
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for video.json")
    parser.add_argument("--lengths", type=float, nargs="+", default=_LENGTHS_S, help="seconds")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
