"""Which scanners the settings ask for."""

from __future__ import annotations

from typing import cast

from gateway.scanning.build import open_scanner, scanning_preload
from gateway.scanning.rules import SHIPPED
from gateway.scanning.scanner import Counted, Forgiving, NoScanner, Scanner
from gateway.settings import GatewaySettings
from kit.media.sandbox import Sandbox

CLAMD = {"clamd_url": "tcp://clamav:3310", "shipped_rules": False}


def opened(**settings: object) -> Scanner:
    """Without rules nothing is asked of the sandbox."""
    return open_scanner(GatewaySettings(**settings), cast("Sandbox", None))  # type: ignore[arg-type]


def test_our_rules_are_on_unless_they_are_switched_off() -> None:
    assert [name.endswith(str(SHIPPED)) for name in scanning_preload(GatewaySettings())] == [True]
    assert scanning_preload(GatewaySettings(shipped_rules=False)) == ()


def test_clamd_is_required_wherever_it_is_set_up() -> None:
    assert isinstance(opened(shipped_rules=False), NoScanner)
    assert isinstance(opened(**CLAMD), Counted)
    assert isinstance(opened(**CLAMD, clamd_required=False), Forgiving)
