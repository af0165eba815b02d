"""What following a registry costs a service: `python -m bench.registry [--store s3://BUCKET/models]`.

The largest model of the zoo is published to a folder, and to the stores that are named, and fetched in turns: into an empty
cache, and again from the cache, which verifies it anew. Beside it, reading its card and hashing its artefacts. Then what is
imported by a service with and without a registry, each time in a process of its own.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bench.registry.zoo import largest_model, trust_of
from kit.clock import SystemClock
from kit.models.card import load_model
from kit.registry.fetch import ModelCache
from kit.registry.publish import publish
from kit.registry.store import Store, open_store
from kit.sealing.person_keys import PersonKey

_CACHE_BYTES = 2**30
_IMPORTS = {
    "no registry": "kit.serving.start",
    "a folder": "kit.serving.start kit.serving.registered",
    "a folder, first model verified": "kit.serving.start kit.serving.registered model_signing.verifying",
    "S3, first model verified": "kit.serving.start kit.serving.registered model_signing.verifying kit.files.bucket s3fs",
    "GCS, first model verified": "kit.serving.start kit.serving.registered model_signing.verifying kit.files.bucket gcsfs",
}
_PROBE = """
import importlib, sys, time
def resident_mib():
    for line in open("/proc/self/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
importlib.import_module("kit.rpc.server"), importlib.import_module("kit.models.onnx")
before, start = resident_mib(), time.perf_counter()
for name in sys.argv[1:]:
    importlib.import_module(name)
print(time.perf_counter() - start, resident_mib() - before)
"""


def main() -> None:
    """Prints medians."""
    options = _options()
    model = largest_model(options.models)
    print(f"{model.parent.name}@{model.name}, {sum(file.stat().st_size for file in model.iterdir()) / 2**20:.1f} MiB")
    with tempfile.TemporaryDirectory() as folder:
        _fetching(_stores(Path(folder), options.store), model, Path(folder), options.turns)
    print(f"\n{'imports of a service with':34} {'s':>6} {'MiB':>6}")
    for what, modules in _IMPORTS.items():
        seconds, mebibytes = zip(*(_imported(modules.split()) for _ in range(options.turns)), strict=True)
        print(f"{what:34} {statistics.median(seconds):6.2f} {statistics.median(mebibytes):6.1f}")


def _fetching(stores: dict[str, Store], model: Path, folder: Path, turns: int) -> None:
    key = PersonKey.create(folder / "key.pem")
    releases = {name: publish(store, model, key, SystemClock()) for name, store in stores.items()}
    times: dict[str, list[float]] = {}
    for turn in range(turns):
        times.setdefault("reading and hashing alone", []).append(_timed(partial(load_model, model)))
        for number, (name, store) in enumerate(stores.items()):
            cache = ModelCache(store, trust_of(key), folder / f"cache-{turn}-{number}", _CACHE_BYTES)
            for how in ("empty cache", "from the cache"):
                took_s = _timed(partial(cache.fetch, releases[name]))
                times.setdefault(f"{name}, {how}", []).append(took_s)
    for what, seconds in times.items():
        print(f"{what:34} {statistics.median(seconds) * 1000:7.1f} ms")


def _stores(folder: Path, urls: Sequence[str]) -> dict[str, Store]:
    (folder / "registry").mkdir()
    return {"folder": open_store(str(folder / "registry")), **{url: open_store(url) for url in urls}}


def _timed(work: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    work()
    return time.perf_counter() - started_s


def _imported(modules: list[str]) -> tuple[float, float]:
    told = subprocess.run([sys.executable, "-c", _PROBE, *modules], check=True, capture_output=True, text=True).stdout
    seconds, mebibytes = map(float, told.split())
    return seconds, mebibytes


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.registry", description=__doc__)
    parser.add_argument("--models", type=Path, default=Path(__file__).resolve().parents[2] / "models")
    parser.add_argument(
        "--store", action="append", default=[], help="URL of an empty place in a bucket; may be repeated"
    )
    parser.add_argument("--turns", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
