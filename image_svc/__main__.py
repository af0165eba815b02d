"""Runs the image service: `python -m image_svc`."""

from __future__ import annotations

from image_svc.build import build_detectors
from image_svc.service import image_service
from image_svc.settings import ImageSettings
from kit.media import image, video
from kit.media.sandbox import Sandbox
from kit.process import run
from kit.rpc.model_service import model_service
from kit.rpc.server import serve
from kit.settings import load


def main() -> None:
    """Settings, sandbox, detector, server."""
    settings = load(ImageSettings)
    preload = (*image.PRELOAD, *video.PRELOAD)
    with Sandbox.start(settings.sandbox, preload) as sandbox:
        detector = build_detectors(settings, sandbox)
        services = [image_service(detector, settings.max_bytes), model_service(detector.models)]
        serve("image_svc", settings, services, detector.warm_up)


if __name__ == "__main__":
    run(main)
