"""Files of the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.web.pages import DOCS, PAGE, Pages
from kit.errors import NotFound
from kit.models.registry import Registry


@pytest.mark.parametrize(
    ("name", "content_type"), [("page.js", "text/javascript; charset=utf-8"), ("accuracy.json", "application/json")]
)
def test_files_come_with_their_type(tmp_path: Path, name: str, content_type: str) -> None:
    (tmp_path / name).write_bytes(b"a file")
    assert Pages(tmp_path).read(name) == (content_type, b"a file")


@pytest.mark.parametrize("name", ["missing.js", "../secret.js", "/etc/passwd", "secret.txt", "", "."])
def test_nothing_else_exists(tmp_path: Path, name: str) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "secret.js").write_bytes(b"x")
    (tmp_path / "assets" / "secret.txt").write_bytes(b"x")
    with pytest.raises(NotFound):
        Pages(tmp_path / "assets").read(name)


@pytest.mark.parametrize("name", [PAGE, DOCS])
def test_the_page_ships_with_us(name: str) -> None:
    content_type, page = Pages().read(name)
    assert content_type.startswith("text/html")
    assert page


def test_the_numbers_on_the_page_are_those_of_the_shipped_fusion_model() -> None:
    shipped = Registry(Path(__file__).parents[4] / "models").load("fusion").card.version
    assert json.loads(Pages().read("accuracy.json")[1])["fusion_version"] == shipped
