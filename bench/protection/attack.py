"""What rounding costs an attacker who sees nothing but the log-likelihood ratio of one test.

Two attacks by score alone on `face_spatial`: random squares (Andriushchenko et al., "Square Attack", 2020) and gradients
estimated from differences (Ilyas et al., "Black-box Adversarial Attacks with Limited Queries and Information", 2018). They change
the input of the network itself by at most 4 of 255, which nobody outside can do so finely: it is more than an attacker has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from colab_training.manifest import part, read_manifest
from kit.convert.tensor import to_tensor
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import LoadedModel
from kit.models.onnx import OnnxSession, open_network
from kit.models.registry import Registry

Floats = np.ndarray[Any, np.dtype[np.float32]]
Ask = Callable[[Floats], float]
"""What the service answers about an input, (3, H, W)."""

NAME, VERSION = "face_spatial", "5.0.0"
REACH = 4 / 255
STEPS: Mapping[str, float] = {"as measured": 0.0, "0.01": 0.01, "0.1": 0.1, "sign alone": float("inf")}
PICTURES = 6
MOST_QUERIES = 600
LEAST_RATIO = 0.5
_PAIRS = 10
_DIFFERENCE = 2 / 255
_RATE = 1 / 255


def table(data: Path, models: Path) -> Iterator[str]:
    """Lines of text."""
    model = Registry(models).load(NAME, VERSION)
    session = open_network(model)
    inputs = list(_inputs(data / "faces", model, session))
    yield f"attacks on {NAME} {VERSION}: queries until none of {len(inputs)} told fakes is told, at most {MOST_QUERIES}"
    for name, attack in (("random squares", squares), ("estimated gradients", gradients)):
        for step_name, step in STEPS.items():
            queries = [attack(_service(model, session, step), own, model, seed) for seed, own in enumerate(inputs)]
            beaten = [count for count in queries if count is not None]
            middle = float(np.median([MOST_QUERIES if count is None else count for count in queries]))
            yield f"  {name:20s} {step_name:12s} beaten {len(beaten):2d}   median queries {middle:6.0f}"


def _inputs(faces: Path, model: LoadedModel, session: OnnxSession) -> Iterator[Floats]:
    """Inputs of fakes of the split val that the test tells clearly."""
    found, truth = 0, _service(model, session, 0.0)
    for sample in part(read_manifest(faces), "val"):
        if not sample.fake or sample.source != "swap_dfdc" or found == PICTURES:
            continue
        picture = cv2.cvtColor(cv2.imread(str(faces / sample.file)), cv2.COLOR_BGR2RGB)
        tensor = to_tensor(np.asarray(picture, np.uint8), model.card.image_preprocessing, _box(picture, model))
        if truth(tensor) >= LEAST_RATIO:
            found += 1
            yield tensor


def _box(picture: Any, model: LoadedModel) -> tuple[float, float, float, float]:
    """The face whose crop is the whole picture: these are pictures of faces."""
    height, width = picture.shape[:2]
    half = min(height, width) / model.card.image_preprocessing.face.scale / 2
    return width / 2 - half, height / 2 - half, width / 2 + half, height / 2 + half


def _service(model: LoadedModel, session: OnnxSession, step: float) -> Ask:
    calibration = model.card.postprocessing.calibration

    def ask(tensor: Floats) -> float:
        ratio = log_likelihood_ratio(float(session.run({"face": tensor[None]})["logit"].ravel()[0]), calibration)
        if step == float("inf"):
            return float(np.sign(ratio))
        return round(ratio / step) * step if step else ratio

    return ask


def _reach(model: LoadedModel) -> Floats:
    """4 of 255 in units of the input, (3, 1, 1)."""
    return (REACH / np.array(model.card.image_preprocessing.std, np.float32)).reshape(3, 1, 1)


def squares(ask: Ask, tensor: Floats, model: LoadedModel, seed: int) -> int | None:
    """Queries until the ratio is below 0; None when it never was. Equally good changes are kept: a way out of plateaus."""
    chance, reach = np.random.default_rng(seed), _reach(model)
    _, height, width = tensor.shape
    change = reach * chance.choice([-1.0, 1.0], (3, 1, width)).astype(np.float32) * np.ones((1, height, 1), np.float32)
    best = ask(tensor + change)
    for query in range(1, MOST_QUERIES):
        if best < 0:
            return query
        side = max(2, round(height * (0.3 * 0.5 ** (5 * query / MOST_QUERIES))))
        top, left = int(chance.integers(0, height - side)), int(chance.integers(0, width - side))
        tried = change.copy()
        tried[:, top : top + side, left : left + side] = reach * chance.choice([-1.0, 1.0], (3, 1, 1))
        heard = ask(tensor + tried)
        if heard <= best:
            best, change = heard, tried
    return None


def gradients(ask: Ask, tensor: Floats, model: LoadedModel, seed: int) -> int | None:
    """The same by differences along pairs of opposite directions."""
    chance, reach = np.random.default_rng(seed), _reach(model)
    change = np.zeros_like(tensor)
    for query in range(1, MOST_QUERIES, 2 * _PAIRS + 1):
        if ask(tensor + change) < 0:
            return query
        slope = np.zeros_like(tensor)
        for _ in range(_PAIRS):
            way = chance.choice([-1.0, 1.0], tensor.shape).astype(np.float32)
            far = reach * (_DIFFERENCE / REACH) * way
            slope += (ask(tensor + change + far) - ask(tensor + change - far)) * way
        change = np.clip(change - reach * (_RATE / REACH) * np.sign(slope), -reach, reach)
    return None
