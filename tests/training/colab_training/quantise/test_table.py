from __future__ import annotations

from pathlib import Path

import pytest

from colab_training.quantise.table import BEGIN, END, write_row

CELLS = ("voice 1.0.1", "1.0.0", "a", "b", "c", "d", "e", "yes")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "models.md"
    file.write_text(f"before\n{BEGIN}\n{END}\nafter\n")
    return file


def test_a_row_is_added_and_the_page_around_it_stays(page: Path) -> None:
    write_row(page, CELLS)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| voice 1.0.1 | 1.0.0 | a | b | c | d | e | yes |" in text


def test_a_model_that_is_measured_again_keeps_one_row(page: Path) -> None:
    for cells in (CELLS, ("face 2.0.1", *CELLS[1:]), ("voice 1.0.2", *CELLS[1:-1], "no: it is not faster")):
        write_row(page, cells)
    rows = [line.split("|")[1].strip() for line in page.read_text().splitlines() if line.startswith("|")][2:]
    assert rows == ["face 2.0.1", "voice 1.0.2"]


def test_a_page_without_the_section_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("nothing")
    with pytest.raises(ValueError, match="has no section between"):
        write_row(tmp_path / "page.md", CELLS)
