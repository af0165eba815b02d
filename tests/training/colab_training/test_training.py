"""The training loop: its schedule, its checkpoints, and members of a team that stay in step."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

import torch
from torch import Tensor, nn

from colab_training.parallel import Team, run_team
from colab_training.settings import RunSettings, load_settings
from colab_training.training import average_decay, learning_rate, resume, save, start

CONFIG = Path(__file__).parents[3] / "colab_training" / "configs" / "face_spatial.toml"


@pytest.fixture(scope="module")
def settings() -> RunSettings:
    return load_settings(CONFIG)


def test_the_learning_rate_rises_to_its_peak_and_falls_to_zero(settings: RunSettings) -> None:
    training = settings.training
    rates = [learning_rate(training, step, 1000) for step in range(1000)]
    assert max(rates) == pytest.approx(training.learning_rate)
    assert rates[0] == pytest.approx(training.learning_rate / training.warmup_steps)
    assert rates[-1] < 0.001 * training.learning_rate


def test_the_average_forgets_the_untrained_weights_first(settings: RunSettings) -> None:
    assert average_decay(settings.training, 0) == 0.1
    assert average_decay(settings.training, 100_000) == settings.training.average_decay


def test_a_run_goes_on_from_its_checkpoint(settings: RunSettings, tmp_path: Path) -> None:
    run = start(settings)
    nn.init.constant_(run.network.head.bias, 3.5)
    run.epoch = 2
    save(run, tmp_path / "run.pt")
    other = start(settings)
    resume(other, tmp_path / "run.pt")
    assert other.epoch == 2
    assert other.network.head.bias.tolist() == [3.5]
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def test_without_a_checkpoint_a_run_starts_at_the_beginning(settings: RunSettings, tmp_path: Path) -> None:
    run = start(settings)
    resume(run, tmp_path / "missing.pt")
    assert run.epoch == 0


def gradient_after_averaging(team: Team) -> Tensor:
    parameter = nn.Parameter(torch.zeros(3))
    parameter.grad = torch.full((3,), float(team.rank))
    team.average_gradients([parameter, nn.Parameter(torch.zeros(2))])
    return parameter.grad


def test_a_team_averages_its_gradients() -> None:
    assert run_team(2, 10, gradient_after_averaging).tolist() == [0.5, 0.5, 0.5]


def test_a_team_of_one_keeps_its_gradients() -> None:
    assert run_team(1, 10, gradient_after_averaging).tolist() == [0.0, 0.0, 0.0]


def test_a_wrong_line_in_the_configuration_is_named(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(CONFIG.read_text(encoding="utf-8").replace("batch = 32", "bach = 32"), encoding="utf-8")
    with pytest.raises(ValueError, match="bach"):
        load_settings(path)
