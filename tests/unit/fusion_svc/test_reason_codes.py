"""The catalogue against the detectors.

A cue's module names its test and its reason codes by public strings at its top, bare or in a call; the test has the name
of the module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from fusion_svc.catalogue import catalogue_for, fields
from fusion_svc.model import read_fusion_model
from kit.models.registry import Registry
from kit.vision.clips import CLIP_HOP_S, MIN_DIFFERENT_FRAMES
from metadata_svc.cues.exif_traits import TRAITS

ROOT = Path(__file__).parents[3]
MODULES = sorted(ROOT.glob("*_svc/cues/*.py"))


def strings(module: Path) -> Iterator[str]:
    """Public strings at the top of a module."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and not target.id.startswith("_"):
            value = getattr(node, "value", None)
            parts = value.args if isinstance(value, ast.Call) else [value]
            yield from (part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))


def codes(module: Path) -> set[str]:
    """Reason codes that a module can give."""
    return set(strings(module)) - {module.stem}


def given_values(module: Path) -> set[str]:
    """Every name that a module, or the one that speaks for all tests of its service, gives a value to in a dictionary."""
    speakers = [path for path in (module, module.parents[1] / "opinion.py") if path.is_file()]
    nodes = (node for path in speakers for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    keys = (key for node in nodes if isinstance(node, ast.Dict) for key in node.keys)
    return {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    used = {code for module in MODULES for code in codes(module)}
    used |= {f"exif_anomaly_{trait.__name__}" for trait in TRAITS}  # named after what they look at
    assert used == set(catalogue_for("en").findings)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: f"{module.parent.parent.name}-{module.stem}")
def test_sentences_use_only_values_that_the_test_gives(module: Path) -> None:
    for code in codes(module):
        assert fields(catalogue_for("en").findings[code]) <= given_values(module) | {"media", "media_plural"}, code


def test_every_test_that_the_fusion_model_expects_has_a_name_in_plain_words() -> None:
    parameters = read_fusion_model(Registry(ROOT / "models").load("fusion")).parameters
    assert {cue for kind in parameters.kinds.values() for cue in kind.cues} <= set(catalogue_for("en").cues)


def test_every_test_has_a_name_in_plain_words() -> None:
    tests = {module.stem for module in MODULES if module.stem in strings(module)}
    assert tests == set(catalogue_for("en").cues)


def told_in_words() -> set[str]:
    """What services give as the thing that was wanted or missing: words, which every language has to have."""
    sources = [path for service in ROOT.glob("*_svc") for path in service.rglob("*.py")]
    nodes = [node for path in sources for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    pairs = [pair for node in nodes if isinstance(node, ast.Dict) for pair in zip(node.keys, node.values, strict=True)]
    return {
        f"{key.value!s}={value.value}"
        for key, value in pairs
        if isinstance(key, ast.Constant) and key.value in {"missing", "wanted"}
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def test_every_language_has_words_for_what_was_wanted_or_missing() -> None:
    lasting_face = f"missing=face that stays in view for {CLIP_HOP_S:g} seconds and {MIN_DIFFERENT_FRAMES} frames"
    assert {*told_in_words(), lasting_face} - set(catalogue_for("en").terms) == set()


def test_the_data_behind_the_error_rates_have_a_name_in_plain_words() -> None:
    points = Registry(ROOT / "models").load("fusion").card.postprocessing.operating_points
    assert {f"dataset={point.dataset}" for point in points} - set(catalogue_for("en").terms) == set()
