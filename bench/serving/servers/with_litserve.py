"""LitServe: one process reads requests, `--processes` others decode and infer; `--way fast` hands them over by ZeroMQ."""

# No `annotations` of the future: LitServe reads them as objects.
from pathlib import Path
from typing import Annotated

import litserve
from fastapi import Depends, Request

from bench.serving.servers.options import options
from bench.serving.work import open_work


async def _body(request: Request) -> bytes:
    return await request.body()


class Api(litserve.LitAPI):
    """The work; the body of a request is the JPEG."""

    def __init__(self, network: Path, cores: int, rows: int) -> None:
        super().__init__(max_batch_size=rows)
        self._network = network
        self._cores = cores

    def setup(self, device: str) -> None:
        """In every worker."""
        self._work = open_work(self._network, self._cores)

    def decode_request(self, request: Annotated[bytes, Depends(_body)]) -> bytes:
        """In a worker: bytes as they came."""
        return request

    def predict(self, x: bytes | list[bytes]) -> float | list[float]:
        """In a worker; a list where LitServe puts requests together."""
        return self._work.many(x) if isinstance(x, list) else self._work(x)

    def encode_response(self, output: float) -> dict[str, float]:
        """In a worker."""
        return {"probability": output}


def main() -> None:
    """Serves until SIGTERM."""
    own = options("with_litserve")
    api = Api(own.network, own.cores, own.rows)
    server = litserve.LitServer(
        api, accelerator="cpu", workers_per_device=own.processes, fast_queue=own.way == "fast", timeout=False
    )
    server.run(host="127.0.0.1", port=own.port, generate_client_file=False, log_level="warning", num_api_servers=1)


if __name__ == "__main__":
    main()
