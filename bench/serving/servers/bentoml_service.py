"""The service that BentoML's workers import. It is made when it is imported: that is BentoML's way."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bentoml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.serving.servers.with_bentoml import TOLD
from bench.serving.work import open_work


def _service(network: str, processes: int, threads: int, cores: int) -> type:
    """A service whose route takes the JPEG as body: bytes as input of a method of BentoML's own would be a form."""
    work, pool = open_work(Path(network), cores), ThreadPoolExecutor(threads)

    async def predict(request: Request) -> JSONResponse:
        jpeg = await request.body()
        loop = asyncio.get_running_loop()
        return JSONResponse({"probability": await loop.run_in_executor(pool, work, jpeg)})

    settings = {"workers": processes, "threads": threads, "logging": {"access": {"enabled": False}}}

    @bentoml.asgi_app(Starlette(routes=[Route("/predict", predict, methods=["POST"])]), path="/")
    @bentoml.service(traffic={"timeout": 60, "max_concurrency": 64}, **settings)
    class Api:
        """The work."""

    return Api


_told = json.loads(Path(TOLD).read_text(encoding="utf-8"))
Api = _service(_told["network"], _told["processes"], _told["threads"], _told["cores"])
