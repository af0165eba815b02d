"""Makes colab_training/notebooks/*.ipynb from the .py files beside them, without outputs: what Colab opens. `make notebooks`."""

from __future__ import annotations

from pathlib import Path

import jupytext
import nbformat

FOLDER = Path(__file__).parent / "notebooks"


def rendered(source: Path) -> str:
    """The notebook of a percent-format file, as text; the same every time."""
    notebook = jupytext.read(source)
    notebook.metadata.pop("jupytext", None)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def main() -> None:
    """Writes all notebooks."""
    for source in sorted(FOLDER.glob("*.py")):
        source.with_suffix(".ipynb").write_text(rendered(source), encoding="utf-8")


if __name__ == "__main__":
    main()
