"""What is measured of a window of speech: how its fine structure, its phase and its loudness change, and how unevenly.

Vocoders leave the envelope of speech nearly as it was; what they get wrong is what lies below it. So nothing here tells how loud
the speech is, and little of how its spectrum falls: levels and means over time are left out, since they tell recordings of one
source from those of another. All is one torch module, so that the exported model measures by the very same operations.
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

RATE_HZ = 16000
_FFT, _WINDOW, _HOP = 512, 400, 160
_BINS = _FFT // 2 + 1
_BANDS, _COEFFICIENTS, _PARTS = 40, 30, 16
_LONG_FFT, _LONG_HOP, _ROWS = 2048, 512, 32
# Frames more than 22.5 dB below the loudest one are pauses.
_ACTIVE = 4.5 * math.log(10) / 2
_LEVEL = 0.06
_FLOOR = 1e-7
_FILTER = 129
_FILTER_EDGES_HZ = (50, 1000, 2000, 3000, 4000, 5500, 7000, 7900)
_MODULATIONS = 512
_MODULATION_EDGES = (1, 3, 6, 10, 20, 40, 80, 140, 200, 256)
_MODULATION_GROUPS = 10


class VoiceMeasures(nn.Module):
    """Windows of speech (N, S) at 16 kHz, of at least a quarter of a second, to `COUNT` numbers each, (N, F)."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("transform", _fourier(_FFT, _WINDOW))
        self.long_spectrum = LongSpectrum()
        self.register_buffer("bands", _triangles())
        self.register_buffer("cosines", _cosines())
        self.register_buffer("parts", _parts(_BINS))
        self.register_buffer("phase_parts", _parts(_BINS - 2))
        self.register_buffer("long_parts", _parts(_LONG_FFT // 2 + 1))
        self.register_buffer("filters", _filters())

    def forward(self, sound: Tensor) -> Tensor:
        """(N, F) numbers of windows (N, S)."""
        level = sound.square().mean(dim=1, keepdim=True).clamp_min(1e-10).sqrt()
        samples = sound * (_LEVEL / level)
        real, imaginary = _spectrum(samples, self.transform, _HOP)  # (N, 257, T) each
        power = real.square() + imaginary.square()
        active = _active(power)  # (N, 1, T)
        bands = torch.log(torch.einsum("bf,nft->nbt", self.bands, power) + _FLOOR)  # (N, 40, T)
        told = [
            *self._envelope(bands, active),
            *self._fine_structure(power, active),
            *self._phase(real, imaginary, power, active),
            self._modulation(bands),
            *self._waveform(samples),
            *self._steady_lines(samples),
        ]
        return torch.cat(told, dim=1)

    def _envelope(self, bands: Tensor, active: Tensor) -> list[Tensor]:
        spread, skew, tails = _moments(bands, active)
        change = bands[:, :, 1:] - bands[:, :, :-1]
        change_spread, _, change_tails = _moments(change, active[:, :, 1:])
        cepstra = torch.einsum("cb,nbt->nct", self.cosines, bands)
        cepstral, cepstral_skew, _ = _moments(cepstra, active)
        jumps, _, _ = _moments(cepstra[:, :, 1:] - cepstra[:, :, :-1], active[:, :, 1:])
        return [
            spread.log(),
            skew,
            tails.log(),
            (change_spread / spread).log(),
            change_tails.log(),
            cepstral.log(),
            cepstral_skew,
            (jumps / cepstral).log(),
        ]

    def _fine_structure(self, power: Tensor, active: Tensor) -> list[Tensor]:
        logarithm = torch.log(power + _FLOOR).transpose(1, 2)  # (N, T, 257)
        smooth = functional.avg_pool1d(logarithm, 9, stride=1, padding=4, count_include_pad=False)
        fine = (logarithm - smooth).transpose(1, 2)  # (N, 257, T)
        squares = self._by_part(fine.square(), active)
        cubes = self._by_part(fine**3, active)
        both = active[:, :, 1:] * active[:, :, :-1]
        steady = self._by_part(fine[:, :, 1:] * fine[:, :, :-1], both)
        return [squares.sqrt(), cubes, steady / squares.clamp_min(1e-6)]

    def _by_part(self, values: Tensor, active: Tensor) -> Tensor:
        """Means (N, 16) over the frames that are active and the bins of each part of the spectrum."""
        mean = (values * active).sum(dim=2) / active.sum(dim=2).clamp_min(1)
        return torch.einsum("pf,nf->np", self.parts, mean)

    def _phase(self, real: Tensor, imaginary: Tensor, power: Tensor, active: Tensor) -> list[Tensor]:
        """How evenly the phase moves on, over time and over frequency: mean cosines of its second difference."""
        size = (power + 1e-12).sqrt()
        cosine, sine = real / size, imaginary / size
        over_time = _bend(cosine, sine)
        over_bins = _bend(cosine.transpose(1, 2), sine.transpose(1, 2)).transpose(1, 2)
        weight = size * active
        return [
            _weighted(over_time, weight[:, :, 1:-1], self.parts),
            _weighted(over_bins, weight[:, 1:-1], self.phase_parts),
        ]

    def _modulation(self, bands: Tensor) -> Tensor:
        """Power of loudness changes of up to 50 Hz, by rate and by tenth of the spectrum, against that of slow ones."""
        frames = bands.shape[2]
        steps = torch.arange(frames, dtype=bands.dtype, device=bands.device)
        hann = 0.5 - 0.5 * torch.cos(2 * math.pi * steps / max(1, frames - 1))
        rates = torch.arange(_MODULATIONS // 2, dtype=bands.dtype, device=bands.device)
        angles = steps[:, None] * rates * (2 * math.pi / _MODULATIONS)
        moving = (bands - bands.mean(dim=2, keepdim=True)) * hann
        power = torch.matmul(moving, angles.cos()).square() + torch.matmul(moving, angles.sin()).square()
        told = torch.stack([power[:, :, low:high].mean(dim=2) for low, high in pairwise(_MODULATION_EDGES)], dim=1)
        levels = torch.log(told + 1e-9)  # (N, 9, 40)
        relative = levels - levels[:, 1:4].mean(dim=1, keepdim=True)
        return relative.unflatten(2, (_MODULATION_GROUPS, -1)).mean(dim=3).flatten(1)

    def _waveform(self, samples: Tensor) -> list[Tensor]:
        """By band of frequencies: how peaked the waveform is, and how its envelope jumps and spreads within 2 ms."""
        filtered = functional.conv1d(samples[:, None], self.filters, padding=_FILTER // 2)  # (N, 7, S)
        squares = filtered.square()
        peaked = (filtered**4).mean(dim=2) / (squares.mean(dim=2).square() + 1e-16)
        envelope = torch.log(functional.avg_pool1d(squares, 32, stride=16) + 1e-9)
        jumps = (envelope[:, :, 1:] - envelope[:, :, :-1]).std(dim=2)
        return [torch.log(peaked + 1e-3), jumps, envelope.std(dim=2)]

    def _steady_lines(self, samples: Tensor) -> list[Tensor]:
        """Lines that stand still in the spectrum, as upsampling by transposed convolutions leaves them (Odena et al. 2016)."""
        mean = torch.log(self.long_spectrum(samples) + _FLOOR).mean(dim=1)[:, None]  # (N, 1, 1025)
        fine = (mean - functional.avg_pool1d(mean, 17, stride=1, padding=8, count_include_pad=False))[:, 0]
        spread = torch.einsum("pf,nf->np", self.long_parts, fine.square()).clamp_min(1e-9).sqrt()
        peaks = torch.einsum("pf,nf->np", self.long_parts, fine**4).clamp_min(1e-12) / spread**4
        return [spread.log(), peaks.log()]


class LongSpectrum(nn.Module):
    """Power (N, T, 1025) of 2,048 samples under a Hann window, every 512.

    In two steps of 32 and 64 points (Cooley and Tukey 1965), because one matrix of that size would be most of the exported file.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("hann", torch.hann_window(_LONG_FFT, periodic=False, dtype=torch.float64).float())
        first, second = torch.arange(_ROWS), torch.arange(_LONG_FFT // _ROWS)
        for name, angles in (
            ("rows", first[:, None] * first * (2 * math.pi / _ROWS)),  # (c, a)
            ("turns", first[:, None] * second * (2 * math.pi / _LONG_FFT)),  # (c, b)
            ("columns", second[:, None] * second * (2 * math.pi * _ROWS / _LONG_FFT)),  # (d, b)
        ):
            self.register_buffer(f"{name}_cosine", angles.double().cos().float())
            self.register_buffer(f"{name}_sine", angles.double().sin().float())

    def forward(self, samples: Tensor) -> Tensor:
        """Power of samples (N, S); S is at least 2,048."""
        pieces = samples.shape[1] // _LONG_HOP
        chunks = samples[:, : pieces * _LONG_HOP].reshape(samples.shape[0], -1, _LONG_HOP)
        frames = torch.cat([chunks[:, :-3], chunks[:, 1:-2], chunks[:, 2:-1], chunks[:, 3:]], dim=2) * self.hann
        grid = frames.unflatten(2, (_ROWS, -1))  # (N, T, a, b): sample 64 a + b
        real, imaginary = self.rows_cosine @ grid, -(self.rows_sine @ grid)  # (N, T, c, b)
        turned = (
            real * self.turns_cosine + imaginary * self.turns_sine,
            imaginary * self.turns_cosine - real * self.turns_sine,
        )
        real = turned[0] @ self.columns_cosine.T + turned[1] @ self.columns_sine.T  # (N, T, c, d): bin c + 32 d
        imaginary = turned[1] @ self.columns_cosine.T - turned[0] @ self.columns_sine.T
        power = (real.square() + imaginary.square()).transpose(2, 3).flatten(2)
        return power[:, :, : _LONG_FFT // 2 + 1]


def _spectrum(samples: Tensor, transform: Tensor, hop: int) -> tuple[Tensor, Tensor]:
    both = functional.conv1d(samples[:, None], transform, stride=hop)
    real, imaginary = both.chunk(2, dim=1)
    return real, imaginary


def _active(power: Tensor) -> Tensor:
    energy = torch.log(power.sum(dim=1, keepdim=True) + 1e-9)
    return (energy > energy.amax(dim=2, keepdim=True) - _ACTIVE).to(power.dtype)


def _moments(values: Tensor, active: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Standard deviation, skewness and fourth standardised moment over the active frames, (N, C) each."""
    count = active.sum(dim=2).clamp_min(1)
    mean = (values * active).sum(dim=2) / count
    apart = (values - mean[:, :, None]) * active
    spread = (apart.square().sum(dim=2) / count + 1e-8).sqrt()
    standard = apart / spread[:, :, None]
    return spread, (standard**3).sum(dim=2) / count, (standard**4).sum(dim=2) / count + 0.1


def _bend(cosine: Tensor, sine: Tensor) -> Tensor:
    """Cosine of the second difference of an angle along the last axis, (..., T - 2). No complex numbers: ONNX has none."""
    before, here, after = slice(None, -2), slice(1, -1), slice(2, None)
    real = cosine[..., after] * cosine[..., before] - sine[..., after] * sine[..., before]
    imaginary = cosine[..., after] * sine[..., before] + sine[..., after] * cosine[..., before]
    double = cosine[..., here].square() - sine[..., here].square(), 2 * cosine[..., here] * sine[..., here]
    return real * double[0] + imaginary * double[1]


def _weighted(values: Tensor, weight: Tensor, parts: Tensor) -> Tensor:
    total = torch.einsum("pf,nf->np", parts, (values * weight).sum(dim=2))
    return total / (torch.einsum("pf,nf->np", parts, weight.sum(dim=2)) + 1e-9)


def _fourier(size: int, window: int) -> Tensor:
    """Kernels (2 * (size // 2 + 1), 1, window): cosines, then sines, under a Hann window."""
    steps = torch.arange(window, dtype=torch.float64)
    angles = torch.arange(size // 2 + 1, dtype=torch.float64)[:, None] * steps * (2 * math.pi / size)
    hann = torch.hann_window(window, periodic=False, dtype=torch.float64)
    return torch.cat([angles.cos() * hann, -angles.sin() * hann])[:, None].float()


def _triangles() -> Tensor:
    """Linear filter bank (40, 257), as for linear-frequency cepstral coefficients (Sahidullah et al. 2015)."""
    edges = torch.linspace(0, RATE_HZ / 2, _BANDS + 2)
    bins = torch.linspace(0, RATE_HZ / 2, _BINS)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return torch.minimum(rising, falling).clamp_min(0)


def _cosines() -> Tensor:
    """Discrete cosine transform of type II, orthonormal, (30, 40)."""
    middles = (torch.arange(_BANDS) + 0.5) * (math.pi / _BANDS)
    rows = torch.cos(torch.arange(_COEFFICIENTS)[:, None] * middles) * math.sqrt(2 / _BANDS)
    rows[0] /= math.sqrt(2)
    return rows


def _parts(bins: int) -> Tensor:
    """Mean over each of 16 parts of the spectrum, (16, bins)."""
    matrix = torch.zeros(_PARTS, bins)
    for part, chosen in enumerate(torch.arange(bins).tensor_split(_PARTS)):
        matrix[part, chosen] = 1 / len(chosen)
    return matrix


def _filters() -> Tensor:
    """Band-pass filters (7, 1, 129): windowed sincs."""
    steps = torch.arange(_FILTER, dtype=torch.float64) - _FILTER // 2
    edges = torch.tensor(_FILTER_EDGES_HZ, dtype=torch.float64)[:, None] / RATE_HZ
    low_passes = 2 * edges * torch.sinc(2 * edges * steps)
    hamming = torch.hamming_window(_FILTER, periodic=False, dtype=torch.float64)
    return ((low_passes[1:] - low_passes[:-1]) * hamming)[:, None].float()
