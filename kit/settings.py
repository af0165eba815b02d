"""Typed, frozen settings from the environment: the only reader of `os.environ`.

A service subclasses `Settings` (or `ServerSettings`), gives `model_config = settings_config("TELLTALE_X_")`, and documents every
field with its unit. All wrong settings are reported at once, when the process starts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.errors import InvalidSettings

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


def settings_config(prefix: str) -> SettingsConfigDict:
    """Frozen settings read from variables that begin with `prefix`."""
    return SettingsConfigDict(env_prefix=prefix, frozen=True, extra="forbid")


class Settings(BaseSettings):
    """Base of every group of settings."""

    model_config = settings_config("TELLTALE_")


class ServerSettings(Settings):
    """What every gRPC server needs."""

    host: str = Field(
        default="127.0.0.1", description="Address to listen on; loopback unless a cluster says otherwise."
    )
    port: int = Field(default=0, ge=0, le=65535, description="TCP port; 0 takes a free one.")
    max_concurrent_calls: int = Field(
        default=8, ge=1, description="Calls at work at once; more get RESOURCE_EXHAUSTED."
    )
    drain_s: float = Field(default=10.0, ge=0, description="Seconds that calls get to end after SIGTERM.")
    tls_certificate: Path | None = Field(default=None, description="PEM certificate chain; plain text when unset.")
    tls_key: Path | None = Field(default=None, description="PEM private key of the certificate.")
    tls_client_ca: Path | None = Field(default=None, description="PEM authorities that clients must chain to (mTLS).")
    tls_client_names: tuple[str, ...] = Field(
        default=(),
        description="JSON list of names, one of which clients must have in their certificate (SAN); any when empty.",
    )
    metrics_host: str = Field(default="127.0.0.1", description="Address at which metrics can be read.")
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="TCP port at which metrics can be read, without a token; 0: none."
    )
    log_level: LogLevel = Field(default="INFO", description="Least severe level that is logged.")


_SHARED_PREFIX = "TELLTALE_"
_SECRET_WORDS = ("token", "secret", "password", "key")

AnySettings = TypeVar("AnySettings", bound=Settings)


def load(settings_type: type[AnySettings]) -> AnySettings:
    """Reads a group of settings from the environment.

    Raises:
        InvalidSettings: naming every wrong variable, what was given and what is allowed; a misspelt variable with the
            group's prefix counts as wrong.
    """
    prefix = settings_type.model_config.get("env_prefix", "")
    known = {prefix + name.upper() for name in settings_type.model_fields}
    # The bare prefix is shared by every group, so only a service's own prefix can tell that a variable is misspelt.
    owned = prefix != _SHARED_PREFIX
    unknown = [name for name in os.environ if owned and name.startswith(prefix) and name not in known]
    problems = [f"{name}: no such setting (known: {', '.join(sorted(known))})" for name in sorted(unknown)]
    try:
        settings = settings_type()
    except ValidationError as error:
        problems += [_problem(prefix, issue) for issue in error.errors()]
    if problems:
        raise InvalidSettings("wrong settings: " + "; ".join(problems))
    return settings


def child_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment for a child process: ours with `changes` on top."""
    return {**os.environ, **changes}


def tell_libraries(variables: Mapping[str, str]) -> None:
    """Sets variables of this process, for libraries that read them when they are imported."""
    os.environ.update(variables)


def _problem(prefix: str, issue: Mapping[str, object]) -> str:
    location = issue.get("loc")
    field = "_".join(str(part) for part in location) if isinstance(location, tuple) else ""
    secret = any(word in field for word in _SECRET_WORDS)
    given = "" if secret else f" (given: {issue.get('input')!r})"
    return f"{prefix}{field.upper()}: {issue.get('msg')}{given}"
