"""Runs the metadata service: `python -m metadata_svc`."""

from __future__ import annotations

from functools import partial

from kit.log import configure
from kit.media.sandbox import Sandbox
from kit.process import run
from kit.rpc.health import Health
from kit.rpc.model_service import model_service
from kit.rpc.open_inference_service import open_inference_service
from kit.rpc.server import serve
from kit.serving.start import serving
from kit.settings import load
from metadata_svc.detector import build_bundle
from metadata_svc.features import WARM_UP
from metadata_svc.service import metadata_service
from metadata_svc.settings import MetadataSettings


def main() -> None:
    """Settings, sandbox, models, server."""
    settings = load(MetadataSettings)
    configure("metadata_svc", settings.log_level)
    with Sandbox.start(settings.sandbox, [WARM_UP]) as sandbox:
        make = partial(build_bundle, settings, sandbox)
        with serving(settings, make) as models:
            health = Health()
            standard = open_inference_service("metadata_svc", settings, models.lanes.hold, health)
            services = [metadata_service(models.desk, settings.max_bytes), model_service(models, settings), *standard]
            serve(settings, services, models.warm_up, health)


if __name__ == "__main__":
    run(main)
