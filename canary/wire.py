"""What is said between `telltale canary` and the stack, over a Unix socket in the state folder: one JSON object a line.

The connection is the lease: a canary gets calls for as long as it is open. Whoever ends it, by whatever means, has said: roll
back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from kit.errors import InvalidRequest

# What the kernel takes as the path of a Unix socket, without the zero at the end.
MAX_PATH_BYTES: Final = 107


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Target(_Message):
    """The new version: other models of the registry folder by name, or a folder with another program."""

    models: dict[str, str] = {}
    folder: str = ""

    def __str__(self) -> str:
        """As it is written on the command line."""
        return self.folder or ",".join(f"{name}@{version}" for name, version in self.models.items())


class Ask(_Message):
    """`begin` comes first and names service and target; `share` has a percentage. Every question is answered once."""

    do: Literal["begin", "share", "promote", "roll back"]
    service: str = ""
    target: Target = Target()
    percent: int = 0


class Begun(_Message):
    """Where both versions are: host:port of each, of their metrics, of all services; and Envoy's administration."""

    contract: str
    addresses: dict[Literal["stable", "canary"], str]
    metrics: dict[Literal["stable", "canary"], str]
    services: dict[str, str]
    admin: str


class Told(_Message):
    """The answer: what went wrong, in a sentence; how the canary's process ended, if it did; where everything is."""

    error: str = ""
    gone: str = ""
    begun: Begun | None = None


def control_socket(folder: Path) -> Path:
    """The socket at which a stack hears of canaries; `folder` is the one for canaries in its state folder."""
    return folder / "control.sock"


def admin_socket(folder: Path) -> Path:
    """The socket of the inner Envoy's administration."""
    return folder / "admin.sock"


def read_target(text: str, service: str) -> Target:
    """What `--to` means. Raises InvalidRequest, naming what is wrong with it."""
    folder = Path(text)
    if folder.is_dir():
        if not (folder / service / "__main__.py").is_file():
            raise InvalidRequest(f"{folder} has no {service}/__main__.py; name the folder that {service} lies in")
        return Target(folder=str(folder.resolve()))
    pairs = [part.strip().partition("@") for part in text.split(",")]
    if not all(name and version for name, _, version in pairs):
        raise InvalidRequest(
            f"{text!r} is no folder, and no list of models like noise_residual@2.0.1,face_finder@1.0.0"
        )
    return Target(models={name: version for name, _, version in pairs})
