"""Runs the metadata service: `python -m metadata_svc`."""

from __future__ import annotations

from kit.media.sandbox import Sandbox, SandboxSettings
from kit.process import run
from kit.rpc.model_service import model_service
from kit.rpc.server import serve
from kit.settings import load
from metadata_svc.detector import build_detector
from metadata_svc.features import WARM_UP
from metadata_svc.service import metadata_service
from metadata_svc.settings import MetadataSettings


def main() -> None:
    """Settings, sandbox, detector, server."""
    settings = load(MetadataSettings)
    with Sandbox.start(SandboxSettings(max_children=settings.max_concurrent_calls), [WARM_UP]) as sandbox:
        detector = build_detector(settings, sandbox)
        services = [metadata_service(detector, settings.max_bytes), model_service(detector.models)]
        serve("metadata_svc", settings, services)


if __name__ == "__main__":
    run(main)
