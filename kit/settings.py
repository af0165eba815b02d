"""Typed, frozen settings from the environment and, below it, from a profile: the only reader of `os.environ`.

A service subclasses `Settings` (or `ServerSettings`), gives `model_config = settings_config("TELLTALE_X_")`, and documents every
field with its unit. All wrong settings are reported at once, when the process starts. `TELLTALE_PROFILE` names the profile
(`kit.profiles`): its table `x` gives what no variable of the environment does.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.errors import InvalidSettings
from kit.profiles import NO_PROFILE, Profile, read_profile

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
OTLP_ENDPOINT: Final = r"^https?://[^/:@\s]+:[0-9]{1,5}$"
"""How the address of a collector is written."""


def settings_config(prefix: str) -> SettingsConfigDict:
    """Frozen settings read from variables that begin with `prefix`."""
    return SettingsConfigDict(env_prefix=prefix, frozen=True, extra="forbid")


class Settings(BaseSettings):
    """Base of every group of settings."""

    model_config = settings_config("TELLTALE_")

    def unmet(self) -> list[str]:
        """What these settings require and do not have, a sentence each: its process must not start then."""
        return []

    def _missing(self, rule: str, names: tuple[str, ...]) -> list[str]:
        """The sentence about those of the settings `names` that are None although the setting `rule` requires them."""
        missing = [prefix_of(type(self)) + name.upper() for name in names if getattr(self, name) is None]
        return [f"{rule} is on, so the environment must give {', '.join(missing)}"] if missing else []


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
    require_mtls: bool = Field(
        default=False, description="Refuse to start without a certificate of our own and authorities of our callers."
    )
    metrics_host: str = Field(default="127.0.0.1", description="Address at which metrics can be read.")
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="TCP port at which metrics can be read, without a token; 0: none."
    )
    health_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="TCP port at which health alone is told, in plain text and without a certificate; 0: none.",
    )
    otlp_endpoint: str | None = Field(
        default=None,
        pattern=OTLP_ENDPOINT,
        description="Collector of traces (OTLP over gRPC), as in http://127.0.0.1:4317, or https; none when unset.",
    )
    trace_share: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="Share of the traces that begin here that are sampled; what a caller has decided for its own is kept.",
    )
    log_level: LogLevel = Field(default="INFO", description="Least severe level that is logged.")

    def unmet(self) -> list[str]:
        """What these settings require and do not have, a sentence each."""
        needed = ("tls_certificate", "tls_key", "tls_client_ca") if self.require_mtls else ()
        return [*super().unmet(), *self._missing("require_mtls", needed)]


_SHARED_PREFIX = "TELLTALE_"
PROFILE_VARIABLE = "TELLTALE_PROFILE"
_SECRET_WORDS = ("token", "secret", "password", "key")

AnySettings = TypeVar("AnySettings", bound=Settings)


def load(settings_type: type[AnySettings], *, complete: bool = True) -> AnySettings:
    """Reads a group of settings: from the environment, else from the profile, else their defaults.

    Without `complete`, what they require may be missing: for who only wants to know some of another process's settings.

    Raises:
        InvalidSettings: naming every wrong variable and every wrong line of the profile, what was given and what is allowed; a
            misspelt variable with the group's prefix counts as wrong.
    """
    prefix, group = prefix_of(settings_type), group_of(settings_type)
    profile = current_profile(group)
    wrong = profile.problems(group, settings_type.model_fields)
    set_here = environment(settings_type)
    told = {key: value for key, value in profile.table(group).items() if key not in {*set_here, *wrong}}
    problems = [*_misspelt(settings_type), *wrong.values()]
    try:
        # What is passed would win over the environment; so only what the environment leaves open is.
        settings = settings_type(**told)
        problems += settings.unmet() if complete else []
    except ValidationError as error:
        problems += [_problem(prefix, issue, profile, group, told) for issue in error.errors()]
    if problems:
        raise InvalidSettings("wrong settings: " + "; ".join(problems))
    return settings


def prefix_of(settings_type: type[Settings]) -> str:
    """What the variables of a group begin with."""
    return settings_type.model_config.get("env_prefix", "")


def group_of(settings_type: type[Settings]) -> str:
    """The table of a profile that is about a group; "stack" for what has the shared prefix."""
    return prefix_of(settings_type).removeprefix(_SHARED_PREFIX).rstrip("_").lower() or "stack"


def environment(settings_type: type[Settings]) -> dict[str, str]:
    """What variables of the environment say of a group, by setting."""
    prefix, variables = prefix_of(settings_type), {name.upper(): value for name, value in os.environ.items()}
    found = ((name, variables.get(prefix + name.upper())) for name in settings_type.model_fields)
    return {name: value for name, value in found if value is not None}


def current_profile(group: str) -> Profile:
    """The profile that `TELLTALE_PROFILE` names. Raises InvalidSettings: it cannot be read."""
    name = os.environ.get(PROFILE_VARIABLE, "")
    return read_profile(name, group) if name else NO_PROFILE


def use_profile(name: str) -> None:
    """Makes this process and its children take their settings from a profile. Raises InvalidSettings: there is none."""
    read_profile(name)
    os.environ[PROFILE_VARIABLE] = name


def is_secret(name: str) -> bool:
    """Whether a setting of that name may hold what must not be shown."""
    return any(word in name for word in _SECRET_WORDS)


def child_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment for a child process: ours with `changes` on top."""
    return {**os.environ, **changes}


def refusal(settings_type: type[Settings], changes: Mapping[str, str]) -> str:
    """Why a child process with `changes` in its environment would not start with these settings; empty when it would.

    To be asked while nothing else runs in this process: it puts the changes into the environment for a moment.
    """
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        load(settings_type)
    except InvalidSettings as error:
        return error.message
    finally:
        for name in changes:
            os.environ.pop(name, None)
        os.environ.update(before)
    return ""


def tell_libraries(variables: Mapping[str, str]) -> None:
    """Sets variables of this process, for libraries that read them when they are imported."""
    os.environ.update(variables)


def _misspelt(settings_type: type[Settings]) -> list[str]:
    prefix = prefix_of(settings_type)
    known = {prefix + name.upper() for name in settings_type.model_fields}
    # The bare prefix is shared by every group, so only a service's own prefix can tell that a variable is misspelt.
    owned = prefix != _SHARED_PREFIX
    unknown = [name for name in os.environ if owned and name.startswith(prefix) and name not in known]
    return [f"{name}: no such setting (known: {', '.join(sorted(known))})" for name in sorted(unknown)]


def _problem(prefix: str, issue: Mapping[str, object], profile: Profile, group: str, told: Mapping[str, object]) -> str:
    location = issue.get("loc")
    parts = [str(part) for part in location] if isinstance(location, tuple) else []
    if not parts:
        return str(issue.get("msg"))
    field = "_".join(parts)
    given = "" if is_secret(field) else f" (given: {issue.get('input')!r})"
    place = profile.place(group, parts[0]) if parts[0] in told else f"{prefix}{field.upper()}"
    return f"{place}: {issue.get('msg')}{given}"
