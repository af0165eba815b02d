"""A small convolutional network over residuals of native-resolution patches."""

from __future__ import annotations

import torch
from torch import Tensor, nn

# A step of one grey level is 1/127.5 in the patch; this makes the fine traces about 0.2, and everything beyond five levels alike.
_GAIN = 24.0
RESIDUALS = 12
EMBEDDING = 96


class Residuals(nn.Module):
    """Fixed high-pass filters of each colour, cut off so that edges do not drown the fine traces.

    Neighbouring-pixel relations of 2x2 cells (Tan et al., CVPR 2024), second differences along both axes, and both after each
    other (Fridrich and Kodovsky, "Rich Models for Steganalysis of Digital Images", TIFS 2012). Sums and differences alone: a
    convolution of the whole values would lose them in mixed precision.
    """

    def __init__(self) -> None:
        super().__init__()
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.edge = nn.ReplicationPad2d(1)

    def forward(self, patches: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, 12, H, W) in [-1, 1]."""
        relations = patches - self.up(patches[:, :, ::2, ::2])  # (N, 3, H, W)
        wide = self.edge(patches)  # (N, 3, H + 2, W + 2)
        across = wide[..., :-2] - 2 * wide[..., 1:-1] + wide[..., 2:]  # (N, 3, H + 2, W)
        down = wide[:, :, :-2] - 2 * wide[:, :, 1:-1] + wide[:, :, 2:]  # (N, 3, H, W + 2)
        both = across[:, :, :-2] - 2 * across[:, :, 1:-1] + across[:, :, 2:]  # (N, 3, H, W)
        filtered = [relations, across[:, :, 1:-1] / 2, down[..., 1:-1] / 2, both / 4]
        return (_GAIN * torch.cat(filtered, dim=1)).clamp(-1, 1)


class WholePictureNet(nn.Module):
    """Tells patches of generated pictures from patches of camera pictures."""

    mean: Tensor
    whitening: Tensor

    def __init__(self, *, colours: bool) -> None:
        super().__init__()
        self.residuals = Residuals()
        self.colours = colours
        self.layers = nn.Sequential(
            *_step(RESIDUALS + 3 if colours else RESIDUALS, 24),
            *_step(24, 32),
            *_step(32, 64),
            *_step(64, 96),
            *_step(96, EMBEDDING, stride=1),
        )
        self.head = nn.Linear(EMBEDDING, 1)
        # Set after training by `set_range`: how embeddings of pictures of the fit are spread.
        self.register_buffer("mean", torch.zeros(EMBEDDING))
        self.register_buffer("whitening", torch.eye(EMBEDDING))

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """float32 (N, 3, H, W) in [-1, 1] to logits (N,), positive is generated, and range features (N, 96).

        The root mean square of a picture's mean range features is its strangeness: 1 is the edge of the tested range.
        """
        features = self.embed(patches)
        return self.head(features).squeeze(1), (features - self.mean) @ self.whitening

    def embed(self, patches: Tensor) -> Tensor:
        """(N, 96) features."""
        residuals = self.residuals(patches)
        shown = torch.cat([residuals, patches], dim=1) if self.colours else residuals
        features: Tensor = self.layers(shown).mean(dim=(2, 3))
        return features

    def set_range(self, mean: Tensor, whitening: Tensor) -> None:
        """Sets what `forward` measures strangeness by: (96,) and (96, 96)."""
        self.mean.copy_(mean)
        self.whitening.copy_(whitening)


def _step(channels: int, wanted: int, stride: int = 2) -> list[nn.Module]:
    convolution = nn.Conv2d(channels, wanted, 3, stride=stride, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(wanted), nn.ReLU(inplace=True)]
