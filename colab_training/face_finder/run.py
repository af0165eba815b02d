"""One run from photos to model: teacher's labels, composed pictures, learning, export, measuring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from colab_training.face_finder import trials
from colab_training.face_finder.card import TestPictures, Trained, write_model
from colab_training.face_finder.files import material, portraits, write_listing, write_pictures
from colab_training.face_finder.scenes import Scenes, camera_photos, read_scenes
from colab_training.face_finder.settings import FinderSettings
from colab_training.face_finder.train import fit, prepare_ultralytics
from colab_training.manifest import Sample, manifest_sha256, part, read_manifest
from colab_training.pictures import FoundFace, read_picture, teacher_faces
from telltale.model.v1 import card_pb2


@dataclass(frozen=True)
class Places:
    """Where a run finds and leaves its files."""

    config: Path
    data: Path
    models: Path
    cache: Path
    start: Path | None = None
    """Checkpoint of an earlier run to begin with."""


@dataclass(frozen=True)
class _Portraits:
    root: Path
    parts: Mapping[str, Sequence[Sample]]
    faces: Mapping[str, FoundFace]


def train_finder(settings: FinderSettings, places: Places, out: Path) -> card_pb2.ModelCard:
    """Trains, or goes on, and writes the model's folder."""
    cv2.setNumThreads(1)
    work = places.cache / places.config.stem
    prepare_ultralytics(work)
    people, scenes = _read_portraits(settings, places), read_scenes(places.data)
    _write_pictures(settings, people, scenes, work)
    checkpoint = fit(settings, write_listing(work), work, places.start)
    from colab_training.face_finder.export import load_network  # ultralytics must be prepared first

    learned = [sample for sample in people.parts["fit"] if sample.file in people.faces]
    digest = manifest_sha256(people.root)
    network = load_network(checkpoint)
    trained = Trained(settings, network, places.config, learned, len(scenes.learned), digest, places.start)
    return write_model(trained, _test_pictures(settings, people, scenes, camera_photos(places.data)), out)


def _read_portraits(settings: FinderSettings, places: Places) -> _Portraits:
    root = places.data / "faces"
    samples = read_manifest(root)
    parts = {name: part(samples, name) for name in ("fit", "calibration", "val")}
    if settings.portraits:
        parts = {name: trials.drawn(members, settings.portraits) for name, members in parts.items()}
    asked = [sample for members in parts.values() for sample in members]
    return _Portraits(root, parts, teacher_faces(root, asked, places.models, places.cache))


def _write_pictures(settings: FinderSettings, people: _Portraits, scenes: Scenes, work: Path) -> None:
    plan = (("fit", "fit", settings.pictures.count), ("watch", "calibration", settings.pictures.watch_count))
    for index, (folder, name, count) in enumerate(plan):
        pieces = material(portraits(people.root, people.parts[name], people.faces), scenes.learned)
        write_pictures(work / folder, pieces, settings.pictures, count, settings.seed + index)


def _test_pictures(
    settings: FinderSettings, people: _Portraits, scenes: Scenes, cameras: Sequence[Path]
) -> TestPictures:
    held_back = [read_picture(photo) for photo in scenes.held_back]
    watched, native = (
        list(trials.native(people.root, trials.drawn(people.parts[name], settings.measured), people.faces))
        for name in ("calibration", "val")
    )
    return TestPictures(
        things=trials.with_quarters(trials.photos_of_things() + [read_picture(photo) for photo in scenes.learned]),
        watched=watched,
        native=native,
        composed=list(trials.composed(native, held_back, settings.seed)),
        empty=[*held_back, *(read_picture(photo) for photo in cameras)],
    )
