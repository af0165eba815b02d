"""The gateway's call to av_sync_svc against the service's own servicer: what arrives early, and what late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing

import pytest

from av_sync_svc.service import Event, av_sync_service
from gateway.backends.av_sync import AvSyncBackend
from gateway.backends.basis import heard_by
from gateway.making.case import Basis
from gateway.making.detect import Inquiry
from gateway.making.faces import Faces
from kit.convert.evidence import finding
from kit.errors import DetectorUnavailable
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.rpc.channel import open_aio_channel
from kit.rpc.server import start
from kit.settings import ServerSettings
from telltale.common.v1 import media_pb2
from telltale.image.v1 import image_service_pb2
from tests.support.fake_av_sync import a_curve, a_soundtrack
from tests.support.fake_detectors import face_tracks
from tests.support.serving import desk_of

MEDIA = bytes(range(256)) * 12_000  # three pieces
VOICE = finding("voice_spoof", 2.0, 1.0, "voice_synthetic", {})
TRACKS = face_tracks(is_video=True)


class Listens:
    """Hears the voice, then waits for the faces; notes what it was given."""

    basis = "b" * 64

    def __init__(self, broken: bool = False) -> None:
        self.media = b""
        self.tracks: list[image_service_pb2.FaceTracks | None] = []
        self.cancel: CancelToken | None = None
        self._broken = broken

    def analyze(
        self,
        media: MediaFile,
        info: media_pb2.MediaInfo,
        depth: media_pb2.Depth.ValueType,
        late_tracks: Callable[[], image_service_pb2.FaceTracks | None],
        cancel: CancelToken,
    ) -> Iterator[Event]:
        self.media, self.cancel = media.read(), cancel
        soundtrack = a_soundtrack()
        soundtrack.log_mel.columns += self._broken
        yield soundtrack
        yield VOICE
        self.tracks.append(late_tracks())
        yield a_curve()


async def hear(detector: Listens, faces: Faces, settle: Callable[[], None]) -> list[object]:
    """All events; `settle` is called when the voice was heard, and no event may come between."""
    running = start(ServerSettings(drain_s=0), [av_sync_service(desk_of(detector), 2**24)])
    found: list[object] = []
    try:
        async with open_aio_channel(target := f"127.0.0.1:{running.port}") as channel:
            with MediaFile.from_bytes(MEDIA) as media:
                info = media_pb2.MediaInfo(
                    kind=media_pb2.MEDIA_KIND_VIDEO, mime_type="video/mp4", size_bytes=len(MEDIA), sha256=media.sha256
                )
                inquiry = Inquiry(info, media, media_pb2.DEPTH_QUICK, 10, faces.to_come)
                async with aclosing(AvSyncBackend(channel, target).examine(inquiry)) as events:
                    async for event in events:
                        found.append(event)
                        if event == VOICE:
                            assert detector.tracks == []
                            settle()
    finally:
        await asyncio.to_thread(running.stop)
    return found


async def test_the_voice_is_heard_before_the_faces_are_known() -> None:
    detector, faces = Listens(), Faces()
    found = await hear(detector, faces, lambda: faces.give(TRACKS, detector.basis))
    assert found == [Basis(heard_by(detector.basis)), a_soundtrack(), VOICE, a_curve()]
    assert (detector.media, detector.tracks) == (MEDIA, [TRACKS])


async def test_without_faces_the_requests_end() -> None:
    detector, faces = Listens(), Faces()
    await hear(detector, faces, faces.give_up)
    assert detector.tracks == [None]


async def test_sound_that_breaks_the_contract_ends_the_call_while_faces_are_missing() -> None:
    detector = Listens(broken=True)
    with pytest.raises(DetectorUnavailable, match="log-mel map"):
        await asyncio.wait_for(hear(detector, Faces(), lambda: None), 10)
    assert detector.cancel is not None
    assert detector.cancel.cancelled
