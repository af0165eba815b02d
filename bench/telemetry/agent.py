"""A collector of traces as its users run it: rotel, which takes OTLP over gRPC and passes it on, or away."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import rotel  # type: ignore[import-untyped]  # the wheel has no types

from cli.stack.ports import free_ports

_AGENT = Path(rotel.__file__).with_name("rotel-agent")
_READY_S = 20


@contextmanager
def running_agent(log: Path, forward_to: str = "") -> Iterator[str]:
    """Where it takes spans, as in "http://127.0.0.1:4317". `forward_to` is where they go; empty: nowhere."""
    receiving, http = free_ports(2)
    onward = ["otlp", "--otlp-exporter-endpoint", forward_to] if forward_to else ["blackhole"]
    command = [
        str(_AGENT), "start",
        "--otlp-grpc-endpoint", f"127.0.0.1:{receiving}",
        "--otlp-http-endpoint", f"127.0.0.1:{http}",
        "--batch-timeout", "100ms",
        "--exporter", *onward,
    ]  # fmt: skip
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        _wait(receiving, process, log)
        yield f"http://127.0.0.1:{receiving}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=_READY_S)
        except grpc.FutureTimeoutError as error:
            raise RuntimeError(f"the collector does not listen ({process.poll()}): {log.read_text()}") from error
