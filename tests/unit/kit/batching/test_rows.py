"""Together and apart again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.batching.rows import apart, likeness, rows_of, together
from kit.errors import ModelInvalid


@given(st.lists(st.integers(1, 5), min_size=1, max_size=8), st.lists(st.integers(0, 3), max_size=3))
def test_everybody_gets_the_rows_that_they_sent(lengths: list[int], axes: list[int]) -> None:
    requests = [
        {name: np.random.default_rng(index).random((length, *axes)) for name in "ab"}
        for index, length in enumerate(lengths)
    ]
    answers = apart(dict(together(requests)), lengths)
    for request, answer in zip(requests, answers, strict=True):
        assert all(np.array_equal(request[name], answer[name]) for name in "ab")


def test_an_answer_keeps_nothing_of_its_neighbours_alive() -> None:
    whole = np.zeros((4, 2))
    assert all(answer["y"].base is None for answer in apart({"y": whole}, [1, 3]))


def test_a_network_that_answers_other_rows_than_it_was_sent_cannot_be_shared() -> None:
    with pytest.raises(ModelInvalid, match="does not answer 4 rows"):
        apart({"y": np.zeros((1, 4))}, [1, 3])


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ({"x": np.zeros((9, 3), np.float32)}, True),
        ({"x": np.zeros((1, 4), np.float32)}, False),
        ({"x": np.zeros((1, 3), np.float64)}, False),
        ({"z": np.zeros((1, 3), np.float32)}, False),
        ({"x": np.zeros((1, 3, 1), np.float32)}, False),
    ],
)
def test_only_rows_of_one_kind_are_alike(other: dict[str, np.ndarray], alike: bool) -> None:
    assert (likeness(other) == likeness({"x": np.zeros((1, 3), np.float32)})) is alike


def test_a_request_has_rows_when_all_its_tensors_have_as_many() -> None:
    assert rows_of({"a": np.zeros((2, 3)), "b": np.zeros(2)}) == 2
    assert rows_of({"a": np.zeros((2, 3)), "b": np.zeros((1, 3))}) is None
    assert rows_of({"a": np.zeros(())}) is None
