"""Runs the fusion service: `python -m fusion_svc`."""

from __future__ import annotations

from fusion_svc.catalogue import catalogues
from fusion_svc.model import MODEL_NAME, read_fusion_model
from fusion_svc.service import fusion_service
from fusion_svc.settings import FusionSettings
from kit.models.registry import Registry
from kit.process import run
from kit.rpc.model_service import model_service
from kit.rpc.server import serve
from kit.settings import load


def main() -> None:
    """Settings, model, server."""
    settings = load(FusionSettings)
    loaded = Registry(settings.models).load(MODEL_NAME, settings.model_version)
    services = [fusion_service(read_fusion_model(loaded)), model_service([loaded])]
    catalogues()  # A broken catalogue must stop the start, not the first call.
    serve("fusion_svc", settings, services)


if __name__ == "__main__":
    run(main)
