"""Prints microseconds that the Open Inference Protocol adds to one run of face_spatial, in interleaved turns.

Run: python -m bench.open_inference [--calls 1000]

The network runs in this process. Beside it the same tensor goes through the protocol with a network that takes no time: through
the servicer and its guard in this process, which is what reading, checking and writing messages costs, and from a client over
gRPC on loopback to a server in another process.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from inference import open_inference_service_pb2 as oip
from inference import open_inference_service_pb2_grpc

from bench.open_inference.instant import MODEL, binding, model
from cli.stack.ports import free_ports
from kit.convert.tensors import to_raw
from kit.models.onnx import open_network
from kit.models.runtime import Tensor
from kit.rpc.channel import open_channel
from kit.rpc.guard import guard
from kit.rpc.health import Health

_ROOT: Final = Path(__file__).resolve().parents[2]
_WARM_UP: Final = 20
_TENSOR: Final = np.random.default_rng(1).standard_normal((1, 3, 192, 192), np.float32)
_NETWORK: Final = "network alone"

Doors = dict[str, Callable[[], object]]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.open_inference", description=__doc__)
    parser.add_argument("--calls", type=int, default=1000, help="calls per way")
    calls = parser.parse_args().calls
    session, made = open_network(model()), binding(Health())
    servicer: Any = guard(made.servicer, made.descriptor)
    with instant_server() as stub:
        doors: Doors = {
            _NETWORK: lambda: session.run({"face": _TENSOR}),
            "protocol in process": lambda: servicer.ModelInfer(request(_TENSOR), None),
            "protocol over gRPC": lambda: stub.ModelInfer(request(_TENSOR), timeout=60),
        }
        show(measured(doors, calls))


def request(tensor: Tensor) -> oip.ModelInferRequest:
    """What a client sends."""
    entry = oip.ModelInferRequest.InferInputTensor(name="face", datatype="FP32", shape=tensor.shape)
    return oip.ModelInferRequest(model_name=MODEL, inputs=[entry], raw_input_contents=[to_raw(tensor)])


def measured(doors: Doors, calls: int) -> dict[str, list[float]]:
    """Microseconds of every call, the ways in turns, in an order out of chance: who has just waited is scheduled first."""
    took_us: dict[str, list[float]] = {name: [] for name in doors}
    order = random.Random(1)
    for turn in range(_WARM_UP + calls):
        for name in order.sample(list(doors), len(doors)):
            start_s = time.perf_counter()
            doors[name]()
            if turn >= _WARM_UP:
                took_us[name].append((time.perf_counter() - start_s) * 1e6)
    return took_us


def show(took_us: dict[str, list[float]]) -> None:
    """A line for each way: the fastest tenth, which a busy machine disturbs least, and the median."""
    print(f"{MODEL}, {_TENSOR.nbytes} bytes in")
    bare_us = _typical(took_us[_NETWORK])
    for name, each_us in took_us.items():
        fast_us, median_us = _typical(each_us)
        shares = f"{fast_us / bare_us[0]:.1%} and {median_us / bare_us[1]:.1%} of the network"
        print(f"  {name}: fastest tenth {fast_us:.0f} us, median {median_us:.0f} us; {shares}")


def _typical(each_us: list[float]) -> tuple[float, float]:
    return statistics.quantiles(each_us, n=10)[0], statistics.median(each_us)


@contextlib.contextmanager
def instant_server() -> Iterator[Any]:
    """A client of a server whose network takes no time."""
    [port] = free_ports(1)
    command = [sys.executable, "-m", "bench.open_inference.instant", str(port)]
    with subprocess.Popen(command, cwd=_ROOT) as process, open_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = open_inference_service_pb2_grpc.GRPCInferenceServiceStub(channel)
        try:
            stub.ServerLive(oip.ServerLiveRequest(), timeout=60, wait_for_ready=True)
            yield stub
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
