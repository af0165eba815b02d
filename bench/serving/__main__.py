"""`python -m bench.serving --network FILE --out bench/out`: prints the table, writes serving.json, fails when a bar is not kept.

Peers' environments come from `make bench-serving-peers`, the network from `python -m bench.serving.network`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.serving.bars import problems
from bench.serving.catalogue import PEERS, Contender, Way, contenders
from bench.serving.figures import LoopFigures, by_photo, document, figures, loop_turns
from bench.serving.load import Material, Spell
from bench.serving.photos import photos
from bench.serving.report import show, write
from bench.serving.running import running
from bench.serving.turns import CLIENTS, Ceiling, Plan, asked_once, best_way, ceiling, take_turns

_ROOT = Path(__file__).resolve().parents[2]
_PHOTOS = 64


def main() -> int:
    """0 when all bars are kept, else 1."""
    options = _options()
    for folder in (options.work / "photos", options.work / "logs"):
        folder.mkdir(parents=True, exist_ok=True)
    files = photos(_ROOT / "samples", _PHOTOS)
    for number, file in enumerate(files):
        (options.work / "photos" / f"{number:03}.jpg").write_bytes(file)
    with ceiling(options.network, options.work / "photos") as loop:
        written = _measured(options, loop, files)
    write(written, options.out / "serving.json")
    print("\n".join(written["problems"]) or "all bars are kept")
    return 1 if written["problems"] else 0


def _measured(options: argparse.Namespace, loop: Ceiling, files: list[bytes]) -> dict[str, Any]:
    chosen, tried = {}, {}
    for contender in contenders(options.environments, options.peers):
        way, reached = _best(options, contender, _Speaker(loop, files))
        chosen[contender.name], tried[contender.name] = (contender, way), reached
        print(f"{contender.name}: {way.words}", flush=True)
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(
                running(contender, way, options.network, _Speaker(loop, files)(way), options.work / "logs")
            )
            for name, (contender, way) in chosen.items()
        }
        taken = take_turns(loop, servers, Plan(options.rounds, options.lead_in_s, options.window_s))
    found = figures(taken, CLIENTS)
    show(found)
    turns = loop_turns(taken)
    return {
        "cpu_cores": os.cpu_count(),
        "load_average_1_min": os.getloadavg()[0],
        "photos": {"count": len(files), "mean_bytes": sum(map(len, files)) / len(files)},
        "plan": {"rounds": options.rounds, "lead_in_s": options.lead_in_s, "window_s": options.window_s},
        "ways": {name: f"{way.words}; {way.protocol.name}" for name, (_, way) in chosen.items()},
        "tried_hz": tried,
        "loop": asdict(LoopFigures.of(turns)),
        "function_s": by_photo(turns, len(files)),
        "servers": document(found),
        "problems": problems(found),
    }


class _Speaker:
    """Photos in the words of a way's protocol."""

    def __init__(self, loop: Ceiling, files: list[bytes]) -> None:
        self._loop = loop
        self._files = files

    def __call__(self, way: Way) -> Material:
        return Material(way.protocol, [way.protocol.encode(file) for file in self._files], self._loop.truths)


def _best(options: argparse.Namespace, contender: Contender, speaker: _Speaker) -> tuple[Way, dict[str, float]]:
    if not options.tuning_s or len(contender.ways) == 1:
        return contender.ways[0], {}

    def run(way: Way) -> Mapping[int, Spell]:
        with running(contender, way, options.network, speaker(way), options.work / "logs") as server:
            return asked_once(server, Plan(1, options.lead_in_s, options.tuning_s))

    return best_way(contender, run)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.serving", description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help="ONNX file of the work")
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for serving.json")
    parser.add_argument("--work", type=Path, default=Path("build/serving"), help="folder for photos and logs")
    parser.add_argument("--environments", type=Path, default=Path("build/peers"), help="folder with those of the peers")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS, help="who is measured beside us")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--window-s", type=float, default=3.0, help="seconds that count, of every spell and turn")
    parser.add_argument("--lead-in-s", type=float, default=0.5, help="seconds of every spell that do not count")
    parser.add_argument("--tuning-s", type=float, default=2.0, help="seconds a way is tried for; 0: the first is taken")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
