"""Calls to a service through its door, without a pause, and what came of them."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc

from kit.media.file import MediaFile
from kit.rpc.channel import open_channel
from kit.rpc.uploads import outgoing
from telltale.common.v1 import media_pb2
from telltale.image.v1 import image_service_pb2, image_service_pb2_grpc


@dataclass
class Load:
    """How many calls ended by which status."""

    by_status: Counter[str] = field(default_factory=Counter)

    @property
    def calls(self) -> int:
        """All of them."""
        return self.by_status.total()

    @property
    def failed(self) -> int:
        """Those that their caller saw fail."""
        return self.calls - self.by_status["OK"]


@contextmanager
def load(target: str, photos: Sequence[Path], clients: int) -> Iterator[Load]:
    """So many clients, each with a connection of its own, until the context ends; every call is waited for."""
    counted, stop, lock = Load(), threading.Event(), threading.Lock()

    def ask_on(first: int) -> None:
        with open_channel(target) as channel:
            stub = image_service_pb2_grpc.ImageServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
            for photo in itertools.islice(itertools.cycle(photos), first, None):
                if stop.is_set():
                    return
                status = _ask(stub, photo.read_bytes())
                with lock:
                    counted.by_status[status] += 1

    threads = [threading.Thread(target=ask_on, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield counted
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _ask(stub: image_service_pb2_grpc.ImageServiceStub, data: bytes) -> str:
    with MediaFile.from_bytes(data) as media:
        info = media_pb2.MediaInfo(
            kind=media_pb2.MEDIA_KIND_IMAGE, mime_type="image/jpeg", size_bytes=media.size_bytes, sha256=media.sha256
        )
    try:
        for _ in stub.AnalyzeImage(outgoing(image_service_pb2.AnalyzeImageRequest, info, [data])):
            pass
    except grpc.RpcError as error:
        return str(error.code().name)
    return "OK"
