"""The tests of sound in this process, one by one: where a model changes, only its own test is asked again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from av_sync_svc.cues.cue import CoherenceCue
from av_sync_svc.cues.lip_sync import LipSyncCue
from av_sync_svc.cues.voice_spoof import VoiceSpoofCue
from av_sync_svc.detector import Ears
from av_sync_svc.hearing import Hearing, listen
from av_sync_svc.mouths import Mouth
from av_sync_svc.opinion import no_face, no_sound
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.models.card import LoadedModel
from telltale.common.v1 import evidence_pb2, media_pb2

Opinions = tuple[media_pb2.MediaInfo, list[evidence_pb2.Evidence]]


class Listener(Protocol):
    """One test of sound."""

    @property
    def label(self) -> str:
        """For whoever waits."""
        ...

    @property
    def card_digests(self) -> list[str]:
        """Digests of all that is behind the evidence."""
        ...

    def examine(self, data: bytes) -> Opinions:
        """The test's opinion on a clip of these bytes. Raises what decoding raises."""
        ...


@dataclass(frozen=True)
class LoneListener:
    """A test that listens alone."""

    ears: Ears
    speech: LoadedModel
    cue: VoiceSpoofCue | CoherenceCue

    @property
    def label(self) -> str:
        """Name of the test."""
        return self.cue.name

    @property
    def card_digests(self) -> list[str]:
        """Of the test and of the finder of speech."""
        return [self.cue.model.card_sha256, self.speech.card_sha256]

    def examine(self, data: bytes) -> Opinions:
        """What it says of the sound."""
        hearing = hear(self.ears, data)
        evidence = no_sound(self.cue) if hearing is None else self.cue.examine(hearing, CancelToken())
        return media_pb2.MediaInfo(), [evidence]


@dataclass(frozen=True)
class LipListener:
    """The test of lips, with the shipped networks or others in their place."""

    ears: Ears
    speech: LoadedModel
    cue: LipSyncCue
    judge: str
    mouths: Mapping[str, Mouth]
    """The main person's mouth, by digest of the clip."""

    @property
    def label(self) -> str:
        """Name of the test, and whose networks are asked."""
        return f"{self.cue.name}, {self.judge}"

    @property
    def card_digests(self) -> list[str]:
        """Of the test and of the finder of speech; a run writes its card together with the networks of its folds."""
        return [self.cue.model.card_sha256, self.speech.card_sha256, self.judge]

    def of(self, judge: str, network: nn.Module, mouths: Mapping[str, Mouth]) -> LipListener:
        """The same test, asked about these mouths, with another network and the calibration of the shipped one."""
        return replace(self, judge=judge, mouths=mouths, cue=LipSyncCue(TorchSession(network), self.cue.model))

    def examine(self, data: bytes) -> Opinions:
        """What it says of the main person's lips."""
        hearing = hear(self.ears, data)
        return media_pb2.MediaInfo(), [self._opinion(hearing, self.mouths.get(hashlib.sha256(data).hexdigest()))]

    def _opinion(self, hearing: Hearing | None, mouth: Mouth | None) -> evidence_pb2.Evidence:
        if hearing is None:
            return no_sound(self.cue)
        if mouth is None and hearing.speech_s >= self.cue.model.card.sound_preprocessing.min_s:
            return no_face(self.cue)
        return self.cue.examine(hearing, [mouth] if mouth else [], CancelToken()).evidence


@dataclass(frozen=True)
class TorchSession:
    """Runs the networks of lips and sound without exporting them; a session of kit.models.runtime."""

    network: nn.Module

    @torch.inference_mode()
    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.float32]]:
        """Embeddings of "lips" and "sound"."""
        lips, sound = self.network(torch.from_numpy(inputs["lips"]), torch.from_numpy(inputs["sound"]))
        return {"lips_embedding": lips.numpy(), "sound_embedding": sound.numpy()}


def hear(ears: Ears, data: bytes) -> Hearing | None:
    """What there is to hear in a clip; None where there is no sound. Raises what decoding raises."""
    cancel = CancelToken()
    with MediaFile.from_bytes(data) as media:
        listening = listen(ears.reader, ears.finder, media, media_pb2.DEPTH_STANDARD, cancel)
        if listening is None:
            return None
        for _ in listening.shares(cancel):
            pass
        return listening.hearing(cancel)
