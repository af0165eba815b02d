"""`python -m bench.batching --out bench/out`: writes batching.json and batching.png, prints ratios and what they recommend."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from bench.batching.choice import gain, recommended
from bench.batching.inputs import requests
from bench.batching.measure import measured
from bench.batching.memory import resident_mib
from bench.batching.overhead import overhead_us
from bench.batching.plots import draw
from kit.models.registry import Registry

_ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Measures, writes, prints."""
    options = _options()
    registry, networks = Registry(options.models), []
    for request in requests(options.network):
        network = measured(registry.load(request.name), request, options.rounds, options.turn_s)
        networks.append(network)
        _show(network)
    document = {
        "cpu_cores": os.cpu_count(),
        "overhead_us": {"alone": overhead_us(1), "that may share": overhead_us(8)},
        "resident_mib": resident_mib(options.models),
        "networks": networks,
        "recommended": {network["name"]: recommended(network) for network in networks},
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "batching.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    draw(networks, options.out / "batching.png")
    print("\nmicroseconds of a request beside its run:", document["overhead_us"])
    print("MiB that the networks of image_svc hold:", document["resident_mib"])
    print("requests to run together:", document["recommended"])


def _show(network: dict[str, Any]) -> None:
    print(
        f"\n{network['name']}: loop on all cores {network['loop_hz']:.1f}/s, p50 {network['loop_p50_ms']:.2f} ms; ratios to it"
    )
    print("     how threads together wait ms clients throughput     p50     p99    CPU")
    for case in network["cases"]:
        print(
            f"{case['how']:>8} {case['threads']:>7} {case['together']:>8} {case['wait_ms']:>7.1f} {case['clients']:>7} "
            f"{case['throughput']:>10.2f} {case['p50']:>7.2f} {case['p99']:>7.2f} {case['cpu']:>6.2f}"
        )
    if network["free_rows"]:
        for together, wait_ms in ((2, 0.0), (4, 0.0), (8, 0.0), (4, 2.0)):
            by_clock, by_cpu = gain(network, together, wait_ms)
            print(
                f"up to {together} together after {wait_ms:g} ms: {by_clock:.2f} times the requests, {by_cpu:.2f} by CPU time"
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.batching", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for batching.json and batching.png")
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--network", action="append", default=[], help="only this one; may be given several times")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--turn-s", type=float, default=0.4, help="seconds of one turn of one case")
    return parser.parse_args()


if __name__ == "__main__":
    main()
