"""How the process of a service begins and, when it cannot, ends."""

from __future__ import annotations

import sys
from collections.abc import Callable

from kit.errors import TelltaleError


def run(main: Callable[[], None]) -> None:
    """Runs a composition root. An error of ours at start is one line on standard error and exit code 1, no traceback."""
    try:
        main()
    except TelltaleError as error:
        sys.exit(f"{error.reason_name()}: {error.message}")
