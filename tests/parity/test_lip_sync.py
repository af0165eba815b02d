"""Torch and ONNX agree on lips and sound of any length; what is shipped fits its card and what is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")

from av_sync_svc.cues.lip_sync import LipSyncCue  # noqa: E402 - needs torch
from av_sync_svc.lips import LIP_VALUES, MAX_SHIFT, SPECTRUM, lip_series, sound_series  # noqa: E402
from av_sync_svc.warm_up import noisy_hearing, noisy_mouth  # noqa: E402
from colab_training.lip_sync.export import LIPS, LIPS_EMBEDDING, SOUND, SOUND_EMBEDDING, export_network  # noqa: E402
from colab_training.lip_sync.network import LipSync, Mirrored  # noqa: E402
from colab_training.lip_sync.settings import load_lip_sync_settings  # noqa: E402
from kit.media.cancel import CancelToken  # noqa: E402
from kit.models.onnx import OnnxSession, open_network  # noqa: E402
from kit.models.registry import Registry  # noqa: E402

ROOT = Path(__file__).parents[2]
SETTINGS = load_lip_sync_settings(ROOT / "colab_training/configs/lip_sync.toml")


def measured(looks: int) -> dict[str, np.ndarray]:
    """What services measure of noise."""
    heard, _ = sound_series(noisy_hearing().pieces[0], -MAX_SHIFT / 25, looks + 2 * MAX_SHIFT)
    return {LIPS: lip_series(noisy_mouth())[None, :looks], SOUND: heard[None]}


def test_torch_and_onnx_agree_for_any_length(tmp_path: Path) -> None:
    torch.manual_seed(0)
    pair = LipSync(SETTINGS.network)
    pair.learn_basis(torch.from_numpy(measured(150)[LIPS][0]))
    network = Mirrored(pair).eval()
    session = OnnxSession.open(export_network(network, tmp_path))
    for looks in (25, 61, 150):
        inputs = measured(looks)
        with torch.inference_mode():
            expected = network(torch.from_numpy(inputs[LIPS]), torch.from_numpy(inputs[SOUND]))
        found = session.run(inputs)
        for name, tensor in zip((LIPS_EMBEDDING, SOUND_EMBEDDING), expected, strict=True):
            np.testing.assert_allclose(found[name], tensor.numpy(), atol=1e-3)


def test_the_shipped_network_fits_its_card_and_the_cue_runs_on_it() -> None:
    model = Registry(ROOT / "models").load("lip_sync")
    assert [list(tensor.shape) for tensor in model.card.inputs] == [[1, -1, LIP_VALUES], [1, -1, SPECTRUM.bands]]
    assert model.card.sound_preprocessing.spectrum == SPECTRUM
    opinion = LipSyncCue(open_network(model), model).examine(noisy_hearing(), [noisy_mouth()], CancelToken())
    assert opinion.evidence.WhichOneof("outcome") == "finding"
