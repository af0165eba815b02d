"""Runs the service for sound: `python -m av_sync_svc`."""

from __future__ import annotations

from functools import partial

from av_sync_svc.build import PRELOAD, build_bundle
from av_sync_svc.service import av_sync_service
from av_sync_svc.settings import AvSyncSettings
from kit.log import configure
from kit.media.sandbox import Sandbox
from kit.process import keep_freed_memory, run
from kit.rpc.health import Health
from kit.rpc.model_service import model_service
from kit.rpc.open_inference_service import open_inference_service
from kit.rpc.server import serve
from kit.serving.start import serving
from kit.settings import load


def main() -> None:
    """Settings, sandbox, models, server."""
    keep_freed_memory()
    settings = load(AvSyncSettings)
    configure("av_sync_svc", settings.log_level)
    with Sandbox.start(settings.sandbox, PRELOAD) as sandbox:
        make = partial(build_bundle, settings, sandbox)
        with serving(settings, make) as models:
            health = Health()
            standard = open_inference_service("av_sync_svc", settings, models.lanes.hold, health)
            services = [av_sync_service(models.desk, settings.max_bytes), model_service(models, settings), *standard]
            serve(settings, services, models.warm_up, health)


if __name__ == "__main__":
    run(main)
