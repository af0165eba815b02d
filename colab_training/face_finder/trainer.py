"""The trainer of ultralytics, with bfloat16 on the CPU and a moving average that suits short runs."""

from __future__ import annotations

from typing import Any

import torch
from ultralytics.models.yolo.pose import PoseTrainer
from ultralytics.nn.tasks import PoseModel


class FacePoseModel(PoseModel):
    """A pose model whose layers run in bfloat16 while it learns; the loss is computed in float32."""

    mixed_precision = False

    def predict(self, x: torch.Tensor, *arguments: Any, **options: Any) -> Any:
        """As PoseModel does."""
        if not (self.training and self.mixed_precision):
            return super().predict(x, *arguments, **options)
        with torch.autocast(x.device.type, torch.bfloat16):
            answer = super().predict(x.to(memory_format=torch.channels_last), *arguments, **options)
        return _float32(answer)


class FaceTrainer(PoseTrainer):
    """Trains a FacePoseModel."""

    def __init__(self, *, overrides: dict[str, Any], mixed_precision: bool) -> None:
        self._mixed_precision = mixed_precision
        super().__init__(overrides=overrides)

    def get_model(self, cfg: Any = None, weights: Any = None, verbose: bool = True) -> FacePoseModel:
        """The network from its YAML, with `weights` where a run is resumed."""
        model = FacePoseModel(cfg, nc=1, ch=3, data_kpt_shape=[5, 3], verbose=verbose)
        if weights is not None:
            model.load(weights)
        model.mixed_precision = self._mixed_precision
        return model.to(memory_format=torch.channels_last)


def _float32(answer: Any) -> Any:
    if isinstance(answer, torch.Tensor):
        return answer.float() if answer.is_floating_point() else answer
    if isinstance(answer, dict):
        return {key: _float32(value) for key, value in answer.items()}
    if isinstance(answer, (list, tuple)):
        return type(answer)(_float32(value) for value in answer)
    return answer
