"""A person with a key at a command line, with a registry and people whom they trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from cli.main import main


@dataclass(frozen=True)
class Person:
    """`environment` is what the commands are told by variables."""

    environment: Mapping[str, str]

    def does(self, *arguments: str | Path, answers: str = "") -> Result:
        """Runs `telltale models …`."""
        return CliRunner(env=dict(self.environment)).invoke(main, ["models", *map(str, arguments)], input=answers)


def person(folder: Path, name: str, registry: str) -> Person:
    """Somebody with a new key, whom everybody with the same folder trusts."""
    trust = folder / "trust"
    trust.mkdir(exist_ok=True)
    stranger = Person({})
    assert stranger.does("key", "create", name, "--out", folder).exit_code == 0
    (folder / f"{name}.pub.pem").rename(trust / f"{name}.pub.pem")
    return Person(
        {
            "COLUMNS": "300",
            "TELLTALE_REGISTRY": registry,
            "TELLTALE_TRUST": str(trust),
            "TELLTALE_KEY": str(folder / f"{name}.key.pem"),
            "TELLTALE_STATE": str(folder / f"state of {name}"),
        }
    )
