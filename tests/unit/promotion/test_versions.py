from __future__ import annotations

from pathlib import Path

import pytest

from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.card import LoadedModel
from kit.models.registry import Registry
from promotion.judging.services import open_service
from promotion.versions import place_of
from tests.support.promotion import ROOT


class Listening:
    """A `ModelSource` that notes what is asked of it."""

    def __init__(self) -> None:
        self.registry = Registry(ROOT / "models")
        self.asked: set[str] = set()

    def load(self, name: str) -> LoadedModel:
        self.asked.add(name)
        return self.registry.load(name)


@pytest.mark.parametrize("name", ["face_spatial", "face_motion", "voice_spoof", "exif_anomaly"])
def test_what_is_fetched_for_a_service_is_what_it_asks_for(name: str) -> None:
    models, place = Listening(), place_of(name)
    # A sandbox that is never started: nothing is decoded here.
    open_service(place.service, Sandbox(SandboxSettings(), ()), models)
    assert models.asked == set(place.names)


def test_parts_are_judged_by_the_verdict_and_tests_by_themselves() -> None:
    assert place_of("face_finder").judged_by("face_finder") == "the verdict over the evidence of image_svc"
    assert "fusion" in place_of("face_finder").names
    assert place_of("frequency").judged_by("frequency") == "the test frequency itself"
    assert place_of("fusion").judged_by("fusion") == "the verdict over the evidence of all services"


def test_every_shipped_model_that_serves_has_a_place() -> None:
    serving = {path.name for path in Path(ROOT / "models").iterdir()} - {"mtcnn"}
    assert {name for name in serving if place_of(name)} == serving
