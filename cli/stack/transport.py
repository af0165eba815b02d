"""How the processes of a stack talk to each other: in plain text on the loopback of one machine, or by mTLS."""

from __future__ import annotations

import json

from cli.stack.certificates import CLI, EDGE, GATEWAY, Certificates
from cli.stack.probes import GrpcHealth

_LOOPBACK = "127.0.0.1"


class Transport:
    """Settings of processes for one or the other; without certificates there is nothing to set."""

    def __init__(self, certificates: Certificates | None) -> None:
        self._certificates = certificates

    def target(self, package: str, port: int) -> str:
        """Where and under which name a service is called."""
        address = f"{_LOOPBACK}:{port}"
        return address if self._certificates is None else f"{certificate_name(package)}@{address}"

    def probe(self, package: str, port: int) -> GrpcHealth:
        """How to find out that a service is ready."""
        tls = None if self._certificates is None else self._certificates.client(CLI)
        return GrpcHealth(self.target(package, port), tls)

    def server(self, package: str) -> dict[str, str]:
        """A service's own certificate, and whose calls it takes: the gateway those of Envoy and the CLI, others the gateway's."""
        if self._certificates is None:
            return {}
        name = certificate_name(package)
        file = str(self._certificates.file(name))
        callers = [EDGE, CLI] if name == GATEWAY else [GATEWAY]
        return {
            "TLS_CERTIFICATE": file,
            "TLS_KEY": file,
            "TLS_CLIENT_CA": str(self._certificates.ca),
            "TLS_CLIENT_NAMES": json.dumps(callers),
        }

    def to_services(self) -> dict[str, str]:
        """How the gateway calls detectors and fusion."""
        return self._client("SERVICES_", GATEWAY)

    def to_gateway(self) -> dict[str, str]:
        """How Envoy calls the gateway."""
        named = {} if self._certificates is None else {"GATEWAY_NAME": GATEWAY}
        return named | self._client("GATEWAY_", EDGE)

    def client_of_gateway(self, port: int) -> dict[str, str]:
        """How a process of ours that is a client like any other calls the gateway."""
        if self._certificates is None:
            return {"GATEWAY": f"http://{_LOOPBACK}:{port}"}
        file = str(self._certificates.file(CLI))
        # The gateway's certificate has a name, no address.
        return {
            "GATEWAY": f"https://localhost:{port}",
            "CA_FILE": str(self._certificates.ca),
            "CERTIFICATE_FILE": file,
            "KEY_FILE": file,
        }

    def _client(self, prefix: str, name: str) -> dict[str, str]:
        if self._certificates is None:
            return {}
        file = str(self._certificates.file(name))
        return {f"{prefix}CA": str(self._certificates.ca), f"{prefix}CERTIFICATE": file, f"{prefix}KEY": file}


def certificate_name(package: str) -> str:
    """The name in the certificate of a service, as hosts are named: without underscores."""
    return package.replace("_", "-")
