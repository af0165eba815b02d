"""`python -m tests.fuzz.hostile --count 10000 --seed 1 --out bench/out/fuzz_media.json`."""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.hostile.campaign import Tally, send
from tests.fuzz.hostile.seeds import UNHARMED, bombs, damaged, healthy
from tests.fuzz.hostile.watch import Reading, processes, read, trends
from tests.support.stack import Stack, running_stack

LOOKS = 60
SENDERS = 4
WARM_UPS = (
    3  # networks and pools take their memory with the first media of every kind, at every place where one is at work
)
ROOM = {
    "TELLTALE_GATEWAY_WRITE_RATE": "1000000/minute",
    "TELLTALE_GATEWAY_READ_RATE": "1000000/minute",
    "TELLTALE_ENVOY_REQUESTS_PER_S": "10000",
    "TELLTALE_ENVOY_REQUEST_BURST": "10000",
}
"""Limits of how much one client may ask are tested elsewhere, and would refuse most of this."""


def main() -> int:
    """Runs a campaign; 0 when nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judged-every", type=int, default=10)
    parser.add_argument("--out", type=Path, default=Path("bench/out/fuzz_media.json"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "state", **ROOM) as stack:
        report = run(stack, asked.count, asked.seed, asked.judged_every)
        log = (Path(folder) / "state.stderr").read_text()
    report["tracebacks"] = log.count("Traceback (most recent call last)")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))  # noqa: T201 - a command prints
    return 1 if report["faults"] or report["leaks"] or report["died"] or report["tracebacks"] else 0


def run(stack: Stack, count: int, seed: int, judged_every: int) -> dict[str, object]:
    """All files, and what was seen."""
    tally, looks = Tally(), list[Reading]()
    began_s, pids = time.monotonic(), processes(stack)
    files, sent = itertools.chain(bombs(), damaged(count, seed)), 0
    with ThreadPoolExecutor(SENDERS) as pool:
        for answer in pool.map(lambda file: send(stack, file, judged=True), healthy() * WARM_UPS):
            tally.add(UNHARMED, answer)
        while batch := list(itertools.islice(files, max(1, count // LOOKS))):
            jobs = [
                pool.submit(send, stack, file, judged=number % judged_every == 0)
                for number, file in enumerate(batch, start=sent)
            ]
            for file, job in zip(batch, jobs, strict=True):
                tally.add(file, job.result())
            sent += len(batch)
            looks.append(read(pids))  # between batches, when nobody works
    after, found = processes(stack), trends(looks)
    return {
        "count": sent,
        "seed": seed,
        "judged_every": judged_every,
        "seconds": round(time.monotonic() - began_s, 1),
        "outcomes": dict(tally.outcomes.most_common()),
        "detectors_gave_up": dict(tally.failures.most_common()),
        "faults": tally.faults[:50],
        "died": sorted(name for name, pid in pids.items() if after.get(name) != pid),
        "leaks": sorted(name for name, trend in found.items() if trend.leaks),
        "memory": {name: dataclasses.asdict(trend) for name, trend in found.items()},
    }


if __name__ == "__main__":
    sys.exit(main())
