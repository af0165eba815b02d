"""Makes `torchvision`, which ultralytics imports, importable where its compiled part does not fit the installed torch.

The wheel of torchvision is built for CUDA; beside a CPU build of torch its library of operators cannot be loaded, and the import
fails at the first operator it registers. Of these operators only non-maximum suppression is needed, and only for validation
while training, so the schemas are declared here and `nms` is given in plain torch. Where torchvision imports, nothing is done.
"""

from __future__ import annotations

import importlib
import sys

import torch
from torch import Tensor
from torch import library as operator_library

_ROI_POOL = "Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width"
_GRAD = "Tensor grad, Tensor rois"
_SIZES = "SymInt batch_size, SymInt channels, SymInt height, SymInt width"
_POOLED = "float spatial_scale, SymInt pooled_height, SymInt pooled_width"
_DEFORM = (
    "Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, SymInt stride_w, SymInt pad_h, "
    "SymInt pad_w, SymInt dilation_h, SymInt dilation_w, SymInt groups, SymInt offset_groups, bool use_mask"
)
_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    f"roi_align({_ROI_POOL}, int sampling_ratio, bool aligned) -> Tensor",
    f"qroi_align({_ROI_POOL}, int sampling_ratio, bool aligned) -> Tensor",
    f"_roi_align_backward({_GRAD}, {_POOLED}, {_SIZES}, int sampling_ratio, bool aligned) -> Tensor",
    f"ps_roi_align({_ROI_POOL}, int sampling_ratio) -> (Tensor, Tensor)",
    f"_ps_roi_align_backward({_GRAD}, Tensor channel_mapping, {_POOLED}, int sampling_ratio, {_SIZES}) -> Tensor",
    f"roi_pool({_ROI_POOL}) -> (Tensor, Tensor)",
    f"_roi_pool_backward({_GRAD}, Tensor argmax, {_POOLED}, {_SIZES}) -> Tensor",
    f"ps_roi_pool({_ROI_POOL}) -> (Tensor, Tensor)",
    f"_ps_roi_pool_backward({_GRAD}, Tensor channel_mapping, {_POOLED}, {_SIZES}) -> Tensor",
    f"deform_conv2d({_DEFORM}) -> Tensor",
    f"_deform_conv2d_backward(Tensor grad, {_DEFORM}) -> (Tensor, Tensor, Tensor, Tensor, Tensor)",
)
_declared: list[operator_library.Library] = []


def ensure_torchvision() -> None:
    """Imports torchvision, with the operators declared here where its own do not load. Raises ImportError without the package."""
    try:
        importlib.import_module("torchvision")
    except RuntimeError:
        _forget("torchvision")
        _declare()
        # Its own check asks whether the compiled library was loaded; what is called of it is declared above.
        importlib.import_module("torchvision").extension._has_ops = lambda: True  # noqa: SLF001 - the only way


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Indices (M,) of the boxes (N, 4: left, top, right, bottom) that greedy suppression keeps, best first."""
    left, top, right, bottom = boxes.unbind(1)
    areas = (right - left) * (bottom - top)
    waiting, kept = scores.argsort(descending=True, stable=True), []
    while waiting.numel():
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        width = (torch.minimum(right[best], right[waiting]) - torch.maximum(left[best], left[waiting])).clamp(min=0)
        height = (torch.minimum(bottom[best], bottom[waiting]) - torch.maximum(top[best], top[waiting])).clamp(min=0)
        shared = width * height
        waiting = waiting[shared / (areas[best] + areas[waiting] - shared) <= iou_threshold]
    return torch.stack(kept) if kept else torch.zeros(0, dtype=torch.int64)


def _declare() -> None:
    if _declared:
        return
    library = operator_library.Library("torchvision", "DEF")
    for schema in _SCHEMAS:
        library.define(schema)
    library.impl("nms", nms, "CPU")
    _declared.append(library)  # what is declared lasts as long as the library object does


def _forget(package: str) -> None:
    for name in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
        del sys.modules[name]
