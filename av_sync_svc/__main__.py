"""Runs the service for sound: `python -m av_sync_svc`."""

from __future__ import annotations

from av_sync_svc.build import PRELOAD, build_detector
from av_sync_svc.service import av_sync_service
from av_sync_svc.settings import AvSyncSettings
from kit.media.sandbox import Sandbox
from kit.process import run
from kit.rpc.model_service import model_service
from kit.rpc.server import serve
from kit.settings import load


def main() -> None:
    """Settings, sandbox, detector, server."""
    settings = load(AvSyncSettings)
    with Sandbox.start(settings.sandbox, PRELOAD) as sandbox:
        detector = build_detector(settings, sandbox)
        services = [av_sync_service(detector, settings.max_bytes), model_service(detector.models)]
        serve("av_sync_svc", settings, services, detector.warm_up)


if __name__ == "__main__":
    run(main)
