"""Values on their way into a sentence: cleaned, because they may come out of a stranger's file, and in the reader's language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

# A value that came out of a stranger's file must not become a paragraph.
MAX_VALUE_CHARACTERS = 120

# What markup and templates are made of, by look-alikes that do nothing.
_HARMLESS = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")", "&": "+", "`": "'"})
# Control characters, marks that turn the direction of writing, surrogates and what no font shows.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# How names of measured numbers end. Names of cameras and programs may look like numbers, too.
_UNITS = frozenset({"s", "ms", "px", "hz", "percent", "pixel", "seconds"})
_QUANTITIES = frozenset({"correlation", "duration", "examined", "latitude", "longitude", "needed", "threshold"})
_DECIMAL = re.compile(r"[+-]?\d+\.\d+")


def cleaned(value: str) -> str:
    """A value on one line, without control characters and markup, of at most MAX_VALUE_CHARACTERS."""
    # Nothing beyond is read: characters that vanish must not make a long value cheap to send and dear to clean.
    visible = (" " if each.isspace() else each for each in value[: 8 * MAX_VALUE_CHARACTERS] if _shown(each))
    plain = " ".join("".join(visible).translate(_HARMLESS).split())
    return plain if len(plain) <= MAX_VALUE_CHARACTERS else plain[: MAX_VALUE_CHARACTERS - 1] + "…"


def machine_values(parameters: Mapping[str, str]) -> dict[str, str]:
    """All values cleaned, for machines: numbers stay as they are."""
    return {name: cleaned(value) for name, value in parameters.items()}


def in_words(parameters: Mapping[str, str], terms: Mapping[str, str], decimal_mark: str) -> dict[str, str]:
    """All values cleaned, for readers: terms in their words, measured numbers with their decimal mark.

    Terms are called "name=value", and apply to single values and to each of a list: who writes "trusted" into the name of a
    signer is not thereby trusted.
    """
    return {name: _told(name, cleaned(value), terms, decimal_mark) for name, value in parameters.items()}


def decimal(number: str, decimal_mark: str) -> str:
    """A number with the decimal mark of a language."""
    return number.replace(".", decimal_mark)


def _told(name: str, value: str, terms: Mapping[str, str], decimal_mark: str) -> str:
    whole = terms.get(f"{name}={value}")
    if whole is not None:
        return whole
    if name.rpartition("_")[2] in _UNITS | _QUANTITIES and _DECIMAL.fullmatch(value):
        return decimal(value, decimal_mark)
    return ", ".join(terms.get(f"{name}={part}", part) for part in value.split(", "))


def _shown(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in _INVISIBLE
