"""Text that others chose, such as names of files, on a terminal, which would obey what is hidden in it."""

from __future__ import annotations

from unicodedata import category

# Control and format characters (right-to-left overrides among them), and what of a file's name is no Unicode.
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs"})
# Persian and joined emoji need them, and they move nothing.
_JOINERS = "\u200c\u200d"


def plain(text: str, keep: str = "") -> str:
    """The text in signs that a terminal only shows; a � stands for every other one but those in `keep`."""
    return "".join(sign if sign in keep + _JOINERS or category(sign) not in _NOT_SHOWN else "�" for sign in text)
