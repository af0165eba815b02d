"""Reads who imports whom from the syntax trees; imports inside functions and under TYPE_CHECKING count."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("image_svc", "temporal_svc", "av_sync_svc", "metadata_svc", "fusion_svc", "gateway")
OURS = (
    "kit",
    *SERVICES,
    "promotion",
    "canary",
    "monitoring",
    "cli",
    "client",
    "colab_training",
    "bench",
    "tools",
    "tests",
)


@dataclass(frozen=True)
class Import:
    """One import statement's target."""

    file: str
    line: int
    module: str
    names: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def source_files() -> list[Path]:
    """Every Python file of ours, generated ones left out."""
    return sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def imports_of(path: Path) -> Iterator[Import]:
    """All imports in a file."""
    file = str(path.relative_to(ROOT))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name, ())
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import; write it in full"
            yield Import(file, node.lineno, node.module or "", tuple(alias.name for alias in node.names))


def module_of(path: Path) -> str:
    """Dotted name of a file of ours."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts[parts[0] == "client" :]  # a folder that holds a package, and is none
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
