"""Runs the fusion service: `python -m fusion_svc`."""

from __future__ import annotations

from fusion_svc.build import build_bundle
from fusion_svc.service import fusion_service
from fusion_svc.settings import FusionSettings
from kit.log import configure
from kit.process import run
from kit.rpc.health import Health
from kit.rpc.model_service import model_service
from kit.rpc.open_inference_service import open_inference_service
from kit.rpc.server import serve
from kit.serving.start import serving
from kit.settings import load


def main() -> None:
    """Settings, models, server."""
    settings = load(FusionSettings)
    configure("fusion_svc", settings.log_level)
    with serving(settings, build_bundle) as models:
        health = Health()
        standard = open_inference_service("fusion_svc", settings, models.lanes.hold, health)
        services = [fusion_service(models.desk), model_service(models, settings), *standard]
        serve(settings, services, models.warm_up, health)


if __name__ == "__main__":
    run(main)
