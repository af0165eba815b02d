"""Swaps the models of an image service under load, and holds what its callers saw against the bars: `python -m bench.swap`."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from bench.swap.clients import clients
from bench.swap.operator import Operator, unexpected
from bench.swap.publisher import CHANNEL
from bench.swap.report import Figures, figures_of, show
from bench.swap.service import RunningService, running
from bench.swap.zoo import make_zoo

_ROOT = Path(__file__).resolve().parents[2]
_NAMES = ("face_finder", "face_spatial", "frequency", "noise_residual", "whole_picture")
_WARM_S = 10.0
_QUIET_S = 15.0
_SETTLED_S = 1.0


def main() -> int:
    """0 when all bars are kept, else 1."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="telltale-swap-") as folder:
        figures = _measure(options, Path(folder))
    show(figures, options.out)
    return 0 if figures.kept else 1


def _measure(options: argparse.Namespace, folder: Path) -> Figures:
    zoo = make_zoo(options.models, _NAMES, folder)
    settings = {
        "registry": str(folder / "registry"),
        "channel": CHANNEL,
        "trust": str(folder / "trust"),
        "model_cache": str(folder / "cache"),
        "model_control": "explicit",
    }
    options.out.mkdir(parents=True, exist_ok=True)
    with running("image_svc", "TELLTALE_IMAGE_", settings, options.out / "swap.log") as service:
        operator = Operator(service.target, zoo)
        with clients(service.target, options.photos, options.clients):
            time.sleep(_WARM_S)
        before_mib = _settled_mib(service, operator)
        with clients(service.target, options.photos, options.clients) as answers:
            time.sleep(_QUIET_S)
            changes = operator.work(options.swaps, options.seconds / options.swaps)
            time.sleep(_QUIET_S)
        after_mib = _settled_mib(service, operator)
        return figures_of(zoo, list(answers), changes, unexpected(changes), before_mib, after_mib)


def _settled_mib(service: RunningService, operator: Operator) -> float:
    """What it holds when nobody asks, behind a switch there and back: what a busy heap keeps for the next call is not in it."""
    operator.there_and_back()
    time.sleep(_SETTLED_S)
    return service.rss_mib()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.swap", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path("bench/out"), help="folder for swap.json and the service's log"
    )
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--photos", type=Path, nargs="+", default=sorted((_ROOT / "samples").glob("*.jpg")))
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--swaps", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
