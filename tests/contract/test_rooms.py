"""Sibling services have the same rooms under the same names."""

from __future__ import annotations

import ast

import pytest

from tests.support.imports import ROOT

DETECTORS = [name for name in ("image_svc", "temporal_svc", "av_sync_svc", "metadata_svc") if (ROOT / name).is_dir()]
SERVICES = [*DETECTORS, "fusion_svc"]


@pytest.mark.parametrize("service", DETECTORS)
def test_a_detector_has_the_rooms_of_a_detector(service: str) -> None:
    rooms = {"__init__.py", "__main__.py", "settings.py", "service.py", "detector.py", "cues"}
    assert rooms - {path.name for path in (ROOT / service).iterdir()} == set()


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_a_service_says_in_its_docstring_what_question_it_answers(service: str) -> None:
    tree = ast.parse((ROOT / service / "__init__.py").read_text(encoding="utf-8"))
    assert len(ast.get_docstring(tree) or "") > 30


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_a_composition_root_is_short(service: str) -> None:
    tree = ast.parse((ROOT / service / "__main__.py").read_text(encoding="utf-8"))
    statements = (node for node in ast.walk(tree) if isinstance(node, ast.stmt))
    lines = {node.lineno for node in statements if not isinstance(node, ast.Import | ast.ImportFrom)}
    assert len(lines) <= 20


@pytest.mark.parametrize("service", DETECTORS)
def test_each_cue_has_a_file_of_its_own_name(service: str) -> None:
    tree = ast.parse((ROOT / service / "detector.py").read_text(encoding="utf-8"))
    assert tree.body, "detector.py is empty"
    assert [path for path in (ROOT / service / "cues").glob("*.py") if path.stem != path.stem.lower()] == []
