"""Settings of who is believed: services by certificate, people by an identity provider."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from gateway.door.edge import Edge
from gateway.door.passports import Passports
from gateway.door.tokens import Scope
from kit.errors import InvalidSettings
from kit.rpc.credentials import ClientTls
from kit.settings import ServerSettings


class TransportSettings(ServerSettings):
    """A part of the gateway's settings."""

    services_ca: Path | None = Field(
        default=None,
        description="PEM authorities that certificates of detectors and fusion must chain to; plain text when unset. A target "
        'may say which name they must have: "image-svc@127.0.0.1:50061".',
    )
    services_certificate: Path | None = Field(
        default=None, description="PEM certificate chain by which detectors and fusion know the gateway."
    )
    services_key: Path | None = Field(default=None, description="PEM private key of that certificate.")
    edge_names: tuple[str, ...] = Field(
        default=("envoy",),
        min_length=1,
        description="JSON list of names (SAN) of our Envoys: where tls_client_ca is set, only who shows one of them is believed "
        "who has signed in and from where clients call.",
    )

    oidc_issuer: str = Field(
        default="", description="Issuer (iss) whose tokens our Envoys check; needs tls_client_ca. Empty: none."
    )
    oidc_roles_claim: str = Field(
        default="",
        description='Claim with roles, besides scope and scp, by name or path, e.g. "realm_access.roles"; none when empty.',
    )
    oidc_scopes: Mapping[str, tuple[Scope, ...]] = Field(
        default={scope.value: (scope,) for scope in Scope},
        description='JSON: what a word in these claims grants, e.g. {"fraud-team": ["analyze", "read"]}.',
    )

    def unmet(self) -> list[str]:
        """What these settings require and do not have, a sentence each."""
        needed = ("services_ca", "services_certificate", "services_key") if self.require_mtls else ()
        return [*super().unmet(), *self._missing("require_mtls", needed)]

    def services_tls(self) -> ClientTls | None:
        """TLS to detectors and fusion. Raises InvalidSettings: the settings do not belong together."""
        if (self.services_certificate is None) != (self.services_key is None):
            raise InvalidSettings("services_certificate and services_key belong together; set both or none")
        if self.services_ca is None:
            if self.services_certificate is not None:
                raise InvalidSettings("services_certificate is shown over TLS alone; set services_ca, too")
            return None
        return ClientTls(self.services_ca, self.services_certificate, self.services_key)

    def edge(self) -> Edge:
        """What is believed of our Envoys. Raises InvalidSettings: it would have to be believed of everybody."""
        if not self.oidc_issuer:
            return Edge(None if self.tls_client_ca is None else self.edge_names, None)
        if self.tls_client_ca is None:
            raise InvalidSettings(
                "oidc_issuer needs tls_client_ca: without certificates anybody could tell the gateway that they have signed in"
            )
        return Edge(self.edge_names, Passports(self.oidc_issuer, self.oidc_scopes, self.oidc_roles_claim))
