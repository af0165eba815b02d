"""BentoML: `--processes` workers, each with its own HTTP door and `--threads` calls at once."""

from __future__ import annotations

import json
import os
from pathlib import Path

from bench.serving.servers.options import options

TOLD = "bentoml.json"
"""In the working folder: BentoML's workers import the service anew, and this is how they are told what to serve."""


def main() -> None:
    """Becomes `bentoml serve`."""
    own = options("with_bentoml")
    told = {**vars(own), "network": str(own.network.resolve())}
    Path(TOLD).write_text(json.dumps(told), encoding="utf-8")
    service = "bench.serving.servers.bentoml_service:Api"
    command = ["bentoml", "serve", service, "--host", "127.0.0.1", "--port", str(own.port)]
    os.execvp(command[0], command)  # noqa: S606 - there is nothing for a shell to do


if __name__ == "__main__":
    main()
