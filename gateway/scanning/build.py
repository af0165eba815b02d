"""The scanners that the settings ask for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateway.scanning.clamd import Clamd, ClamdAddress
from gateway.scanning.rules import SHIPPED, RuleScanner, require_rules, rules_preload
from gateway.scanning.scanner import Both, Counted, Forgiving, NoScanner, Scanner
from gateway.settings import GatewaySettings
from kit.media.sandbox import Sandbox


def scanning_preload(settings: GatewaySettings) -> tuple[str, ...]:
    """What the sandbox must preload for the scanners."""
    return rules_preload(_folders(settings))


def open_scanner(settings: GatewaySettings, sandbox: Sandbox) -> Scanner:
    """The scanner of all uploads. Raises InvalidSettings for rules that cannot be compiled."""
    folders, malware = _folders(settings), _malware(settings)
    if not folders:
        return malware
    require_rules(sandbox, folders)
    return Both(Counted("rules", RuleScanner(sandbox, len(folders))), malware)


def _folders(settings: GatewaySettings) -> Sequence[Path]:
    shipped = [SHIPPED] if settings.shipped_rules else []
    return [*shipped, *([settings.yara_rules] if settings.yara_rules else [])]


def _malware(settings: GatewaySettings) -> Scanner:
    if not settings.clamd_url:
        return NoScanner()
    address = ClamdAddress.parse(settings.clamd_url)
    clamd = Clamd(address, settings.clamd_timeout_s, settings.clamd_max_bytes, settings.clamd_connections)
    counted = Counted("clamd", clamd)
    return counted if settings.clamd_required else Forgiving(counted)
