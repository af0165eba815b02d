"""YARA rules, compiled by the zygote and run in the sandbox's children: what they search is hostile, and they read every byte.

The rules become machine code when they are compiled. A child may make none, so it finds them ready.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yara_x

from kit.media.exchange import Array, Json

Answer = tuple[Mapping[str, Json], Mapping[str, Array]]

_PATTERNS = ("*.yar", "*.yara")
_MAX_NAMES = 20
_MAX_PROBLEM_CHARACTERS = 2_000


@dataclass
class _Loaded:
    """What this process has compiled."""

    rule_sets: list[yara_x.Rules] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


_LOADED = _Loaded()


def load_folder(folder: str) -> None:
    """Compiles all rules of a folder; for the zygote, before it raises its walls. What is wrong with them `describe` tells."""
    try:
        _LOADED.rule_sets.append(compiled(Path(folder)))
    except (yara_x.CompileError, OSError, UnicodeError) as error:
        _LOADED.problems.append(f"{folder}: {error}")


def compiled(folder: Path) -> yara_x.Rules:
    """The rules in the files of a folder, each file a namespace. Raises CompileError, OSError, UnicodeError."""
    files = sorted(path for pattern in _PATTERNS for path in folder.glob(pattern))
    if not files:
        raise FileNotFoundError(f"there is no file of rules ({', '.join(_PATTERNS)})")
    compiler = yara_x.Compiler(includes_enabled=False)
    for path in files:
        compiler.new_namespace(path.stem)
        compiler.add_source(path.read_text(encoding="utf-8"), origin=path.name)
    return compiler.build()


def describe(_: int, __: Mapping[str, Json]) -> Answer:
    """How many sets of rules are ready ("sets"), and what is wrong with the others ("problem", empty when nothing is)."""
    return {"sets": len(_LOADED.rule_sets), "problem": "; ".join(_LOADED.problems)[:_MAX_PROBLEM_CHARACTERS]}, {}


def search(descriptor: int, _: Mapping[str, Json]) -> Answer:
    """Names of the rules that match the medium ("rules"), at most 20, and of how many sets they are ("sets")."""
    with mmap.mmap(descriptor, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ) as medium:
        data = medium[:]
    names = [rule.identifier for rules in _LOADED.rule_sets for rule in yara_x.Scanner(rules).scan(data).matching_rules]
    return {"rules": names[:_MAX_NAMES], "sets": len(_LOADED.rule_sets)}, {}
