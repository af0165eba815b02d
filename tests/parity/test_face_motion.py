"""Torch and ONNX agree on measured clips, for both networks of video, whatever their number; shipped ones fit their cards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.export import LOGIT, MAX_DIFFERENCE  # noqa: E402 - needs torch
from colab_training.video.export import CLIP, export_network, signatures  # noqa: E402
from colab_training.video.inputs import INPUTS  # noqa: E402
from colab_training.video.learning import NETWORKS  # noqa: E402
from kit.models.onnx import OnnxSession, open_network  # noqa: E402
from kit.models.registry import Registry  # noqa: E402
from temporal_svc.cues.face_drift import face_drift  # noqa: E402
from temporal_svc.cues.face_motion import face_motion  # noqa: E402
from tests.support.temporal import a_clip, a_model  # noqa: E402
from tests.training.colab_training.video.made_up import settings  # noqa: E402

ROOT = Path(__file__).parents[2]
CUES = {"face_motion": face_motion, "face_drift": face_drift}
each = pytest.mark.parametrize("name", list(NETWORKS))


def measured(name: str, count: int) -> np.ndarray:
    """What services measure of clips that waver a little more each."""
    clips = [a_clip() for _ in range(count)]
    for number, clip in enumerate(clips):
        clip.pixels[::2] //= 1 + number
    return np.stack([INPUTS[name].of(clip) for clip in clips])


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[torch.nn.Module, Path]]:
    """By name: a network that took its scale from clips, and its file."""
    found = {}
    for name, make in NETWORKS.items():
        torch.manual_seed(0)
        network = make().eval()
        network.standardise.learn(torch.from_numpy(measured(name, 4)))
        found[name] = network, export_network(network, settings(name), tmp_path_factory.mktemp(name))
    return found


@each
def test_torch_and_onnx_agree_for_any_number_of_clips(
    exported: dict[str, tuple[torch.nn.Module, Path]], name: str
) -> None:
    network, path = exported[name]
    session = OnnxSession.open(path)
    for count in (1, 3):
        clips = measured(name, count)
        with torch.inference_mode():
            expected = network(torch.from_numpy(clips)).numpy()
        np.testing.assert_allclose(session.run({CLIP: clips})[LOGIT], expected, atol=MAX_DIFFERENCE)


@each
def test_serving_says_of_a_clip_what_training_said(
    exported: dict[str, tuple[torch.nn.Module, Path]], name: str
) -> None:
    network, path = exported[name]
    model = a_model(name)
    model.card.postprocessing.calibration.limit = 100
    with torch.inference_mode():
        expected = float(network(torch.from_numpy(measured(name, 1)))[0])
    said = CUES[name](OnnxSession.open(path), model).log_likelihood_ratios([a_clip()])
    assert said == pytest.approx([expected], abs=MAX_DIFFERENCE)


@each
def test_a_shipped_network_fits_its_card_and_what_is_measured(name: str) -> None:
    model = Registry(ROOT / "models").load(name)
    (expected,), _ = signatures(settings(name))
    assert model.card.inputs[0].shape == expected.shape
    assert open_network(model).run({CLIP: measured(name, 1)})[LOGIT].shape == (1,)
