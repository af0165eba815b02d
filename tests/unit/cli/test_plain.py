from __future__ import annotations

import pytest

from cli.plain import plain


@pytest.mark.parametrize("hidden", ["\x1b[31m", "\a", "\r", "\n", "\u202e", "\ufeff", "\udcff", "\x9b"])
def test_what_a_terminal_would_obey_is_shown_as_a_mark(hidden: str) -> None:
    assert plain(f"a{hidden}b.jpg") == f"a�{hidden[1:]}b.jpg"


def test_names_of_all_languages_stay_as_they_are() -> None:
    for name in ("ünïcødé 日本語.jpg", "می\u200cخواهم.jpg", "👩\u200d🔬.png", "z.\u00a0B."):
        assert plain(name) == name


def test_what_is_to_be_kept_is_kept() -> None:
    assert plain("a\n\tb\x1b", keep="\n\t") == "a\n\tb�"
