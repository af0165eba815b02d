"""A detector of sound on a real port that does what a test tells it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
from google.protobuf.duration_pb2 import Duration

from kit.convert.evidence import abstention, finding
from telltale.av_sync.v1 import av_sync_service_pb2, sound_pb2
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from tests.support.fake_service import Fake

AV_SYNC_CUES = ("voice_spoof", "lip_sync", "av_coherence")


class FakeAvSync(Fake):
    """Judges what is heard as soon as the bytes are there, and then waits for the end of the requests.

    Attributes:
        heard: set when the voice was judged, so that only the late tracks are missing.
        tracks: the late tracks of every call; None where the requests ended without.
        depths: of every call.
        curves: the tracks of people whose lips it measures.
    """

    def __init__(self) -> None:
        super().__init__()
        self.heard = asyncio.Event()
        self.tracks: list[image_service_pb2.FaceTracks | None] = []
        self.depths: list[media_pb2.Depth.ValueType] = []
        self.curves = [0]

    async def AnalyzeSound(
        self, requests: AsyncIterator[Any], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[av_sync_service_pb2.AnalyzeSoundResponse]:
        await self.begin(context)
        messages = aiter(requests)
        header = (await anext(messages)).header
        self.depths.append(header.depth)
        self.received.append(await _bytes_of(messages, header.media.size_bytes))
        yield av_sync_service_pb2.AnalyzeSoundResponse(soundtrack=a_soundtrack())
        span = evidence_pb2.TimeSpan(start=Duration(), end=Duration(seconds=3), log_likelihood_ratio=2.0)
        yield _said(finding("voice_spoof", 2.0, 1.0, "voice_synthetic", {}, spans=[span]))
        yield _said(finding("av_coherence", -0.5, 1.0, "sound_seams_absent", {}))
        yield av_sync_service_pb2.AnalyzeSoundResponse(progress=media_pb2.Progress(done_share=0.5))
        self.heard.set()
        await self.middle(context)
        last = await anext(messages, None)
        self.tracks.append(None if last is None else last.tracks)
        for track_id in self.curves if last is not None else ():
            yield av_sync_service_pb2.AnalyzeSoundResponse(lip_sync=a_curve(track_id))
        if last is not None:
            yield _said(finding("lip_sync", -1.0, 1.0, "lips_in_sync", {}))
        else:
            yield _said(abstention("lip_sync", evidence_pb2.ABSTENTION_REASON_NO_FACE, {}))


def a_soundtrack() -> sound_pb2.Soundtrack:
    """Four seconds, all of them listened to, the first three spoken."""
    return sound_pb2.Soundtrack(
        duration=Duration(seconds=4),
        sample_rate_hz=44_100,
        channels=2,
        codec="aac",
        examined=[media_pb2.TimeRange(start=Duration(), end=Duration(seconds=4))],
        speech=[media_pb2.TimeRange(start=Duration(), end=Duration(seconds=3))],
        log_mel=sound_pb2.LogMelMap(columns=2, bands=2, values=bytes([1, 64, 128, 255])),
    )


def a_curve(track_id: int = 0, offset_ms: float = 120.0, confidence: float = 0.75) -> sound_pb2.LipSyncCurve:
    """The sound comes late for one person."""
    tried = [sound_pb2.OffsetDistance(offset_ms=at, distance=abs(at - offset_ms) / 1000) for at in (-120, 0, 120)]
    time = media_pb2.TimeRange(start=Duration(), end=Duration(seconds=3))
    window = sound_pb2.LipSyncWindow(time=time, offset_ms=offset_ms, confidence=confidence, distance=0.24)
    return sound_pb2.LipSyncCurve(
        track_id=track_id, offset_ms=offset_ms, confidence=confidence, distances=tried, windows=[window]
    )


async def _bytes_of(messages: AsyncIterator[Any], size_bytes: int) -> bytes:
    data = b""
    while len(data) < size_bytes:
        data += (await anext(messages)).chunk
    return data


def _said(evidence: evidence_pb2.Evidence) -> av_sync_service_pb2.AnalyzeSoundResponse:
    return av_sync_service_pb2.AnalyzeSoundResponse(evidence=evidence)
