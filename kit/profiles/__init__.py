"""Profiles: the settings of a whole environment as one TOML file with a table per group of settings.

`dev`, `staging` and `production` lie beside this file and have the same tables and the same keys; nothing but their values
differs, and no code asks which of them it runs under. They hold no addresses and no secrets: those come from the environment,
and so does whatever an operator wants to change, since a variable of the environment wins over the profile.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from kit.errors import InvalidSettings

FOLDER: Final = Path(__file__).parent
GROUPS: Final = ("stack", "image", "temporal", "av_sync", "metadata", "fusion", "gateway", "envoy")
"""Tables of a profile: "stack" is `telltale up` itself, the others are processes, by the prefix of their variables."""


@dataclass(frozen=True)
class Profile:
    """What a file says: a table per group, and in it values by the names of settings."""

    file: Path
    tables: Mapping[str, Mapping[str, Any]]

    def table(self, group: str) -> Mapping[str, Any]:
        """The values of one group; none when the file has no table for it."""
        return self.tables.get(group, {})

    def place(self, group: str, key: str) -> str:
        """How a value is named in errors."""
        return f"{self.file}, [{group}] {key}"

    def problems(self, group: str, fields: Mapping[str, FieldInfo]) -> dict[str, str]:
        """By key, what is wrong with the values of a group whose settings have these fields: unknown, or of another type."""
        found = {key: _problem(fields.get(key), value) for key, value in self.table(group).items()}
        return {key: f"{self.place(group, key)}: {problem}" for key, problem in found.items() if problem}


NO_PROFILE: Final = Profile(Path(), {})


def shipped() -> list[str]:
    """Names of the profiles that are shipped."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def read_profile(name: str, group: str = "stack") -> Profile:
    """The shipped profile of that name, or one of an operator's own, by a path that ends in `.toml`.

    Raises:
        InvalidSettings: there is none, it is no TOML, or it has tables that are neither in `GROUPS` nor `group`.
    """
    if not name.endswith(".toml") and name not in shipped():
        raise InvalidSettings(f"no profile {name!r}: give one of {', '.join(shipped())}, or a path that ends in .toml")
    file = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSettings(f"profile {file} cannot be read: {error}") from error
    unknown = [key for key, table in document.items() if not isinstance(table, dict) or key not in {*GROUPS, group}]
    if unknown:
        raise InvalidSettings(f"profile {file}: no such table: {', '.join(unknown)} (known: {', '.join(GROUPS)})")
    return Profile(file, document)


def _problem(field: FieldInfo | None, value: object) -> str:
    if field is None:
        return "no such setting"
    try:
        # As JSON and strictly: a path may be a string and a tuple a list, but a number may not.
        allowed: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        TypeAdapter(allowed).validate_json(json.dumps(value), strict=True)
    except (ValidationError, TypeError) as error:
        told = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        return f"{told} (given: {value!r})"
    return ""
