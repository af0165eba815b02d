"""Certificates of a stack: an authority as old as its `telltale up`, and one certificate per process that lives for a day.

The authority's key is in memory alone, so there is nothing to steal that could sign; a new start makes a new authority.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from cli.stack.supervisor import Say
from kit.clock import Clock
from kit.errors import InvalidSettings
from kit.rpc.credentials import ClientTls
from kit.sealing.certificates import Authority, replace_private

GATEWAY, EDGE, CLI = "gateway", "envoy", "cli"
LIFETIME = timedelta(hours=24)
_RENEWED_AFTER = LIFETIME / 3
# By the clock on the wall, looked at often: a machine that has slept for a week renews them when it wakes.
_LOOK_EVERY_S = 60.0


class Certificates:
    """The certificates in a folder, each one with its key in a file of its own, mode 600."""

    def __init__(self, folder: Path, names: tuple[str, ...], clock: Clock) -> None:
        self._folder = folder
        self._names = names
        self._clock = clock
        self._authority = Authority.create(clock.now())
        self._made: datetime | None = None

    @property
    def ca(self) -> Path:
        """The authority's certificate."""
        return self._folder / "ca.pem"

    def file(self, name: str) -> Path:
        """Certificate and key of `name`."""
        return self._folder / f"{name}.pem"

    def client(self, name: str) -> ClientTls:
        """How `name` calls others."""
        return ClientTls(self.ca, self.file(name), self.file(name))

    def renew(self) -> bool:
        """Makes all certificates, unless they have most of their time before them; whether it did. Raises InvalidSettings."""
        now = self._clock.now()
        if self._made is not None and now - self._made < _RENEWED_AFTER:
            return False
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_private(self.ca, self._authority.certificate)
        for name in self._names:
            # The gateway is also called by people on this machine, who know it by its address.
            names = (name, "localhost") if name == GATEWAY else (name,)
            self._authority.issue(names, now, LIFETIME).write(self.file(name))
        self._made = now
        return True

    async def keep_renewing(self, say: Say) -> None:
        """Renews them in time until it is cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            self.try_to_renew(say)

    def try_to_renew(self, say: Say) -> None:
        """Renews them when it is time. A disk that is full has hours to become free: it is told, and tried again."""
        try:
            self.renew()
        except (InvalidSettings, OSError) as error:
            say(f"the certificates could not be renewed, and last until they are {LIFETIME} old; trying again: {error}")
