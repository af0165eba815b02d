"""Clients that ask without a pause, and note of every answer how long it took and which models made it."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc

from kit.media.file import MediaFile
from kit.rpc.channel import open_channel
from kit.rpc.uploads import outgoing
from telltale.common.v1 import media_pb2
from telltale.image.v1 import image_service_pb2, image_service_pb2_grpc


@dataclass(frozen=True, slots=True)
class Answer:
    """One call. Times are of `time.perf_counter`."""

    began_s: float
    ended_s: float
    versions: frozenset[tuple[str, str]]
    """Name and version of every model that the answer names."""
    failure: str = ""

    @property
    def took_s(self) -> float:
        """How long it took."""
        return self.ended_s - self.began_s


@contextmanager
def clients(target: str, photos: Sequence[Path], count: int) -> Iterator[list[Answer]]:
    """So many clients, each with a connection of its own, until the context ends; their answers."""
    answers: list[Answer] = []
    stop = threading.Event()
    turned = [[*photos[number:], *photos[:number]] for number in range(len(photos))]
    threads = [
        threading.Thread(target=_ask_on, args=(target, turned[number % len(turned)], answers, stop))
        for number in range(count)
    ]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _ask_on(target: str, photos: Sequence[Path], answers: list[Answer], stop: threading.Event) -> None:
    loaded = [_read(path) for path in photos]
    with open_channel(target) as channel:
        stub = image_service_pb2_grpc.ImageServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        for info, data in itertools.cycle(loaded):
            if stop.is_set():
                return
            answers.append(_ask(stub, info, data))


def _ask(stub: image_service_pb2_grpc.ImageServiceStub, info: media_pb2.MediaInfo, data: bytes) -> Answer:
    began_s = time.perf_counter()
    failure, versions = "", set()
    try:
        for response in stub.AnalyzeImage(outgoing(image_service_pb2.AnalyzeImageRequest, info, [data])):
            model = response.tracks.model if response.WhichOneof("event") == "tracks" else response.evidence.model
            versions.add((model.name, model.version))
    except grpc.RpcError as error:
        failure = f"{error.code().name}: {error.details()}"
    return Answer(began_s, time.perf_counter(), frozenset(versions), failure)


def _read(path: Path) -> tuple[media_pb2.MediaInfo, bytes]:
    data = path.read_bytes()
    with MediaFile.from_bytes(data) as media:
        info = media_pb2.MediaInfo(
            kind=media_pb2.MEDIA_KIND_IMAGE, mime_type="image/jpeg", size_bytes=media.size_bytes, sha256=media.sha256
        )
    return info, data
