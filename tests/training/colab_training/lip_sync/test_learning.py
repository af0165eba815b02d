from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")

from av_sync_svc.lips import LIP_VALUES, SPECTRA_PER_LOOK, SPECTRUM  # noqa: E402 - needs torch
from colab_training.lip_sync.cross_fit import cross_fit  # noqa: E402
from colab_training.lip_sync.learning import contrast, draw, learn  # noqa: E402
from colab_training.lip_sync.mirror import MIRRORED  # noqa: E402
from colab_training.lip_sync.network import LipSync, Mirrored  # noqa: E402
from colab_training.lip_sync.settings import load_lip_sync_settings  # noqa: E402
from colab_training.lip_sync.trials import embedded, shifted  # noqa: E402
from tests.training.colab_training.lip_sync.made_up import CONFIG, a_talk, settings, talks  # noqa: E402


@pytest.fixture(scope="module")
def learned() -> LipSync:
    return learn(settings(), talks())


def test_offsets_are_found_in_clips_that_were_never_seen(learned: LipSync) -> None:
    pairs = [embedded(learned, a_talk(number)) for number in range(50, 56)]
    found = [trial.found - trial.late for pair in pairs for trial in shifted(pair, 75, [-5, 0, 5])]
    assert np.median(np.abs(found)) < 0.5


def test_a_source_whose_sound_is_late_teaches_the_same_as_one_in_time(learned: LipSync) -> None:
    late = [a_talk(number, source="two", late=3) for number in range(8)]
    network = learn(settings(late_looks={"two": 3.0}), late)
    trials = [trial for number in (50, 51) for trial in shifted(embedded(network, a_talk(number)), 75, [0])]
    assert np.median([abs(trial.found) for trial in trials]) < 1


def test_learning_lowers_the_loss(learned: LipSync) -> None:
    batch = draw(np.random.default_rng(5), talks(), settings(), 28)
    fresh = LipSync(settings().network).eval()
    fresh.learn_basis(torch.from_numpy(np.concatenate([talk.lips for talk in talks()])))
    with torch.no_grad():
        assert contrast(learned, batch) < 0.6 * contrast(fresh, batch)


def test_one_embedding_a_look_comes_out_on_both_sides(learned: LipSync) -> None:
    with torch.inference_mode():
        lips, sound = learned(torch.zeros(1, 33, LIP_VALUES), torch.zeros(1, SPECTRA_PER_LOOK * 41, SPECTRUM.bands))
    assert (lips.shape, sound.shape) == ((1, 33, 8), (1, 41, 8))


def test_a_face_and_its_mirror_image_are_described_alike(learned: LipSync) -> None:
    network, talk = Mirrored(learned), a_talk(50)
    flipped = talk.lips.reshape(talk.looks, -1, 3)[:, MIRRORED] * np.array([-1, 1, 1], np.float32)
    sound = torch.from_numpy(talk.sound)[None]
    with torch.inference_mode():
        lips, _ = network(torch.from_numpy(talk.lips)[None], sound)
        again, _ = network(torch.from_numpy(flipped.reshape(1, talk.looks, -1)), sound)
    torch.testing.assert_close(lips, again)


def test_a_run_is_taken_up_again_where_it_was_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    short = settings(learning=settings().learning.model_copy(update={"steps": 2}))
    first = cross_fit(short, talks(3), tmp_path)
    capsys.readouterr()
    again = cross_fit(short, talks(3), tmp_path)
    assert "learning" not in capsys.readouterr().out
    assert torch.equal(first.final.pair.basis, again.final.pair.basis)
    assert len(again.folds) == 2


def test_the_shipped_configuration_leaves_every_source_out_once() -> None:
    shipped = load_lip_sync_settings(CONFIG)
    left_out = [source for fold in shipped.folds for source in fold]
    assert sorted(left_out) == sorted(shipped.late_looks)
