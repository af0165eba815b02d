"""Whoever goes away in the middle of an answer, or meets an error there, gives back the models that were at work for it."""

from __future__ import annotations

import gc
import hashlib
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import pytest

from image_svc.service import image_service
from kit.clock import SystemClock
from kit.errors import UndecodableMedia
from kit.models.settings import ModelSettings
from kit.rpc.channel import open_channel
from kit.rpc.server import start
from kit.serving.bundle import Bundle
from kit.serving.desk import Desk
from kit.serving.lanes import Lanes
from kit.serving.networks import Networks
from kit.serving.shadow import Shadow
from telltale.common.v1 import media_pb2
from telltale.image.v1 import image_service_pb2, image_service_pb2_grpc

PATIENCE_S = 20.0


class FakeDetector:
    """Sends progress without an end, or until it fails."""

    basis = "b"
    models = ()

    def __init__(self, *, fails: bool) -> None:
        self._steps = 3 if fails else None

    def analyze(self, *_: object) -> Iterator[media_pb2.Progress]:
        for _step in itertools.count() if self._steps is None else range(self._steps):
            yield media_pb2.Progress(done_share=0.5)
        raise UndecodableMedia("no picture could be read; send another file")


@contextmanager
def calling(detector: FakeDetector) -> Iterator[tuple[Lanes[FakeDetector], threading.Event, grpc.Call]]:
    """A call at work, the lanes behind it, and what is set when the models that it began with are freed."""
    freed = threading.Event()
    lanes = Lanes(Bundle(detector, Networks()), 3, SystemClock(), lambda _: freed.set())
    settings = ModelSettings(drain_s=0)
    server = start(settings, [image_service(Desk(lanes, Shadow(lanes)), max_bytes=100)])
    gc.disable()  # A call that leaves its lease in a circle would give it back whenever somebody looks for circles.
    try:
        with open_channel(f"127.0.0.1:{server.port}") as channel:
            stub = image_service_pb2_grpc.ImageServiceStub(channel)
            yield lanes, freed, stub.AnalyzeImage(iter(_photo()), timeout=PATIENCE_S)
    finally:
        gc.enable()
        server.stop()


def _photo() -> list[image_service_pb2.AnalyzeImageRequest]:
    kind, sha256 = media_pb2.MEDIA_KIND_IMAGE, hashlib.sha256(b"photo").hexdigest()
    info = media_pb2.MediaInfo(kind=kind, mime_type="image/jpeg", size_bytes=5, sha256=sha256)
    header = image_service_pb2.AnalyzeImageRequest(header=media_pb2.MediaHeader(media=info))
    return [header, image_service_pb2.AnalyzeImageRequest(chunk=b"photo")]


def test_who_goes_away_in_the_middle_holds_no_models() -> None:
    with calling(FakeDetector(fails=False)) as (lanes, freed, call):
        next(call)
        lanes.put("main", Bundle(FakeDetector(fails=False), Networks()))
        assert (freed.is_set(), lanes.view("main").calls) == (False, 1)
        call.cancel()
        assert freed.wait(PATIENCE_S)


def test_an_error_in_the_middle_holds_no_models() -> None:
    with calling(FakeDetector(fails=True)) as (lanes, freed, call):
        with pytest.raises(grpc.RpcError) as refused:
            list(call)
        assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
        lanes.put("main", Bundle(FakeDetector(fails=False), Networks()))
        assert freed.wait(PATIENCE_S)
