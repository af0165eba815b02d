"""A trained network for those who go on with it in torch: its state dict, and TorchScript that needs no code of ours."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import nn

from colab_training.export import parity

STATE_FILE, SCRIPT_FILE = "state.pt", "model.pt"
_PARITY_ITEMS = 3


def keep(network: nn.Module, side_px: int, folder: Path, onnx: Path) -> Path:
    """Writes both into `folder` and answers the TorchScript file.

    Raises ValueError when TorchScript does not say what the exported file `onnx` says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network = network.cpu().eval().to(memory_format=torch.contiguous_format)
    torch.save(network.state_dict(), folder / STATE_FILE)
    generator = torch.Generator().manual_seed(0)
    example = torch.randn(_PARITY_ITEMS, 3, side_px, side_px, generator=generator)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # tracing is announced as old, but it is what needs no code on the other side
        torch.jit.save(torch.jit.trace(network, example, check_trace=False), str(folder / SCRIPT_FILE))
    difference = parity(open_script(folder / SCRIPT_FILE), onnx, example.numpy())
    print(f"TorchScript and ONNX differ by at most {difference:.1e}; kept in {folder}")
    return folder / SCRIPT_FILE


def open_script(path: Path) -> nn.Module:
    """The network of a TorchScript file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as above
        script: nn.Module = torch.jit.load(str(path))
    return script
