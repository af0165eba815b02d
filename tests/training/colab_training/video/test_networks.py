"""The networks answer one logit a clip, follow the order of pictures, and take the scale of their inputs from the fit."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import torch

from colab_training.video.export import MOMENTS
from colab_training.video.learning import NETWORKS
from colab_training.video.networks import Standardise, input_shape

each = pytest.mark.parametrize("name", list(NETWORKS))


def network(name: str) -> torch.nn.Module:
    torch.manual_seed(0)
    return NETWORKS[name]().eval()


def seen(name: str, clips: int) -> torch.Tensor:
    return torch.randn(clips, MOMENTS, *input_shape(name), generator=torch.Generator().manual_seed(1))


@each
def test_every_clip_gets_one_logit_whatever_the_others(name: str) -> None:
    clips = seen(name, 3)
    with torch.inference_mode():
        together = network(name)(clips)
        alone = torch.cat([network(name)(clip[None]) for clip in clips])
    assert together.shape == (3,)
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)


@each
def test_the_order_of_pictures_matters(name: str) -> None:
    with torch.inference_mode():
        forwards, backwards = (network(name)(clip) for clip in (seen(name, 1), seen(name, 1).flip(1)))
    assert abs(float(forwards - backwards)) > 1e-4


@each
def test_a_clip_in_which_everything_is_even_has_a_finite_logit(name: str) -> None:
    with torch.inference_mode():
        assert torch.isfinite(network(name)(torch.zeros(2, MOMENTS, *input_shape(name)))).all()


@pytest.mark.parametrize("beyond", [(), (5, 5)])
def test_inputs_are_told_by_the_mean_and_spread_that_were_learned(beyond: tuple[int, ...]) -> None:
    inputs = 3 + 7 * torch.randn(40, 15, 4, *beyond, generator=torch.Generator().manual_seed(2))
    inputs[:, :, 1] += 100  # each number has its own
    standardise = Standardise(4)
    standardise.learn(inputs)
    scaled = standardise(inputs).transpose(0, 2).flatten(1)
    torch.testing.assert_close(scaled.mean(dim=1), torch.zeros(4), atol=0.02, rtol=0)
    torch.testing.assert_close(scaled.std(dim=1), torch.ones(4), atol=0.02, rtol=0)


def test_what_lies_far_out_is_cut_off_and_what_never_changes_is_no_division_by_zero() -> None:
    standardise = Standardise(2)
    standardise.learn(torch.ones(8, 15, 2))
    scaled = standardise(torch.tensor([[[1.0, 1000.0]]]))
    assert scaled.flatten().tolist() == [0.0, 4.0]


def test_what_was_learned_is_kept_with_the_weights() -> None:
    taught, other = network("face_drift"), network("face_drift")
    taught.standardise.learn(5 + seen("face_drift", 4))
    other.load_state_dict(taught.state_dict())
    torch.testing.assert_close(other.standardise.mean, taught.standardise.mean)
    assert float(other.standardise.mean.mean()) == pytest.approx(5, abs=0.2)
