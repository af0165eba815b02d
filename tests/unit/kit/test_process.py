from __future__ import annotations

import pytest

from kit.errors import ModelInvalid
from kit.process import run


def test_an_error_at_start_is_one_sentence_and_a_bad_exit() -> None:
    def main() -> None:
        raise ModelInvalid("no model thing in models")

    with pytest.raises(SystemExit, match=r"^MODEL_INVALID: no model thing in models$"):
        run(main)


def test_a_bug_at_start_keeps_its_traceback() -> None:
    def main() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(main)
