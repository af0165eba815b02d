"""Certificates for tests, good ones and others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kit.rpc.credentials import ClientTls
from kit.sealing.certificates import Authority

HOUR = timedelta(hours=1)


class Office:
    """An authority with a folder for what it signs."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._authority = Authority.create(datetime.now(UTC))
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(self._authority.certificate)

    def certificate(self, name: str, *, expired: bool = False) -> Path:
        """A file with key and certificate of `name`, in place of the one before."""
        start = datetime.now(UTC) - (2 * HOUR if expired else timedelta())
        path = self._folder / f"{name}.pem"
        self._authority.issue([name], start, HOUR).write(path)
        return path

    def client(self, name: str, *, expired: bool = False) -> ClientTls:
        """How `name` calls others."""
        file = self.certificate(name, expired=expired)
        return ClientTls(self.ca, file, file)

    def server(self, name: str, *callers: str) -> dict[str, Any]:
        """Settings of a server called `name` that takes calls of `callers`, or of everybody with a certificate."""
        file = self.certificate(name)
        return {"tls_certificate": file, "tls_key": file, "tls_client_ca": self.ca, "tls_client_names": callers}
