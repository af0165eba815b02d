"""Fits `region_consistency` and writes its model folder.

Run: python -m colab_training.region_consistency --config colab_training/configs/region_consistency.toml --data ../shared/data \
         --out models/region_consistency/1.0.0     (a quarter of an hour on two cores)
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from colab_training.jpeg_originals import originals
from colab_training.region_consistency import outside, report
from colab_training.region_consistency.card import write_model
from colab_training.region_consistency.examples import measure_all
from colab_training.region_consistency.fitting import fit
from colab_training.region_consistency.settings import load_region_settings
from metadata_svc.history.reading import LEAST_DETAIL


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    settings = load_region_settings(options.config)
    measured = measure_all(originals(options.data, settings.most), settings, options.processes)
    examples = [example for example in measured if example.history.detail >= LEAST_DETAIL]
    fitted = fit(examples, outside.filed(options.data, settings), settings)
    point = report.point_of(fitted)
    found = [
        *report.metrics(fitted, point.threshold),
        *outside.metrics(fitted, options.data, settings, point.threshold),
    ]
    write_model(options.out, settings, fitted, point, found, examples, options.config)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.region_consistency", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the fit")
    parser.add_argument("--data", type=Path, required=True, help="folder with scenes, faces and metadata")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="processes that measure")
    return parser


if __name__ == "__main__":
    main()
