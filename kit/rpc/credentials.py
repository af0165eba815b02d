"""TLS for both ends of a connection. Certificates are replaced while servers run, so their files are read again when they change.

Who a client is, is a subject alternative name of its certificate. A connection that stands keeps the certificates it began with.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc

from kit.errors import InvalidSettings
from kit.log import get_logger
from kit.settings import ServerSettings

Stamp = tuple[tuple[int, int, int], ...]
Contents = tuple[bytes | None, ...]


@dataclass(frozen=True)
class ClientTls:
    """Whom a client believes, and who it is.

    Attributes:
        ca: PEM authorities that the server's certificate must chain to; None: those of this machine.
        certificate, key: PEM files of the client's own, one file may be both; None: it does not say who it is.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def files(self) -> Watched:
        """The files."""
        return Watched(self.ca, self.certificate, self.key)


class Watched:
    """Authorities, a certificate and its key; safe to use from several threads.

    What cannot be used is never handed out: with halves that do not fit grpc reaches nobody, and an empty key ends the process.
    """

    def __init__(self, ca: Path | None, certificate: Path | None, key: Path | None) -> None:
        self._paths = ca, certificate, key
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None

    def read(self) -> Contents:
        """What is in the files, in their order; None for a path of None. Raises InvalidSettings: they cannot be read, or used."""
        with self._lock, _readable():
            self._stamp = None
            while (contents := self._newest()) is None:
                pass  # Whoever replaces them is done in a moment.
            return contents

    def changed(self) -> Contents | None:
        """The same when it is not what was read last. Raises InvalidSettings, of files that cannot be used once and not again."""
        with self._lock, _readable():
            return self._newest()

    def _newest(self) -> Contents | None:
        stamp = self._look()
        if stamp == self._stamp:
            return None
        contents, problem = self._contents(), self._problem()
        if self._look() != stamp:
            # Replaced while it was read: halves of two certificates fit nobody. Who asks next gets the whole one.
            return None
        self._stamp = stamp
        if problem:
            raise InvalidSettings(problem)
        return contents

    def _look(self) -> Stamp:
        states = [path.stat() for path in self._paths if path is not None]
        return tuple((state.st_ino, state.st_size, state.st_mtime_ns) for state in states)

    def _contents(self) -> Contents:
        return tuple(None if path is None else path.read_bytes() for path in self._paths)

    def _problem(self) -> str:
        ca, certificate, key = self._paths
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            if ca is not None:
                context.load_verify_locations(ca)
            if certificate is not None:
                # Without a password the library would ask for the one of an encrypted key at the terminal.
                context.load_cert_chain(certificate, key, password="")
        except ssl.SSLError as error:
            named = ", ".join(str(path) for path in self._paths if path is not None)
            return f"TLS files {named} must be PEM, not encrypted, and the key the certificate's own: {error.reason}"
        return ""


def server_credentials(settings: ServerSettings) -> grpc.ServerCredentials | None:
    """TLS as the settings say; None means plain text.

    Raises:
        InvalidSettings: certificate, key and authority do not come together, or a file cannot be read.
    """
    if settings.tls_certificate is None and settings.tls_key is None:
        _check_unused(settings)
        return None
    if settings.tls_certificate is None or settings.tls_key is None:
        raise InvalidSettings("TLS needs both a certificate and a key; set both or neither")
    if settings.tls_client_names and settings.tls_client_ca is None:
        raise InvalidSettings(
            "tls_client_names are read from certificates; set tls_client_ca to have clients show theirs"
        )
    files = Watched(settings.tls_client_ca, settings.tls_certificate, settings.tls_key)
    first = _configuration(files.read())
    wants_certificate = settings.tls_client_ca is not None
    return grpc.dynamic_ssl_server_credentials(first, lambda: _renewed(files), wants_certificate)


def client_credentials(contents: Contents) -> grpc.ChannelCredentials:
    """Credentials of what `ClientTls.files` read."""
    ca, certificate, key = contents
    return grpc.ssl_channel_credentials(ca, key, certificate)


def _check_unused(settings: ServerSettings) -> None:
    if settings.tls_client_ca is not None or settings.tls_client_names:
        raise InvalidSettings("clients show certificates over TLS alone; set tls_certificate and tls_key, too")


def _renewed(files: Watched) -> grpc.ServerCertificateConfiguration | None:
    # Asked for every new connection. None leaves the certificate as it is.
    try:
        contents = files.changed()
    except InvalidSettings as error:
        get_logger().warning("the certificate stays as it is", reason=error.message)
        return None
    if contents is None:
        return None
    get_logger().info("new certificate read")
    return _configuration(contents)


def _configuration(contents: Contents) -> grpc.ServerCertificateConfiguration:
    authority, certificate, key = contents
    return grpc.ssl_server_certificate_configuration([(key, certificate)], authority)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InvalidSettings(f"TLS file {error.filename} cannot be read: {error.strerror}") from error
