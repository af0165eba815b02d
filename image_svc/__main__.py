"""Runs the image service: `python -m image_svc`."""

from __future__ import annotations

from functools import partial

from image_svc.build import build_bundle
from image_svc.service import image_service
from image_svc.settings import ImageSettings
from kit.log import configure
from kit.media import image, video
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
    settings = load(ImageSettings)
    configure("image_svc", settings.log_level)
    preload = (*image.PRELOAD, *video.PRELOAD)
    with Sandbox.start(settings.sandbox, preload) as sandbox:
        make = partial(build_bundle, settings, sandbox)
        with serving(settings, make) as models:
            health = Health()
            standard = open_inference_service("image_svc", settings, models.lanes.hold, health)
            services = [image_service(models.desk, settings.max_bytes), model_service(models, settings), *standard]
            serve(settings, services, models.warm_up, health)


if __name__ == "__main__":
    run(main)
