"""Drives a server of the Open Inference Protocol by Triton's own client: `python -m tests.support.triton HOST:PORT FOLDER`.

A program of its own: the client brings the contract along under the same names as ours, which one process cannot hold twice.
FOLDER has the inputs of models as NAME.npz; their outputs are written beside them as NAME.out.npz, and what else the client was
told to standard output, as JSON.
"""

from __future__ import annotations

import json
import queue
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

AT_ONCE = 4


def main(target: str, folder: Path) -> None:
    """Asks everything that the client can ask."""
    with triton.InferenceServerClient(target) as client:
        told: dict[str, Any] = {
            "live": client.is_server_live(),
            "ready": client.is_server_ready(),
            "server": client.get_server_metadata(as_json=True),
            "stream": stream(client),
            "missing": refusal(lambda: client.get_model_metadata("nobody")),
            "config": refusal(lambda: client.get_model_config("nobody")),
            "models": {},
        }
        for path in sorted(folder.glob("*.npz")):
            told["models"][path.stem] = ask(client, path)
    sys.stdout.write(json.dumps(told))


def ask(client: triton.InferenceServerClient, path: Path) -> dict[str, Any]:
    """Runs a model once, then several times at once; what it said of itself."""
    name, inputs = path.stem, tensors(path)
    metadata = client.get_model_metadata(name, as_json=True)
    result = client.infer(name, inputs, request_id="one", timeout=20_000_000, priority=1)
    outputs = {entry["name"]: result.as_numpy(entry["name"]) for entry in metadata["outputs"]}
    np.savez(path.with_suffix(".out.npz"), **outputs)
    first = metadata["outputs"][0]["name"]
    only = client.infer(name, inputs, outputs=[triton.InferRequestedOutput(first)])
    return {
        "ready": client.is_model_ready(name),
        "other_version_ready": client.is_model_ready(name, "0.0.0"),
        "metadata": metadata,
        "version": result.get_response().model_version,
        "id": result.get_response().id,
        "only": [entry.name for entry in only.get_response().outputs],
        "together": together(client, name, inputs, first, outputs[first]),
        "other_version": refusal(lambda: client.infer(name, inputs, model_version="0.0.0")),
    }


def together(client: triton.InferenceServerClient, name: str, inputs: Any, output: str, expected: Any) -> float:
    """Largest difference of the answers to calls at once from that of one alone, as a share of its largest number."""
    answers: queue.Queue[Any] = queue.Queue()
    for _ in range(AT_ONCE):
        client.async_infer(name, inputs, callback=lambda result, error: answers.put(error or result.as_numpy(output)))
    found = [answers.get(timeout=60) for _ in range(AT_ONCE)]
    return float(max(np.abs(answer - expected).max() for answer in found) / np.abs(expected).max())


def tensors(path: Path) -> list[triton.InferInput]:
    """The inputs in a file."""
    made = []
    for name, value in np.load(path).items():
        entry = triton.InferInput(name, value.shape, np_to_triton_dtype(value.dtype))
        made.append(entry.set_data_from_numpy(value))
    return made


def stream(client: triton.InferenceServerClient) -> str:
    """What becomes of Triton's own streaming call, which the protocol does not have."""
    answers: queue.Queue[Any] = queue.Queue()
    client.start_stream(callback=lambda result, error: answers.put(error))
    said = str(answers.get(timeout=20))
    client.stop_stream(cancel_requests=True)
    return said


def refusal(call: Any) -> str:
    """The sentence of what a call raises; empty when it does not."""
    try:
        call()
    except InferenceServerException as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
