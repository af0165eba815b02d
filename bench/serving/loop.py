"""The ceiling: the function in a plain loop, in a process of its own that computes only when it is told to.

Run: python -m bench.serving.loop --network FILE --photos FOLDER; then a number of seconds a line, answered by JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.serving.work import Work, open_work


def main() -> None:
    """Until there are no more lines."""
    parser = argparse.ArgumentParser(prog="python -m bench.serving.loop", description=__doc__)
    parser.add_argument("--network", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True)
    options = parser.parse_args()
    work, photos = open_work(options.network), [path.read_bytes() for path in sorted(options.photos.glob("*.jpg"))]
    print(json.dumps([work(photo) for photo in photos]), flush=True)
    for line in sys.stdin:
        print(json.dumps(_turn(work, photos, float(line))), flush=True)


def _turn(work: Work, photos: Sequence[bytes], window_s: float) -> dict[str, object]:
    """Whole rounds through the photos, so that every turn does the same work; after some that do not count."""
    for photo in photos[:8]:
        work(photo)
    latencies_s, began_s, began_cpu_s = [], time.perf_counter(), time.process_time()
    while time.perf_counter() - began_s < window_s:
        for photo in photos:
            call_s = time.perf_counter()
            work(photo)
            latencies_s.append(time.perf_counter() - call_s)
    cpu_s = time.process_time() - began_cpu_s
    return {"latencies_s": latencies_s, "window_s": time.perf_counter() - began_s, "cpu_s": cpu_s}


if __name__ == "__main__":
    main()
