from __future__ import annotations

import itertools
import math

from canary.figures import EDGES_MS, Calls, Figures, Histogram
from tests.support.canary import INTERNAL, INVALID, OK, figures, latency


def test_classes_are_close_enough_to_see_a_ratio_of_a_tenth() -> None:
    assert all(b / a < 1.11 for a, b in itertools.pairwise(EDGES_MS))
    assert EDGES_MS[0] == 1.0
    assert EDGES_MS[-1] > 900_000


def test_a_quantile_is_the_edge_of_its_class() -> None:
    found = latency(*[100.0] * 99, 5000.0)
    assert 100 <= found.quantile(0.99) < 110
    assert 5000 <= found.quantile(1.0) < 5500
    assert math.isnan(Histogram.empty(EDGES_MS).quantile(0.99))
    assert latency(10**7).quantile(0.99) == math.inf


def test_what_is_above_a_bound_is_surely_above() -> None:
    found = Histogram((10.0, 20.0), (1, 2, 3))
    assert (found.above(5.0), found.above(10.0), found.above(15.0), found.above(20.0)) == (5, 5, 3, 3)


def test_failures_of_the_version_and_of_its_callers_are_told_apart() -> None:
    calls = Calls({OK: 5, 1: 1, INVALID: 2, 4: 3, 8: 1, INTERNAL: 4, 14: 1}, latency())
    assert (calls.total, calls.errors, calls.refusals) == (17, 9, 3)


def test_what_happened_in_between_is_a_difference() -> None:
    before, now = (
        figures(10, errors=1, findings={"cue": (1, 2)}),
        figures(15, errors=1, findings={"cue": (1, 5), "new": (3, 0)}),
    )
    between = now.since(before)
    assert (between.calls.total, between.calls.errors, between.calls.latency_ms.total) == (5, 0, 5)
    assert between.findings == {"cue": (0, 3), "new": (3, 0)}


def test_who_began_anew_has_done_all_that_it_counts() -> None:
    between = figures(3, errors=1, findings={"cue": (1, 0)}).since(figures(10, findings={"cue": (2, 9)}))
    assert (between.calls.total, between.calls.errors, between.findings) == (4, 1, {"cue": (1, 0)})
    assert Figures.none().since(figures(10)).calls.total == 0


def test_figures_add_up() -> None:
    both = figures(3, findings={"a": (1, 2)}).plus(figures(4, errors=1, findings={"a": (3, 4), "b": (5,)}))
    assert (both.calls.total, both.calls.errors, both.calls.latency_ms.total) == (8, 1, 7)
    assert both.findings == {"a": (4, 6), "b": (5,)}
