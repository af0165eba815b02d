"""`python -m bench.stills --out bench/out`: prints the table, writes stills.json, fails when one face takes too long."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.stills.measure import TOGETHER, Steps, measure
from image_svc.build import SandboxDecoder, build_detector
from image_svc.settings import ImageSettings
from kit.media.file import MediaFile
from kit.media.image import PRELOAD
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.registry import Registry

_ROOT = Path(__file__).resolve().parents[2]
_SIDES_PX = (256, 512, 1024, 2048)
BAR_MS = 120.0
"""Bar for the median of all steps together, on every size."""


def main() -> int:
    """0 when all sizes are within the bar, else 1."""
    options = _options()
    settings = ImageSettings()
    with (
        Sandbox.start(SandboxSettings(), PRELOAD) as sandbox,
        MediaFile.from_bytes(options.photo.read_bytes()) as media,
    ):
        picture = SandboxDecoder(sandbox, settings.limits).decode(media)
        sizes = measure(build_detector(settings, sandbox, Registry(options.models)), picture, _SIDES_PX, options.rounds)
    _show(sizes)
    _write(sizes, options.photo.name, options.out / "stills.json")
    return 0 if all(steps.p50_ms[TOGETHER] <= BAR_MS for steps in sizes) else 1


def _show(sizes: Sequence[Steps]) -> None:
    table = Table("p50 ms (p90)", *(f"{steps.longer_side_px} px" for steps in sizes))
    for step in sizes[0].p50_ms:
        table.add_row(step, *(f"{steps.p50_ms[step]:.1f} ({steps.p90_ms[step]:.1f})" for steps in sizes))
    Console().print(table, f"bar for all together: {BAR_MS:.0f} ms")


def _write(sizes: Sequence[Steps], photo: str, target: Path) -> None:
    document = {
        "photo": photo,
        "cpu_cores": os.cpu_count(),
        "load_average_1_min": os.getloadavg()[0],
        "bar_ms": BAR_MS,
        "sizes": [asdict(steps) for steps in sizes],
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.stills", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for stills.json")
    parser.add_argument(
        "--photo", type=Path, default=_ROOT / "samples" / "portrait.jpg", help="a picture with one face"
    )
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--rounds", type=int, default=40, help="turns that count")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
