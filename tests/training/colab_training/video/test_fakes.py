"""Made fakes change the face where they should, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("av", reason="the media library is not installed")

from colab_training.video.fakes import KINDS, make_fake
from tests.training.colab_training.video.made_up import FACE_PX, footage

OWN, DONOR = footage(0), footage(1, source="float")
SECOND_HALF = np.arange(OWN.frames) >= OWN.frames // 2
every_kind = pytest.mark.parametrize("kind", KINDS)


def made(kind: str, seed: int = 3) -> np.ndarray:
    return make_fake(np.random.default_rng(seed), OWN, DONOR, kind, SECOND_HALF).pixels


@every_kind
def test_pictures_that_are_not_replaced_stay_byte_for_byte(kind: str) -> None:
    np.testing.assert_array_equal(made(kind)[~SECOND_HALF], OWN.pixels[~SECOND_HALF])


@every_kind
def test_the_face_changes_in_every_replaced_picture_and_nothing_far_from_it(kind: str) -> None:
    changed = (made(kind) != OWN.pixels).any(axis=3)
    assert changed[SECOND_HALF].any(axis=(1, 2)).all()
    for frame in np.flatnonzero(SECOND_HALF):
        rows, columns = np.nonzero(changed[frame])
        middle = OWN.landmarks[frame].mean(axis=0)
        assert np.hypot(columns - middle[0], rows - middle[1]).max() < FACE_PX


@every_kind
def test_the_same_seed_makes_the_same_fake(kind: str) -> None:
    np.testing.assert_array_equal(made(kind), made(kind))
    assert (made(kind) != made(kind, seed=4)).any()


def test_another_person_s_face_comes_from_the_donor() -> None:
    other = footage(2, source="float")
    rng = np.random.default_rng(3)
    assert (make_fake(rng, OWN, other, "other_person", SECOND_HALF).pixels != made("other_person")).any()


def test_a_clip_is_not_changed_by_what_is_made_of_it() -> None:
    before = OWN.pixels.copy()
    made("own_face")
    np.testing.assert_array_equal(OWN.pixels, before)
