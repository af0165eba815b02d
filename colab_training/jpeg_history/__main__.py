"""Fits `jpeg_history` and writes its model folder.

Run: python -m colab_training.jpeg_history --config colab_training/configs/jpeg_history.toml --data ../shared/data \
         --out models/jpeg_history/1.0.0     (some minutes on two cores)
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from colab_training.calibration import threshold_at
from colab_training.jpeg_history.card import parameters_of, write_model
from colab_training.jpeg_history.examples import ONCE, Example, measure_all
from colab_training.jpeg_history.fitting import QUESTIONS, Fit, fit
from colab_training.jpeg_history.report import answered, metrics
from colab_training.jpeg_history.settings import load_history_settings
from colab_training.jpeg_originals import camera_tables, originals
from metadata_svc.history.reading import LEAST_DETAIL

_FALSE_ALARMS = 0.01


def threshold_of(found: Fit, examples: Sequence[Example]) -> float:
    """Ratio that at most one in a hundred of the pictures compressed once reaches."""
    once = np.asarray([example.kind == ONCE for example in examples])
    return max(0.0, threshold_at(found.ratios[once], _FALSE_ALARMS))


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    settings = load_history_settings(options.config)
    files = originals(options.data, settings.most)
    measured = measure_all(files, settings, camera_tables(options.data), options.processes)
    examples = [example for example in measured if example.reading.detail >= LEAST_DETAIL]
    fits = [fit(question, examples, settings.strength) for question in QUESTIONS]
    thresholds = [threshold_of(found, examples) for found in fits]
    found = [answered(measured, len(examples))]
    found += [metric for one, least in zip(fits, thresholds, strict=True) for metric in metrics(one, examples, least)]
    parameters = parameters_of(fits, thresholds, settings)
    write_model(options.out, settings, parameters, fits, examples, found, options.config)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.jpeg_history", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the fit")
    parser.add_argument("--data", type=Path, required=True, help="folder with scenes, faces and metadata")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="processes that measure")
    return parser


if __name__ == "__main__":
    main()
