from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from kit.vision.faces import Face
from kit.vision.linking import Linker
from tests.support.image import a_face

STEP_S = 0.16


def linked(frames: Iterable[list[Face]], *, cuts: tuple[int, ...] = (), step_s: float = STEP_S) -> list[list[int]]:
    linker = Linker()
    return [linker.add(index * step_s, faces, cut=index in cuts) for index, faces in enumerate(frames)]


def test_a_face_that_moves_stays_one_person() -> None:
    assert linked([a_face(left=60 * i)] for i in range(10)) == [[0]] * 10


def test_two_people_who_cross_keep_their_numbers() -> None:
    frames = [[a_face(left=40 * i), a_face(left=600 - 40 * i, top=90)] for i in range(16)]
    assert linked(frames) == [[0, 1]] * 16


def test_somebody_hidden_while_crossing_is_found_again() -> None:
    there = [[a_face(left=40 * i), a_face(left=600 - 40 * i)] for i in range(16)]
    frames = [faces[:1] if 7 <= i <= 9 else faces for i, faces in enumerate(there)]
    assert linked(frames)[10:] == [[0, 1]] * 6


def test_a_cut_ends_everybody() -> None:
    assert linked([[a_face()]] * 6, cuts=(3,)) == [[0]] * 3 + [[1]] * 3


def test_a_short_gap_is_bridged_and_a_long_one_is_not() -> None:
    assert linked([[a_face()], [], [], [], [a_face()]])[-1] == [0]
    assert linked([[a_face()], [], [], [], [], [], [a_face()]])[-1] == [1]


def test_over_a_hole_that_nobody_looked_into_a_face_in_its_place_goes_on() -> None:
    assert linked([[a_face()], [a_face(left=70)]], step_s=10) == [[0], [0]]
    assert linked([[a_face()], [a_face(left=150)]], step_s=10) == [[0], [1]]


def test_jitter_makes_no_second_person() -> None:
    noise = np.random.default_rng(1).normal(0, 12, (40, 2))
    assert linked([a_face(left=100 + x, top=100 + y)] for x, y in noise) == [[0]] * 40


def test_the_better_overlap_wins() -> None:
    frames = [[a_face(left=0)], [a_face(left=60), a_face(left=10)]]
    assert linked(frames) == [[0], [1, 0]]


def test_faces_that_flash_up_are_no_people() -> None:
    linker = Linker()
    for index in range(12):
        faces = [a_face(), a_face(left=600)] if index == 5 else [a_face()]
        linker.add(index * STEP_S, faces, cut=False)
    assert [link.number for link in linker.links()] == [0]


def test_a_face_in_the_only_frame_counts() -> None:
    linker = Linker()
    linker.add(0.0, [a_face()], cut=False)
    assert len(linker.links()) == 1


def test_people_come_in_order_of_what_there_is_to_see() -> None:
    linker = Linker()
    for index in range(20):
        short = [a_face(left=600, side=100)] if index < 5 else []
        linker.add(index * STEP_S, [*short, a_face(side=80)], cut=False)
    assert [link.number for link in linker.links()] == [1, 0]


def test_a_face_that_only_thorough_looks_find_is_a_person() -> None:
    linker = Linker()
    for index in range(8):
        thorough = index % 4 == 0
        linker.add(index * STEP_S, [a_face()] if thorough else [], cut=False, thorough=thorough)
    assert [len(link.faces) for link in linker.links()] == [2]


def test_a_face_that_the_next_thorough_look_misses_is_none() -> None:
    linker = Linker()
    for index in range(6):
        linker.add(index * STEP_S, [a_face()] if index in (1, 2) else [], cut=False, thorough=index % 4 == 0)
    assert linker.links() == []
