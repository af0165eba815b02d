"""MLServer: the Open Inference Protocol over gRPC, or a REST route of the model's own (`--way rest`), the faster.

With `--processes` the work is handed to that many others; without, threads of the server's process do it.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.handlers import custom_handler
from mlserver.settings import ModelParameters
from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput
from mlserver.utils import install_uvloop_event_loop
from starlette.requests import Request
from starlette.responses import JSONResponse

from bench.serving.servers.options import options
from bench.serving.work import open_work


class Model(MLModel):
    """The work; the tensor `jpeg` holds one file."""

    async def load(self) -> bool:
        """In every process."""
        extra = self.settings.parameters.extra
        self._work = open_work(extra["network"], extra["cores"])
        self._pool = ThreadPoolExecutor(extra["threads"])
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """The loop stays free for requests while a thread works."""
        probability = await self._of(payload.inputs[0].data[0])
        output = ResponseOutput(name="probability", shape=[1], datatype="FP32", data=[probability])
        return InferenceResponse(model_name=self.name, outputs=[output])

    @custom_handler(rest_path="/predict")
    async def raw(self, request: Request) -> JSONResponse:
        """The same, without the protocol."""
        return JSONResponse({"probability": await self._of(await request.body())})

    async def _of(self, jpeg: bytes) -> float:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._work, jpeg)


def main() -> None:
    """Serves until SIGTERM."""
    own = options("with_mlserver")
    rest = own.way == "rest"
    extra = {"network": str(own.network.resolve()), "threads": own.threads, "cores": own.cores}
    settings = Settings(
        debug=False,
        host="127.0.0.1",
        http_port=own.port if rest else own.port + 1,
        grpc_port=own.port + 1 if rest else own.port,
        metrics_port=own.port + 2,
        parallel_workers=own.processes,
        grpc_max_message_length=16 * 2**20,
    )
    model = ModelSettings(name="work", implementation=Model, parameters=ModelParameters(extra=extra))
    install_uvloop_event_loop()  # as MLServer's own command does
    asyncio.run(_serve(settings, model))


async def _serve(settings: Settings, model: ModelSettings) -> None:
    await MLServer(settings).start(models_settings=[model])


if __name__ == "__main__":
    main()
