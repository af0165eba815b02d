"""Runs the service for movement: `python -m temporal_svc`."""

from __future__ import annotations

from functools import partial

from kit.log import configure
from kit.media.sandbox import Sandbox
from kit.media.video import PRELOAD
from kit.process import keep_freed_memory, run
from kit.rpc.health import Health
from kit.rpc.model_service import model_service
from kit.rpc.open_inference_service import open_inference_service
from kit.rpc.server import serve
from kit.serving.start import serving
from kit.settings import load
from temporal_svc.build import build_bundle
from temporal_svc.service import temporal_service
from temporal_svc.settings import TemporalSettings


def main() -> None:
    """Settings, sandbox, models, server."""
    keep_freed_memory()
    settings = load(TemporalSettings)
    configure("temporal_svc", settings.log_level)
    with Sandbox.start(settings.sandbox, PRELOAD) as sandbox:
        make = partial(build_bundle, settings, sandbox)
        with serving(settings, make) as models:
            health = Health()
            standard = open_inference_service("temporal_svc", settings, models.lanes.hold, health)
            services = [temporal_service(models.desk, settings.max_bytes), model_service(models, settings), *standard]
            serve(settings, services, models.warm_up, health)


if __name__ == "__main__":
    run(main)
