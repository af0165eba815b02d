"""Notebooks are thin, say the same in both forms, hold no outputs and name no machine; the smoke run knows their parameters."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

pytest.importorskip("papermill", reason="the training environment is not installed")

import nbformat

from colab_training.notebook_files import FOLDER, rendered
from colab_training.smoke import CONFIGS, ROWS, main, pictures_in, plan

NOTEBOOKS = sorted(FOLDER.glob("*.py"))
every_notebook = pytest.mark.parametrize("source", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(source: Path) -> list[nbformat.NotebookNode]:
    notebook = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def parameters(source: Path) -> dict[str, object]:
    (cell,) = [cell for cell in code_cells(source) if "parameters" in cell.metadata.get("tags", [])]
    return {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(cell.source).body}


def test_the_notebooks_are_there() -> None:
    names = ["data_preparation", "image_detection", "temporal_analysis", "audio_visual"]
    names += ["metadata_forensics", "ensemble_fusion"]
    assert [path.stem.split("_", 1)[1] for path in NOTEBOOKS] == names


def test_the_smoke_run_leaves_no_notebook_out() -> None:
    assert sorted(name for row in ROWS for name in row) == [path.stem for path in NOTEBOOKS]


@every_notebook
def test_both_forms_of_a_notebook_agree(source: Path) -> None:
    assert source.with_suffix(".ipynb").read_text(encoding="utf-8") == rendered(source), "run `make notebooks`"


@every_notebook
def test_a_notebook_holds_no_outputs(source: Path) -> None:
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code_cells(source))


@every_notebook
def test_a_notebook_names_no_machine(source: Path) -> None:
    text = source.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert re.findall(r"/(?:home|root|tmp|work|Users)/|localhost|\b\d+\.\d+\.\d+\.\d+\b", text) == []


@every_notebook
def test_a_notebook_is_thin(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]


@every_notebook
def test_colab_is_asked_for_before_anything_is_installed(source: Path) -> None:
    first = code_cells(source)[0].source
    assert first.index("from google.colab import drive") < first.index("except ImportError") < first.index('"pip"')


@every_notebook
def test_the_smoke_run_sets_parameters_that_exist(source: Path, tmp_path: Path) -> None:
    given = plan(tmp_path / "data", tmp_path, tmp_path / "models")[source.stem]
    assert given.keys() <= parameters(source).keys()


@pytest.mark.parametrize(
    "notebook", ["01_image_detection", "02_temporal_analysis", "03_audio_visual", "04_metadata_forensics"]
)
def test_every_training_has_its_configuration_in_both_sizes(notebook: str) -> None:
    trainings = parameters(FOLDER / f"{notebook}.py")["TRAININGS"]
    wanted = [folder / f"{name}.toml" for folder in (CONFIGS.parent, CONFIGS) for name in trainings]
    assert [str(path) for path in wanted if not path.is_file()] == []


def test_without_data_the_smoke_run_says_that_it_is_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--data", str(tmp_path)])
    assert "skipped: there is no" in capsys.readouterr().out


def test_pictures_in_outputs_are_counted(tmp_path: Path) -> None:
    picture = nbformat.v4.new_output("display_data", {"image/png": "AA=="})
    cell = nbformat.v4.new_code_cell("show()", outputs=[picture, picture])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "a.ipynb")
    assert pictures_in(tmp_path / "a.ipynb") == 2
