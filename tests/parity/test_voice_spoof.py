"""Torch and ONNX agree on sound of any length; what is shipped fits its card and judges windows one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.voice_spoof.export import INPUT, LOGIT, MAX_DIFFERENCE, export_voice  # noqa: E402 - needs torch
from colab_training.voice_spoof.items import Item, Items, measured  # noqa: E402
from colab_training.voice_spoof.judge import VoiceSpoofNet, fit_judge  # noqa: E402
from kit.models.onnx import OnnxSession, open_network  # noqa: E402
from kit.models.registry import Registry  # noqa: E402
from tests.training.colab_training.voice_spoof.made_up import a_voice, an_item, an_utterance, settings  # noqa: E402

ROOT = Path(__file__).parents[2]
SECONDS = (1.0, 2.0, 3.0)


def heard() -> Items:
    """Sixty voices, half of them with their phases reversed in time: something to tell apart by measures of sound."""
    items: list[Item] = [an_item(an_utterance(f"{n}", system="reversed" * (n % 2))) for n in range(60)]
    sounds = [a_voice(1.0, n)[:: -1 if n % 2 else 1].copy() for n in range(60)]
    return Items(tuple(items), measured(sounds, settings()))


def test_torch_and_onnx_agree_for_any_length(tmp_path: Path) -> None:
    network = VoiceSpoofNet(fit_judge(settings(), heard())).eval()
    session = OnnxSession.open(export_voice(network, tmp_path))
    for seconds in SECONDS:
        sounds = np.stack([a_voice(seconds, seed) for seed in range(3)])
        sounds[2, len(sounds[2]) // 2 :] = 0  # the floors under logarithms must have been exported too
        with torch.inference_mode():
            expected = network(torch.from_numpy(sounds)).numpy()
        np.testing.assert_allclose(session.run({INPUT: sounds})[LOGIT], expected, atol=MAX_DIFFERENCE)


@pytest.fixture(scope="module")
def shipped() -> OnnxSession:
    return open_network(Registry(ROOT / "models").load("voice_spoof"))


@pytest.mark.parametrize("seconds", SECONDS)
def test_what_is_shipped_says_the_same_of_a_window_alone_and_among_others(shipped: OnnxSession, seconds: float) -> None:
    sounds = np.stack([a_voice(seconds, seed) for seed in range(4)])
    alone = np.concatenate([shipped.run({INPUT: sound[None]})[LOGIT] for sound in sounds])
    assert np.isfinite(alone).all()
    assert len(set(alone.tolist())) == 4
    np.testing.assert_allclose(shipped.run({INPUT: sounds})[LOGIT], alone, atol=2e-3)


@pytest.mark.parametrize("seconds", SECONDS)
def test_what_is_shipped_answers_for_odd_sound(shipped: OnnxSession, seconds: float) -> None:
    silence = np.zeros(round(seconds * 16000), np.float32)
    click, full = silence.copy(), silence + 1
    click[len(click) // 2] = 1
    assert np.isfinite(shipped.run({INPUT: np.stack([silence, click, full])})[LOGIT]).all()
