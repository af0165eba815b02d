"""Ray Serve: its proxy reads requests, `--processes` replicas with `--threads` calls at once each do the work."""

# No `annotations` of the future: FastAPI and Ray read them as objects.
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ray
from ray import serve
from starlette.requests import Request

from bench.serving.servers.options import options
from bench.serving.work import open_work


class Api:
    """The work; the body of a request is the JPEG."""

    def __init__(self, network: Path, threads: int, cores: int) -> None:
        self._work = open_work(network, cores)
        self._threads = ThreadPoolExecutor(threads)

    async def __call__(self, request: Request) -> dict[str, float]:
        """The loop of the replica stays free for requests while a thread works."""
        jpeg = await request.body()
        loop = asyncio.get_running_loop()
        return {"probability": await loop.run_in_executor(self._threads, self._work, jpeg)}


def main() -> None:
    """Serves until SIGTERM."""
    own = options("with_ray")
    ray.init(num_cpus=4, include_dashboard=False, logging_level="warning")
    quiet = {"enable_access_log": False, "log_level": "WARNING"}
    serve.start(http_options={"host": "127.0.0.1", "port": own.port}, logging_config=quiet)
    deployment = serve.deployment(
        Api,
        num_replicas=own.processes,
        max_ongoing_requests=64,
        ray_actor_options={"num_cpus": 0.5},
        logging_config=quiet,
    )
    serve.run(deployment.bind(own.network.resolve(), own.threads, own.cores), route_prefix="/predict")
    threading.Event().wait()


if __name__ == "__main__":
    main()
