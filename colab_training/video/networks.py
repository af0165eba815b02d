"""The two networks of video. Neither sees a picture: both see what changes from picture to picture, so that they cannot learn
whose face or which room it is from the few there are to learn from."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from temporal_svc.features import MAP_CELLS, MAPS, SERIES


class Standardise(nn.Module):
    """Takes out the mean and the spread that the inputs (N, T, C, …) of the fit had, and cuts off what lies far out."""

    def __init__(self, channels: int, limit: float = 4.0) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("scale", torch.ones(channels))
        self.limit = limit

    def learn(self, inputs: Tensor) -> None:
        """From inputs (N, T, C, …)."""
        over = [axis for axis in range(inputs.ndim) if axis != 2]
        self.mean.copy_(inputs.mean(dim=over))
        self.scale.copy_(inputs.std(dim=over) + 1e-6)

    def forward(self, inputs: Tensor) -> Tensor:
        """The same shape, about in [-4, 4]."""
        shape = (1, 1, -1, *([1] * (inputs.ndim - 3)))
        return ((inputs - self.mean.reshape(shape)) / self.scale.reshape(shape)).clamp(-self.limit, self.limit)


class FaceMotion(nn.Module):
    """Convolutions over space and time (after Tran et al., CVPR 2018) on `motion_maps` (N, T, 9, 32, 32)."""

    def __init__(self, width: int = 24, dropout: float = 0.5) -> None:
        super().__init__()
        self.standardise = Standardise(MAPS)
        self.first = nn.Sequential(*_plane(MAPS, width, 1), nn.Dropout2d(0.1))
        # A convolution over three moments, plane by plane, as sums of shifted planes: CPUs are slow at the 3D one.
        self.taps = nn.Parameter(torch.randn(3, width, 1, 1) * 0.4)
        self.second = nn.Sequential(*_plane(width, 2 * width, 2), nn.Dropout2d(0.1), *_plane(2 * width, 2 * width, 2))
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(4 * width, 1))

    def forward(self, maps: Tensor) -> Tensor:
        """(N,) logits."""
        count, moments = maps.shape[:2]
        planes = self.first(self.standardise(maps).flatten(0, 1))
        over_time = planes.reshape(count, moments, *planes.shape[1:])  # (N, T, C, 32, 32)
        before = torch.cat([over_time[:, :1], over_time[:, :-1]], dim=1)
        after = torch.cat([over_time[:, 1:], over_time[:, -1:]], dim=1)
        moved = before * self.taps[0] + over_time * self.taps[1] + after * self.taps[2]
        followed = torch.relu(moved + over_time).flatten(0, 1)
        planes = self.second(followed)
        seen = planes.reshape(count, moments, *planes.shape[1:])
        logits: Tensor = self.head(torch.cat([seen.mean(dim=(1, 3, 4)), seen.mean(dim=1).amax(dim=(2, 3))], dim=1))
        return logits[:, 0]


class FaceDrift(nn.Module):
    """Gated recurrent units (Cho et al. 2014) over `motion_series` (N, T, 40) and how much each number jumps."""

    def __init__(self, width: int = 32, dropout: float = 0.5) -> None:
        super().__init__()
        self.standardise = Standardise(SERIES)
        self.look = nn.Sequential(nn.Linear(2 * SERIES, width), nn.Tanh(), nn.Dropout(0.3))
        self.follow = nn.GRU(width, width, batch_first=True)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(3 * width, 1))

    def forward(self, series: Tensor) -> Tensor:
        """(N,) logits."""
        levels = self.standardise(series)
        jumps = (levels - torch.cat([levels[:, :1], levels[:, :-1]], dim=1)).abs()
        # Levels tell more of the recording than of the forgery.
        looks = self.look(torch.cat([0.3 * levels, jumps], dim=2))
        states, _ = self.follow(looks)
        pooled = torch.cat([states.mean(dim=1), states.amax(dim=1), looks.mean(dim=1)], dim=1)
        logits: Tensor = self.head(pooled)
        return logits[:, 0]


def input_shape(name: str) -> tuple[int, ...]:
    """Shape of one clip's input, by name of the network, less the moments."""
    return {"face_motion": (MAPS, MAP_CELLS, MAP_CELLS), "face_drift": (SERIES,)}[name]


def _plane(width_in: int, width_out: int, stride: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(width_in, width_out, 3, stride, 1, bias=False),
        nn.BatchNorm2d(width_out),
        nn.ReLU(inplace=True),
    )
