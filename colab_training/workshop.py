"""Where a notebook's trainings read and write, and how they are run: each as the command that its card names."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LINES_TOLD = 30


class RunFailed(RuntimeError):
    """A command ended with an error; its last lines are in the message."""


@dataclass(frozen=True)
class Workshop:
    """Folders of one notebook run. `models` is the registry that is read, `out` where models are written."""

    data: Path
    configs: Path
    models: Path
    out: Path
    cache: Path

    def config(self, name: str) -> Path:
        """Configuration of a model's run."""
        return self.configs / f"{name}.toml"

    def folder(self, name: str) -> Path:
        """Where a model's run writes, by the version in its configuration. Raises FileNotFoundError."""
        version = tomllib.loads(self.config(name).read_text(encoding="utf-8"))["version"]
        return self.out / name / str(version)

    def train(self, name: str, *more: str, cached: bool = True) -> Path:
        """Runs `python -m colab_training.<name>` and passes on what it prints; answers the model's folder.

        A process of its own, because trainings fork and a notebook's kernel has threads. Raises RunFailed.
        """
        places = {"--config": self.config(name), "--out": self.folder(name)}
        self.run(name, *(str(part) for pair in places.items() for part in pair), *more, cached=cached)
        return self.folder(name)

    def run(self, name: str, *arguments: str, cached: bool = True) -> None:
        """Runs `python -m colab_training.<name>` on the workshop's data; with `cached` it keeps its work. Raises RunFailed."""
        places = {"--data": self.data} | ({"--cache": self.cache} if cached else {})
        _show([f"colab_training.{name}", *(str(part) for pair in places.items() for part in pair), *arguments])


def _show(module: Sequence[str]) -> None:
    command = [sys.executable, "-m", *module]
    print("python -m", *module, flush=True)
    last = deque[str](maxlen=_LINES_TOLD)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            last.append(line)
    if process.returncode:
        raise RunFailed(f"python -m {' '.join(module)} ended with {process.returncode}:\n{''.join(last)}")
