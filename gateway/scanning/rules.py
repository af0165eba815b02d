"""Uploads against YARA rules: ours, and those of whoever runs the service."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from gateway.scanning.scanner import UNSCANNED, ScanState
from gateway.uninterrupted import in_thread_until_cancelled
from kit.errors import DecoderStopped, InvalidSettings, MediaInfected, ScannerUnavailable
from kit.log import get_logger
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.sandbox import Sandbox

SHIPPED = Path(__file__).parent / "rules"
"""Rules of our own: what has no business in a photo, a video or a recording."""

_TASKS = "gateway.scanning.rules_task"
_NAME = re.compile(r"[A-Za-z_]\w{0,127}", re.ASCII)


def rules_preload(folders: Sequence[Path]) -> tuple[str, ...]:
    """What a sandbox must preload for the rules of these folders."""
    return tuple(f"{_TASKS}:load_folder={folder.absolute()}" for folder in folders)


def require_rules(sandbox: Sandbox, folders: Sequence[Path]) -> None:
    """Raises InvalidSettings unless the sandbox has compiled the rules of all folders."""
    with MediaFile.from_bytes(b"?") as nothing:
        values = sandbox.run(f"{_TASKS}:describe", nothing, {}).values
    if values.get("sets") != len(folders):
        raise InvalidSettings(f"YARA rules cannot be used; correct or remove them: {values.get('problem')}")


class RuleScanner:
    """`Scanner` by YARA rules of so many folders. Rules know single traits, not malware at large, so it finds no file clean."""

    def __init__(self, sandbox: Sandbox, folders: int) -> None:
        self._sandbox = sandbox
        self._folders = folders

    async def scan(self, media: MediaFile) -> ScanState:
        """UNSCANNED. Raises MediaInfected, ScannerUnavailable, and what `Sandbox.run` raises."""
        names = await in_thread_until_cancelled(self._matches, media)
        if names:
            raise MediaInfected(
                f"The file matches the rule {', '.join(names)} of this service and was not kept. "
                "Send the original, with nothing put into or behind it.",
                rule=",".join(names),
                scanner="yara",
            )
        return UNSCANNED

    def _matches(self, cancel: CancelToken, media: MediaFile) -> list[str]:
        values = self._sandbox.run(f"{_TASKS}:search", media, {}, cancel=cancel).values
        if values.get("sets") != self._folders:
            # The sandbox was started again meanwhile, and reads them again.
            get_logger().error("YARA rules that were there at the start cannot be read any more")
            raise ScannerUnavailable(
                "Files are searched by rules here and the rules cannot be read. Try again later.", retry_after_s=60.0
            )
        match values.get("rules"):
            case [*names] if all(isinstance(name, str) and _NAME.fullmatch(name) for name in names):
                return [str(name) for name in names]
        raise DecoderStopped("The search by rules gave no answer that can be trusted.", limit="answer")
