"""Writes the table of the shipped profiles into docs/models.md: `python -m tools.profiles`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from kit.profiles import read_profile

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "models.md"
NAMES: Final = ("dev", "staging", "production")
_BEGIN, _END = "<!-- profiles -->", "<!-- end of profiles -->"


def table() -> str:
    """Every key of the profiles with its values, as Markdown; services that say the same about a key share a line."""
    profiles = [read_profile(name) for name in NAMES]
    rows: dict[tuple[str, ...], list[str]] = {}
    for group, values in profiles[0].tables.items():
        for key in values:
            told = tuple(f"`{json.dumps(profile.table(group).get(key))}`" for profile in profiles)
            rows.setdefault((key, *told), []).append(group)
    lines = [(f"`{key}`", ", ".join(groups), *told) for (key, *told), groups in sorted(rows.items())]
    head = [("setting", "of", *NAMES), ("---",) * (2 + len(NAMES))]
    return "\n".join("| " + " | ".join(line) + " |" for line in [*head, *lines])


def page_with_table(text: str) -> str:
    """The page with the table as it is now. Raises ValueError: it has no place for it."""
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the page has no place between {_BEGIN} and {_END}")
    return f"{before}{_BEGIN}\n\n{table()}\n\n{_END}{after}"


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page_with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
