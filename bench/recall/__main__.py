"""What taking over earlier evidence saves, and what looking for it costs a file that is new: `python -m bench.recall`.

Every turn sends bytes that nobody has sent before: first with the wish for a fresh look, which skips the look into the past, then
other new bytes without it, then these once more. All three through REST, of one stack, in turns.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.load.photos import photos
from bench.overhead.rest import RestClient, running_stack

_ROOT = Path(__file__).resolve().parents[2]
_SETTINGS = {"TELLTALE_GATEWAY_RECALL": "true", "TELLTALE_GATEWAY_NEAR_DUPLICATE_BUDGET": "1000000/hour"}
_WARM_UP = 3


def main() -> None:
    """Prints medians, and medians of the ratios of each turn."""
    options = _options()
    files = photos(options.photo.read_bytes())
    with running_stack(options.models, **_SETTINGS) as client:
        turns = [_turn(client, files) for _ in range(_WARM_UP + options.turns)][_WARM_UP:]
    fresh, first, again = (statistics.median(times) for times in zip(*turns, strict=True))
    print(f"{options.turns} turns of {options.photo.name}; medians")
    print(f"new, nothing looked up  {fresh * 1000:7.1f} ms")
    print(f"new                     {first * 1000:7.1f} ms   {_ratio(turns, 1, 0):.2f} times the one above")
    print(f"a second time           {again * 1000:7.1f} ms   {_ratio(turns, 2, 1):.2f} times the one above")


def _turn(client: RestClient, files: Iterator[bytes]) -> tuple[float, float, float]:
    """Seconds of a fresh look, of a new file, and of the same once more."""
    fresh, new = next(files), next(files)
    times = (_timed(client, fresh, "?fresh=true"), _timed(client, new), _timed(client, new, recalled=True))
    return times[0], times[1], times[2]


def _timed(client: RestClient, file: bytes, query: str = "", *, recalled: bool = False) -> float:
    started_s = time.perf_counter()
    analysis: dict[str, Any] = client.analysis(file, query=query)
    took_s = time.perf_counter() - started_s
    if any(bool(origin.get("recalledFrom")) is not recalled for origin in analysis["origins"]):
        raise RuntimeError("what was measured is not what was meant: see `origins` of the answer")
    return took_s


def _ratio(turns: list[tuple[float, float, float]], one: int, other: int) -> float:
    """Within turns, since the machine's speed changes over them."""
    return statistics.median(turn[one] / turn[other] for turn in turns)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.recall", description=__doc__)
    parser.add_argument("--photo", type=Path, default=_ROOT / "samples" / "portrait.jpg")
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--turns", type=int, default=30)
    return parser.parse_args()


if __name__ == "__main__":
    main()
