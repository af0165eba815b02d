"""Two small networks over time, one for lips and one for sound, that answer embeddings of the same length."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from av_sync_svc.lips import LIP_VALUES, SPECTRUM
from av_sync_svc.mouths import MOUTH_POINTS
from colab_training.lip_sync.mirror import MIRRORED
from colab_training.lip_sync.settings import NetworkSettings

# Deflections beyond this many standard deviations are slips of the face mesh.
_LIP_LIMIT = 4.0
# Logarithms of power vary by about this much.
_SOUND_SCALE = 2.0


class LipSync(nn.Module):
    """Lips (1, T, LIP_VALUES) and sound (1, 4 * U, bands) to embeddings (1, T, D) and (1, U, D)."""

    def __init__(self, settings: NetworkSettings) -> None:
        super().__init__()
        channels, dimensions = settings.channels, settings.dimensions
        # Principal directions of the points, scaled to unit variance: see `learn_basis`.
        self.register_buffer("basis", torch.zeros(LIP_VALUES, settings.components))
        self.lips = nn.Sequential(
            *_layer(settings.components, channels, 5, 1, settings.dropout),
            *_layer(channels, channels, 5, 1, settings.dropout),
            _convolution(channels, dimensions, 3, 1),
        )
        self.sound = nn.Sequential(
            *_layer(SPECTRUM.bands, channels, 5, 1, settings.dropout),
            *_layer(channels, channels, 6, 2, settings.dropout),
            *_layer(channels, channels, 6, 2, settings.dropout),
            *_layer(channels, channels, 5, 1, settings.dropout),
            _convolution(channels, dimensions, 3, 1),
        )
        self.sharpness = nn.Parameter(torch.zeros(()))

    def forward(self, lips: Tensor, sound: Tensor) -> tuple[Tensor, Tensor]:
        """Both embeddings."""
        deflections = (lips @ self.basis).clamp(-_LIP_LIMIT, _LIP_LIMIT)  # (N, T, C)
        seen = self.lips(deflections.transpose(1, 2)).transpose(1, 2)
        heard = self.sound(sound.transpose(1, 2) / _SOUND_SCALE).transpose(1, 2)
        return seen, heard

    @torch.no_grad()
    def learn_basis(self, lips: Tensor) -> None:
        """Takes the principal directions of rows (N, LIP_VALUES)."""
        values, vectors = torch.linalg.eigh(lips.T @ lips / len(lips))
        largest = torch.argsort(values, descending=True)[: self.basis.shape[1]]
        self.basis.copy_(vectors[:, largest] / values[largest].clamp_min(1e-9).sqrt())


class Mirrored(nn.Module):
    """A pair of networks that says the same of a face and of its mirror image: the mean of what it says of both."""

    def __init__(self, pair: LipSync) -> None:
        super().__init__()
        self.pair = pair
        places = torch.arange(LIP_VALUES).reshape(len(MOUTH_POINTS), 3)[torch.from_numpy(MIRRORED)]
        self.register_buffer("places", places.flatten())
        self.register_buffer("signs", torch.tensor([-1.0, 1.0, 1.0]).repeat(len(MOUTH_POINTS)))

    def forward(self, lips: Tensor, sound: Tensor) -> tuple[Tensor, Tensor]:
        """Both embeddings, as `LipSync` answers them."""
        seen, heard = self.pair(torch.cat([lips, lips[:, :, self.places] * self.signs]), sound)
        return seen.mean(dim=0, keepdim=True), heard


def _layer(inputs: int, outputs: int, taps: int, stride: int, dropout: float) -> list[nn.Module]:
    return [_convolution(inputs, outputs, taps, stride), nn.BatchNorm1d(outputs), nn.ReLU(), nn.Dropout(dropout)]


def _convolution(inputs: int, outputs: int, taps: int, stride: int) -> nn.Conv1d:
    # An even filter of stride two is centred between the two spectra that it replaces.
    return nn.Conv1d(inputs, outputs, taps, stride=stride, padding=(taps - 1) // 2, padding_mode="replicate")
