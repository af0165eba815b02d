"""Runs the image service: `python -m image_svc`."""

from __future__ import annotations

from image_svc.build import build_detector
from image_svc.service import image_service
from image_svc.settings import ImageSettings
from kit.media.image import PRELOAD
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.process import run
from kit.rpc.model_service import model_service
from kit.rpc.server import serve
from kit.settings import load


def main() -> None:
    """Settings, sandbox, detector, server."""
    settings = load(ImageSettings)
    with Sandbox.start(SandboxSettings(max_children=settings.max_concurrent_calls), PRELOAD) as sandbox:
        detector = build_detector(settings, sandbox)
        services = [image_service(detector, settings.max_bytes), model_service(detector.models)]
        serve("image_svc", settings, services, detector.warm_up)


if __name__ == "__main__":
    run(main)
