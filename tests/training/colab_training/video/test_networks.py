"""The networks answer one logit a clip, and what is exported is the encoder followed by the head."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import torch

from colab_training.network import pretrained
from colab_training.video.networks import (
    LAST_WIDTH,
    MIDDLE_WIDTH,
    Encoder,
    FaceDrift,
    FaceMotion,
    OverClips,
    open_encoder,
)

SHAPES = {False: (MIDDLE_WIDTH, 2, 2), True: (LAST_WIDTH,)}
either = pytest.mark.parametrize("whole", [False, True])


def head(whole: bool) -> torch.nn.Module:
    torch.manual_seed(0)
    return (FaceDrift() if whole else FaceMotion()).eval()


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "face_spatial.pt"
    torch.manual_seed(0)
    torch.save({"average": pretrained(0.0).state_dict()}, path)
    return path


@either
def test_an_encoder_sees_pictures_in_its_form(checkpoint: Path, whole: bool) -> None:
    with torch.inference_mode():
        assert open_encoder(checkpoint, whole)(torch.zeros(3, 3, 32, 32)).shape == (3, *SHAPES[whole])


@either
def test_a_head_gives_every_clip_one_logit(whole: bool) -> None:
    with torch.inference_mode():
        assert head(whole)(torch.randn(2, 16, *SHAPES[whole])).shape == (2,)


@either
def test_the_order_of_pictures_matters(whole: bool) -> None:
    seen = torch.randn(1, 16, *SHAPES[whole], generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        forwards, backwards = head(whole)(seen), head(whole)(seen.flip(1))
    assert abs(float(forwards - backwards)) > 1e-4


@either
def test_what_is_exported_is_the_encoder_followed_by_the_head(checkpoint: Path, whole: bool) -> None:
    encoder, follow = open_encoder(checkpoint, whole), head(whole)
    clips = torch.randn(2, 3, 16, 32, 32, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        seen = torch.stack([encoder(clip.transpose(0, 1)) for clip in clips])
        torch.testing.assert_close(OverClips(encoder, follow)(clips), follow(seen), atol=1e-4, rtol=1e-4)


def test_the_opened_encoder_says_what_the_trained_one_said(checkpoint: Path) -> None:
    # Norms are folded and weights rounded to halves: nearly, not exactly.
    trained = pretrained(0.0).eval()
    trained.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    pictures = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        before, after = Encoder(trained, True)(pictures), open_encoder(checkpoint, True)(pictures)
    assert float((before - after).abs().max()) < 0.02 * float(before.abs().max())
