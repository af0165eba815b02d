"""The two networks of video. Both look at single pictures by the trained face test's own convolutions and learn what time adds."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from colab_training.export import round_to_halves
from colab_training.network import FaceSpatialNet, fold_norms, pretrained

MIDDLE_BLOCK = 10
"""Last block of EfficientNet-Lite0 at a sixteenth of the resolution."""
MIDDLE_WIDTH, LAST_WIDTH = 112, 1280


class Encoder(nn.Module):
    """Pictures (M, 3, S, S) in [-1, 1] to what the face test sees of them; never trained here."""

    def __init__(self, face_test: FaceSpatialNet, whole: bool) -> None:
        super().__init__()
        self.backbone = face_test.backbone
        self.whole = whole

    def forward(self, pictures: Tensor) -> Tensor:
        """(M, 1280) means over each picture, or where it is not `whole` (M, 112, S/16, S/16) from the middle."""
        backbone = self.backbone
        seen = backbone._swish(backbone._bn0(backbone._conv_stem(pictures)))  # noqa: SLF001 - it has no other names
        for block in backbone._blocks[: len(backbone._blocks) if self.whole else MIDDLE_BLOCK + 1]:  # noqa: SLF001
            seen = block(seen)
        if not self.whole:
            return seen
        last: Tensor = backbone._swish(backbone._bn1(backbone._conv_head(seen)))  # noqa: SLF001
        return last.mean(dim=(2, 3))


class FaceMotion(nn.Module):
    """Convolutions over time, and over space between them (after Tran et al., CVPR 2018), on (N, T, 112, h, w)."""

    def __init__(self, width: int = 64, dropout: float = 0.5) -> None:
        super().__init__()
        self.narrow = nn.Sequential(
            nn.Conv2d(2 * MIDDLE_WIDTH, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)
        )
        self.first, self.second = _OverTime(width), _OverTime(width)
        self.space = nn.Sequential(
            nn.Conv2d(width, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)
        )
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(2 * width, 1))

    def forward(self, seen: Tensor) -> Tensor:
        """(N,) logits."""
        count, moments = seen.shape[:2]
        # What changes from picture to picture is hard to see beside what stays: it gets planes of its own.
        both = torch.cat([seen, seen - _before(seen)], dim=2)
        planes = self.narrow(both.flatten(0, 1))
        planes = self.first(planes, count, moments)
        planes = self.second(self.space(planes), count, moments)
        over_time = planes.reshape(count, moments, *planes.shape[1:])
        pooled = torch.cat([over_time.mean(dim=(1, 3, 4)), over_time.mean(dim=1).amax(dim=(2, 3))], dim=1)
        logits: Tensor = self.head(pooled)
        return logits[:, 0]


class FaceDrift(nn.Module):
    """Gated recurrent units (Cho et al. 2014) over descriptions of single pictures (N, T, 1280) and their changes."""

    def __init__(self, features: int = 48, dropout: float = 0.5) -> None:
        super().__init__()
        self.look = nn.Sequential(nn.Dropout(0.2), nn.Linear(LAST_WIDTH, features), nn.Tanh())
        self.follow = nn.GRU(2 * features, features, batch_first=True)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(3 * features, 1))

    def forward(self, seen: Tensor) -> Tensor:
        """(N,) logits."""
        looks = self.look(seen)
        steps = looks - _before(looks)
        states, _ = self.follow(torch.cat([looks, steps], dim=2))
        pooled = torch.cat([states.mean(dim=1), states.amax(dim=1), steps.abs().mean(dim=1)], dim=1)
        logits: Tensor = self.head(pooled)
        return logits[:, 0]


class OverClips(nn.Module):
    """What is exported: clips (N, 3, T, S, S) to logits (N,)."""

    def __init__(self, encoder: Encoder, head: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head

    def forward(self, clips: Tensor) -> Tensor:
        """(N,) logits."""
        count, _, moments = clips.shape[:3]
        seen = self.encoder(clips.transpose(1, 2).flatten(0, 1))
        logits: Tensor = self.head(seen.reshape(count, moments, *seen.shape[1:]))
        return logits


def open_encoder(checkpoint: Path, whole: bool) -> Encoder:
    """The encoder of a trained face test's checkpoint, in the form that is shipped: norms folded, weights rounded."""
    face_test = pretrained(0.0)
    face_test.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"])
    fold_norms(face_test)
    round_to_halves(face_test)
    return Encoder(face_test, whole).eval()


class _OverTime(nn.Module):
    """Residual convolution over three moments, planes (N*T, C, h, w) by planes."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.taps = nn.Parameter(torch.randn(3, width, 1, 1) * 0.4)
        self.mix = nn.Sequential(nn.Conv2d(width, width, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, planes: Tensor, count: int, moments: int) -> Tensor:
        over_time = planes.reshape(count, moments, *planes.shape[1:])
        after = torch.cat([over_time[:, 1:], over_time[:, -1:]], dim=1)
        moved = _before(over_time) * self.taps[0] + over_time * self.taps[1] + after * self.taps[2]
        return torch.relu(self.mix(moved.flatten(0, 1)) + planes)


def _before(over_time: Tensor) -> Tensor:
    """Each moment's predecessor (N, T, …); the first one's is itself."""
    return torch.cat([over_time[:, :1], over_time[:, :-1]], dim=1)
