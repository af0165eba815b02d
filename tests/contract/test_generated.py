"""What is generated is fresh, and the contracts keep the rules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.imports import ROOT

BUF = Path(sys.executable).with_name("buf")
RELEASED = ROOT / "tests" / "contract" / "released.binpb"


def buf(*arguments: str) -> None:
    done = subprocess.run([BUF, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("generated")
    subprocess.run([sys.executable, "-m", "tools.gen", target], cwd=ROOT, check=True, timeout=120)
    return target


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("telltale", "*"),
        ("third_party/python", "*"),
        ("gateway/envoy", "*.binpb"),
        ("gateway/web/assets", "openapi.json"),
    ],
)
def test_committed_code_is_what_the_contracts_generate(fresh: Path, folder: str, names: str) -> None:
    made = {path.relative_to(fresh): path.read_bytes() for path in (fresh / folder).rglob("*") if path.is_file()}
    committed = {
        path.relative_to(ROOT): path.read_bytes()
        for path in (ROOT / folder).rglob(names)
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sorted(made) == sorted(committed)
    assert [str(path) for path in made if made[path] != committed[path]] == []


def test_contracts_keep_the_lint_rules() -> None:
    buf("lint")


def test_contracts_are_formatted() -> None:
    buf("format", "--diff", "--exit-code", "protos")


def test_contracts_break_nothing_that_was_released() -> None:
    buf("breaking", "protos", "--against", str(RELEASED))
