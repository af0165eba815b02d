"""`python -m bench.load --minutes 30 --out bench/out`: prints the figures, writes load.json, fails when a bar is not kept."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
from pathlib import Path
from typing import Any

from bench.load.client import Client
from bench.load.phases import WEIGHTS, Load, fairness, offered, sustainable
from bench.load.photos import photos
from bench.load.report import problems, show
from bench.load.stack import LoadedStack, loaded_stack

_ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """0 when all bars are kept, else 1."""
    options = _options()
    owners = [f"caller-{number}" for number in range(len(WEIGHTS))]
    with loaded_stack(options.models, owners) as stack:
        document = asyncio.run(_measure(stack, options))
    document["problems"] = problems(document)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "load.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    show(document)
    return 1 if document["problems"] else 0


async def _measure(stack: LoadedStack, options: argparse.Namespace) -> dict[str, Any]:
    client, chance = Client(stack.host, stack.port), random.Random(options.seed)
    load = Load(stack, photos(options.photo.read_bytes()), client)
    duration_s = options.minutes * 60
    rate_hz, levels = await sustainable(load, options.level_s)
    alone, _, _ = await offered(load, rate_hz, max(options.level_s, duration_s / 6), (1,) * len(WEIGHTS), chance)
    twice, samples, memory = await offered(load, 2 * rate_hz, duration_s, WEIGHTS, chance)
    client.close()
    return {
        "photo": {"file": options.photo.name, "size_bytes": options.photo.stat().st_size},
        "cpu_cores": os.cpu_count(),
        "seed": options.seed,
        "minutes": options.minutes,
        "sustainable_hz": rate_hz,
        "levels": levels,
        "at_sustainable": alone.document(),
        "at_twice": twice.document(),
        "fairness": fairness(samples, WEIGHTS),
        "memory": memory.document(),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for load.json")
    parser.add_argument("--photo", type=Path, default=_ROOT / "samples" / "portrait.jpg")
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--minutes", type=float, default=30.0, help="how long twice the sustainable rate is offered")
    parser.add_argument("--level-s", type=float, default=20.0, help="seconds for each number of callers")
    parser.add_argument("--seed", type=int, default=1, help="where the chance of arrivals begins")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
