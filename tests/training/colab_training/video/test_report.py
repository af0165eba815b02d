"""What notebooks show: strips of every way of making, and AUC on clips that a test has an opinion on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the training environment is not installed")

from colab_training.figures import png
from colab_training.video.clip_set import REENCODED, ClipSet
from colab_training.video.report import areas_figure, ask, strips
from tests.support.temporal import FixedCue
from tests.training.colab_training.video.made_up import a_tag, clips


def half_fake() -> ClipSet:
    """Clips whose start tells fakes from real ones."""
    tags = [a_tag(fake=fake, name=str(number)) for fake in (False, True) for number in range(5)]
    return clips([replace(tag, start_s=float(tag.fake)) for tag in tags])


def test_a_strip_shows_one_clip_of_every_way_of_making_over_time() -> None:
    shown = strips(clips([a_tag(made=REENCODED), a_tag(made="own_face"), a_tag(made=REENCODED)]), pictures=4)
    assert [name for name, _ in shown] == ["own_face"] * 4 + [REENCODED] * 4
    assert [int(picture[0, 0, 0]) for _, picture in shown] == [1] * 4 + [0] * 4


def test_a_test_is_measured_on_clips_that_it_has_an_opinion_on() -> None:
    cues = [FixedCue(lambda start_s: start_s, name="good"), FixedCue(lambda start_s: -start_s, name="bad")]
    good, bad = ask(cues, half_fake(), "fold 0")
    assert (good.test, good.sources, good.area.value, good.area.items) == ("good", "fold 0", 1.0, 10)
    assert bad.area.value == 0.0


@pytest.mark.parametrize("start_s", [0.0, 1.0])
def test_an_opinion_on_one_class_only_is_no_measure(start_s: float) -> None:
    one_sided = FixedCue(lambda at_s: 1.0 if at_s == start_s else np.nan)
    assert ask([one_sided], half_fake(), "val") == []


def test_no_clips_are_no_measure() -> None:
    assert ask([FixedCue()], half_fake().only([]), "val") == []


def test_areas_are_drawn_as_a_picture() -> None:
    drawn = areas_figure(ask([FixedCue(lambda start_s: start_s)], half_fake(), "val"))
    assert png(drawn).startswith(b"\x89PNG")
    assert drawn.axes[0].get_yticklabels()[0].get_text() == "face_motion, val (10 clips)"
