"""Runs the service for movement: `python -m temporal_svc`."""

from __future__ import annotations

from kit.media.sandbox import Sandbox
from kit.media.video import PRELOAD
from kit.process import run
from kit.rpc.model_service import model_service
from kit.rpc.server import serve
from kit.settings import load
from temporal_svc.build import build_detector
from temporal_svc.service import temporal_service
from temporal_svc.settings import TemporalSettings


def main() -> None:
    """Settings, sandbox, detector, server."""
    settings = load(TemporalSettings)
    with Sandbox.start(settings.sandbox, PRELOAD) as sandbox:
        detector = build_detector(settings, sandbox)
        services = [temporal_service(detector, settings.max_bytes), model_service(detector.models)]
        serve("temporal_svc", settings, services, detector.warm_up)


if __name__ == "__main__":
    run(main)
