"""What each network is shown, and what is known of that: examples for the ranges, faces to judge."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

import numpy as np

from colab_training.lip_sync.talks import talks_of
from colab_training.manifest import Sample, part, read_manifest
from colab_training.metrics import Floats
from colab_training.pictures import FacePicture, face_pictures, find_faces, read_picture
from colab_training.quantise.graph import Feed
from colab_training.speech_files import read_speech
from colab_training.voice_spoof.manifest import read_speech_manifest
from colab_training.whole_picture.sources import labelled_pictures
from colab_training.whole_picture.sources import part as labelled_part
from image_svc.cues.gates import Refusal
from image_svc.patches import INPUT, admit
from kit.convert.tensor import to_tensor
from kit.convert.windows import window_tensor
from kit.models.card import LoadedModel
from kit.models.runtime import Session, Tensor
from kit.sound.windows import levelled
from kit.vision.letterbox import letterbox
from telltale.model.v1 import card_pb2


@dataclass(frozen=True)
class Places:
    """Where data, models and caches are."""

    data: Path
    models: Path
    cache: Path


class Subject(Protocol):
    """What a network is shown."""

    def examples(self, count: int, seed: int) -> Iterator[Feed]:
        """Inputs of part "fit", drawn by the seed."""
        ...


@runtime_checkable
class JudgedSubject(Subject, Protocol):
    """Also what is known of it, so that a variant can be held against its original."""

    def samples(self, name: str) -> Sequence[Sample]:
        """The labelled items of a part, "calibration" or "val"."""
        ...

    def judged(self, sessions: Sequence[Session], name: str) -> Floats:
        """Raw logits (sessions, N) of the items of a part, by each of the sessions."""
        ...


class Faces:
    """Faces of `faces/`, by what a card's preprocessing makes of each."""

    def __init__(self, model: LoadedModel, places: Places, tensor: Callable[[FacePicture], Tensor]) -> None:
        self._input = model.card.inputs[0].name
        self._logit = model.card.outputs[0].name
        self._taught = {data.name for data in model.card.training_data}
        self._places = places
        self._tensor = tensor
        self._known: dict[str, list[FacePicture]] = {}

    def examples(self, count: int, seed: int) -> Iterator[Feed]:
        """Faces of sources that the network learned from."""
        root = self._places.data / "faces"
        taught = [sample for sample in part(read_manifest(root), "fit") if sample.source in self._taught]
        chosen = np.random.default_rng(seed).permutation(len(taught))[:count]
        for face in self._pictures([taught[index] for index in chosen]):
            yield {self._input: self._tensor(face)[None]}

    def samples(self, name: str) -> Sequence[Sample]:
        """The faces of a part in which the finder finds one."""
        return [face.sample for face in self._part(name)]

    def judged(self, sessions: Sequence[Session], name: str) -> Floats:
        """Raw logits (sessions, N)."""
        feeds = ({self._input: self._tensor(face)[None]} for face in self._part(name))
        rows = [[float(session.run(feed)[self._logit][0]) for session in sessions] for feed in feeds]
        return np.array(rows, np.float64).T

    def _part(self, name: str) -> list[FacePicture]:
        if name not in self._known:
            self._known[name] = self._pictures(part(read_manifest(self._places.data / "faces"), name))
        return self._known[name]

    def _pictures(self, samples: Sequence[Sample]) -> list[FacePicture]:
        root = self._places.data / "faces"
        return face_pictures(root, samples, find_faces(root, samples, self._places.models, self._places.cache))


@dataclass(frozen=True)
class Timed:
    """Inputs alone. A network must be worth the trouble before anybody asks whether it is still as good."""

    inputs: Callable[[], Iterable[Feed]]

    def examples(self, count: int, seed: int) -> Iterator[Feed]:
        """The first of them."""
        return itertools.islice(iter(self.inputs()), count)


def _crops(model: LoadedModel, places: Places) -> Subject:
    how: card_pb2.ImagePreprocessing = model.card.image_preprocessing
    return Faces(model, places, lambda face: to_tensor(face.pixels, how, face.face.box_px))


def _windows(model: LoadedModel, places: Places) -> Subject:
    how: card_pb2.ImagePreprocessing = model.card.image_preprocessing
    return Faces(model, places, lambda face: window_tensor(face.pixels, how, face.face.box_px)[0])


def _patches(model: LoadedModel, places: Places) -> Subject:
    how: card_pb2.ImagePreprocessing = model.card.image_preprocessing
    seen = (admit(picture.read(), how) for picture in labelled_part(labelled_pictures(places.data), "fit"))
    return Timed(lambda: ({INPUT: found.tensors} for found in seen if not isinstance(found, Refusal)))


def _letterboxes(model: LoadedModel, places: Places) -> Subject:
    how, root = model.card.image_preprocessing.letterbox, places.data / "faces"
    pictures = (read_picture(root / sample.file) for sample in part(read_manifest(root), "fit"))
    shown = (letterbox(picture, side_px, how).tensor for picture in pictures for side_px in how.sides_px)
    return Timed(lambda: ({model.card.inputs[0].name: tensor} for tensor in shown))


def _voices(model: LoadedModel, places: Places) -> Subject:
    folder, level = places.data / "speech", model.card.sound_preprocessing.level_dbfs
    files = [utterance.file for utterance in read_speech_manifest(folder) if utterance.split == "train"]
    sounds = (levelled(read_speech(folder / file), level) for file in files)
    return Timed(lambda: ({model.card.inputs[0].name: sound[None]} for sound in sounds))


def _mouths(model: LoadedModel, places: Places) -> Subject:
    lips, sound = (entry.name for entry in model.card.inputs)
    talks = talks_of(places.data, places.models, places.cache / "lip_sync")
    return Timed(lambda: ({lips: talk.lips[None], sound: talk.sound[None]} for talk in talks))


SUBJECTS: Final[Mapping[str, Callable[[LoadedModel, Places], Subject]]] = {
    "face_spatial": _crops,
    "noise_residual": _windows,
    "whole_picture": _patches,
    "face_finder": _letterboxes,
    "voice_spoof": _voices,
    "lip_sync": _mouths,
}
"""By name of the model."""
