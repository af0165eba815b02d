"""Torch and ONNX agree on clips, for both networks of video, whatever the number of clips; and so do the shipped ones' cards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.export import LOGIT, MAX_DIFFERENCE  # noqa: E402 - needs torch
from colab_training.network import pretrained  # noqa: E402
from colab_training.video.encoding import WHOLE  # noqa: E402
from colab_training.video.export import CLIP, export_clips  # noqa: E402
from colab_training.video.learning import NETWORKS  # noqa: E402
from colab_training.video.networks import OverClips, open_encoder  # noqa: E402
from kit.convert.clips import to_clip_tensor  # noqa: E402
from kit.models.onnx import OnnxSession, open_network  # noqa: E402
from kit.models.registry import Registry  # noqa: E402
from temporal_svc.cues.network import NetworkCue  # noqa: E402
from tests.support.temporal import a_clip, a_model  # noqa: E402
from tests.training.colab_training.video.made_up import settings  # noqa: E402

ROOT = Path(__file__).parents[2]
SIDE_PX = 32


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "face_spatial.pt"
    torch.manual_seed(0)
    torch.save({"average": pretrained(0.0).state_dict()}, path)
    return path


@pytest.fixture(scope="module", params=list(NETWORKS))
def exported(
    request: pytest.FixtureRequest, checkpoint: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[OverClips, Path]:
    name = request.param
    network = OverClips(open_encoder(checkpoint, WHOLE[name]), NETWORKS[name]()).eval()
    return network, export_clips(network, settings(name), tmp_path_factory.mktemp(name))


def test_torch_and_onnx_agree_for_any_number_of_clips(exported: tuple[OverClips, Path]) -> None:
    network, path = exported
    session = OnnxSession.open(path)
    for count in (1, 3):
        clips = np.random.default_rng(count).normal(0, 0.5, (count, 3, 16, SIDE_PX, SIDE_PX)).astype(np.float32)
        with torch.inference_mode():
            expected = network(torch.from_numpy(clips)).numpy()
        np.testing.assert_allclose(session.run({CLIP: clips})[LOGIT], expected, atol=MAX_DIFFERENCE)


def test_serving_says_of_a_clip_what_training_said(exported: tuple[OverClips, Path]) -> None:
    network, path = exported
    model = a_model()
    model.card.clip_preprocessing.side_px = SIDE_PX
    model.card.postprocessing.calibration.limit = 100
    with torch.inference_mode():
        tensor = to_clip_tensor(a_clip(), model.card.clip_preprocessing)
        expected = float(network(torch.from_numpy(tensor[None]))[0])
    said = NetworkCue("face_motion", ("for", "against"), OnnxSession.open(path), model).log_likelihood_ratios(
        [a_clip()]
    )
    assert said == pytest.approx([expected], abs=MAX_DIFFERENCE)


@pytest.mark.parametrize("name", list(NETWORKS))
def test_a_shipped_network_fits_its_card(name: str) -> None:
    model = Registry(ROOT / "models").load(name)
    size = [abs(axis) for axis in model.card.inputs[0].shape]
    assert open_network(model).run({CLIP: np.zeros(size, np.float32)})[LOGIT].shape == (1,)
    assert size == [1, 3, 16, model.card.clip_preprocessing.side_px, model.card.clip_preprocessing.side_px]
