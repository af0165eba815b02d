"""Triton through nvidia-pytriton: its server in front, `--processes` workers in Python behind (its wheel has no other)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pytriton.model_config import ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

from bench.serving.servers.options import options
from bench.serving.work import Work, open_work


def _worker(work: Work) -> Callable[..., list[dict[str, np.ndarray]]]:
    def infer(requests: list) -> list[dict[str, np.ndarray]]:
        return [{"probability": np.float32([work(request["jpeg"].item())])} for request in requests]

    return infer


def main() -> None:
    """Serves until SIGTERM."""
    own = options("with_triton")
    ports = {"grpc_port": own.port, "http_port": own.port + 1, "metrics_port": own.port + 2}
    config = TritonConfig(grpc_address="127.0.0.1", http_address="127.0.0.1", **ports)
    with Triton(config=config) as server:
        server.bind(
            model_name="work",
            infer_func=[_worker(open_work(own.network, own.cores)) for _ in range(own.threads)],
            inputs=[Tensor(name="jpeg", dtype=bytes, shape=(1,))],
            outputs=[Tensor(name="probability", dtype=np.float32, shape=(1,))],
            config=ModelConfig(batching=False),
        )
        server.serve()


if __name__ == "__main__":
    main()
