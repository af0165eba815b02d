"""Runs all notebooks from top to bottom on a slice of the data, at the smallest size: `python -m colab_training.smoke`.

Nothing is kept unless `--keep` names a folder. Without a data folder there is nothing to run on, which is said and is no error.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Final

import nbformat
import papermill

from colab_training.preparation.slice import cut

ROOT: Final = Path(__file__).parents[1]
NOTEBOOKS: Final = ROOT / "colab_training" / "notebooks"
CONFIGS: Final = ROOT / "colab_training" / "configs" / "smoke"
# Notebooks of one row work on what the rows above made and need nothing of each other. The longest stand first.
ROWS: Final = (
    ("00_data_preparation",),
    ("02_temporal_analysis", "03_audio_visual", "01_image_detection", "04_metadata_forensics"),
    ("05_ensemble_fusion",),
)
_AT_ONCE = 2
_PATIENCE_S = 900


def plan(data: Path, out: Path, models: Path) -> dict[str, dict[str, object]]:
    """Parameters of every notebook."""
    prepared, cache = str(out / "preparation" / "data"), str(out / "cache")
    made, asked = out / "models", {"MODELS": str(models), "CACHE": cache}
    trained = {"OUT": str(made), "CONFIGS": str(CONFIGS), "KEEP": str(out / "kept"), "CACHE": cache}
    moving = {"OUT": str(made), "CONFIGS": str(CONFIGS)}
    heard = {"OUT": str(made), "CONFIGS": str(CONFIGS), "JUDGEMENTS": str(out / "voice_judgements.jsonl")}
    weighed = {"EVIDENCE": str(out / "video_evidence.jsonl")}
    return {
        "00_data_preparation": asked | {"DATA": str(data), "OUT": str(out / "preparation")},
        "01_image_detection": trained | {"DATA": prepared},
        "02_temporal_analysis": asked | moving | weighed | {"DATA": prepared},
        "03_audio_visual": asked | heard | {"DATA": prepared},
        "04_metadata_forensics": asked | moving | {"DATA": prepared},
        "05_ensemble_fusion": asked | {"DATA": prepared, "CLIPS": str(out / "video_evidence.jsonl")},
    }


def run_notebook(name: str, parameters: Mapping[str, object], out: Path) -> int:
    """Runs one notebook headless and answers how many pictures it drew. Raises PapermillExecutionError."""
    result = out / f"{name}.ipynb"
    papermill.execute_notebook(
        str(NOTEBOOKS / f"{name}.ipynb"),
        str(result),
        parameters=dict(parameters),
        kernel_name="python3",
        language="python",
        cwd=str(ROOT),
        progress_bar=False,
        execution_timeout=_PATIENCE_S,
    )
    return pictures_in(result)


def pictures_in(notebook: Path) -> int:
    """Number of PNG outputs."""
    cells = nbformat.read(notebook, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def run_all(data: Path, out: Path, models: Path, most: int) -> None:
    """Cuts the slice, runs the notebooks and prints how long each took."""
    print(f"{cut(data, out / 'slice', most)} faces of {data}, results in {out}", flush=True)
    parameters = plan(out / "slice", out, models)
    with ProcessPoolExecutor(_AT_ONCE, multiprocessing.get_context("spawn")) as processes:
        for row in ROWS:
            for done in as_completed([processes.submit(_timed, name, parameters[name], out) for name in row]):
                print(done.result(), flush=True)


def _timed(name: str, parameters: Mapping[str, object], out: Path) -> str:
    start = time.monotonic()
    pictures = run_notebook(name, parameters, out)
    return f"{name}: {time.monotonic() - start:.0f} s, {pictures} pictures"


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    data, models = options.data.resolve(), options.models.resolve()
    if not (data / "faces" / "manifest.csv").is_file():
        print(f"skipped: there is no {data}/faces/manifest.csv to learn from; name a data folder by --data")
    elif options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        run_all(data, options.keep.resolve(), models, options.most)
    else:
        with tempfile.TemporaryDirectory(prefix="telltale-train-") as folder:
            run_all(data, Path(folder), models, options.most)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.smoke", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with faces/manifest.csv")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry of the shipped models")
    parser.add_argument("--most", type=int, default=6, help="most faces of each source, class and split")
    parser.add_argument("--keep", type=Path, help="folder for the notebooks with their outputs and what they made")
    return parser


if __name__ == "__main__":
    main()
