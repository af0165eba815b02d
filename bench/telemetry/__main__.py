"""Photos a second of image_svc with traces and metrics, against the same without: `python -m bench.telemetry`.

Two processes of it, one of which sends its traces to a real collector, sampled at the default share, and has its metrics read
once a second. Eight clients ask one and then the other, by turns, since the machine's speed changes over the run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import cv2

from bench.swap.service import running
from bench.telemetry.agent import running_agent
from cli.stack.ports import free_ports
from kit.rpc.channel import open_channel
from kit.rpc.uploads import outgoing
from telltale.common.v1 import media_pb2
from telltale.image.v1 import image_service_pb2, image_service_pb2_grpc

_ROOT = Path(__file__).resolve().parents[2]
_PHOTO, _LONGEST_SIDE_PX = _ROOT / "samples" / "cat.jpg", 256
_CLIENTS = 8
_BAR = 0.95
_DRAWS, _CONFIDENCE = 10_000, 0.95


def main() -> None:
    """Prints the ratio with its interval, and writes it down. Exits with 1 when it is below the bar."""
    options = _options()
    photo = _photo()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        collector = stack.enter_context(running_agent(Path(folder, "collector.log")))
        [metrics_port] = free_ports(1)
        told = {"otlp_endpoint": collector, "metrics_port": str(metrics_port)}
        models = {"models": str(options.models)}
        start = {name: Path(folder, f"{name}.log") for name in ("silent", "told")}
        silent = stack.enter_context(running("image_svc", "TELLTALE_IMAGE_", models, start["silent"]))
        telling = stack.enter_context(running("image_svc", "TELLTALE_IMAGE_", models | told, start["told"]))
        stack.enter_context(_read_every_second(f"http://127.0.0.1:{metrics_port}/metrics"))
        targets = {"off": silent.target, "on": telling.target}
        for target in targets.values():
            _photos_per_s(target, photo, options.round_s / 2)
        rounds = [_round(targets, photo, options.round_s, number) for number in range(options.rounds)]
    ratio, low, high = _ratio([(each["on"], each["off"]) for each in rounds])
    on, off = (statistics.mean(each[name] for each in rounds) for name in ("on", "off"))
    print(
        f"{_CLIENTS} clients, a photo of {_LONGEST_SIDE_PX} px; {options.rounds} rounds of {options.round_s:g} s each way"
    )
    print(f"off {off:.2f} photos/s, on {on:.2f} photos/s")
    print(f"on : off = {ratio:.3f} ({low:.3f} to {high:.3f}, {_CONFIDENCE:.0%}); the bar is {_BAR}")
    options.out.mkdir(parents=True, exist_ok=True)
    numbers = {
        "on_photos_per_s": on,
        "off_photos_per_s": off,
        "ratio": ratio,
        "low": low,
        "high": high,
        "rounds": rounds,
    }
    (options.out / "telemetry.json").write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
    sys.exit(0 if ratio >= _BAR else 1)


def _photo() -> bytes:
    pixels = cv2.imread(str(_PHOTO))
    if pixels is None:
        raise FileNotFoundError(_PHOTO)
    scale = _LONGEST_SIDE_PX / max(pixels.shape[:2])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", small)[1])


def _round(targets: dict[str, str], photo: bytes, round_s: float, number: int) -> dict[str, float]:
    """Photos a second of both; who comes first changes, since whoever comes second meets a warmer machine."""
    order = list(targets.items())[:: 1 if number % 2 else -1]
    return {name: _photos_per_s(target, photo, round_s) for name, target in order}


def _photos_per_s(target: str, photo: bytes, round_s: float) -> float:
    """What all clients together get answered. A call counts by the part of it that lies within the round."""
    started_s = time.perf_counter()
    with open_channel(target) as channel, ThreadPoolExecutor(_CLIENTS) as pool:
        stub = image_service_pb2_grpc.ImageServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        counts = pool.map(lambda _: _ask_until(stub, photo, started_s + round_s), range(_CLIENTS))
        return sum(counts) / round_s


def _ask_until(stub: image_service_pb2_grpc.ImageServiceStub, photo: bytes, end_s: float) -> float:
    info = media_pb2.MediaInfo(
        kind=media_pb2.MEDIA_KIND_IMAGE,
        mime_type="image/jpeg",
        size_bytes=len(photo),
        sha256=hashlib.sha256(photo).hexdigest(),
    )
    answered = 0.0
    while (begun_s := time.perf_counter()) < end_s:
        requests = outgoing(image_service_pb2.AnalyzeImageRequest, info, [photo], depth=media_pb2.DEPTH_STANDARD)
        if not any(answer.HasField("evidence") for answer in list(stub.AnalyzeImage(requests))):
            raise RuntimeError("image_svc gave no evidence; what is measured is not what was meant")
        ended_s = time.perf_counter()
        answered += min(1.0, (end_s - begun_s) / (ended_s - begun_s))
    return answered


def _ratio(pairs: list[tuple[float, float]]) -> tuple[float, float, float]:
    """The geometric mean of the rounds' ratios, and its interval by drawing rounds anew."""
    logs, chance = [math.log(on / off) for on, off in pairs], random.Random(1)
    means = sorted(statistics.mean(chance.choices(logs, k=len(logs))) for _ in range(_DRAWS))
    tail = (1 - _CONFIDENCE) / 2
    low, high = means[int(tail * _DRAWS)], means[int((1 - tail) * _DRAWS) - 1]
    return math.exp(statistics.mean(logs)), math.exp(low), math.exp(high)


@contextmanager
def _read_every_second(url: str) -> Iterator[None]:
    """Somebody like Prometheus, only more often."""
    ended = threading.Event()

    def read() -> None:
        while not ended.wait(1.0):
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - ours, on this machine
                answer.read()

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.telemetry", description=__doc__)
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--round-s", type=float, default=10.0)
    parser.add_argument("--out", type=Path, default=_ROOT / "bench" / "out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
