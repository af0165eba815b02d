"""Small programs that stand for services, and a probe that needs no network."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from cli.stack.process import ProcessSpec


@dataclass(frozen=True)
class FileExists:
    """Ready once the program has made its file."""

    path: Path

    async def ready(self) -> bool:
        return self.path.exists()


def program(name: str, folder: Path, code: str, *, stop_stage: int = 0) -> ProcessSpec:
    """A Python program; `ready` in its code is the path of the file that its probe waits for."""
    ready = folder / f"{name}.ready"
    prelude = f"import os, signal, sys, time, pathlib; ready = pathlib.Path({str(ready)!r})\n"
    return ProcessSpec(name, (sys.executable, "-c", prelude + code), FileExists(ready), stop_stage=stop_stage)


def sleeper(name: str, folder: Path, *, stop_stage: int = 0) -> ProcessSpec:
    """A program that is ready and then waits; it notes in `order` when SIGTERM reaches it."""
    code = f"""
def end(*_):
    with open({str(folder / "order")!r}, "a") as order: order.write({name!r} + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
ready.touch()
while True: time.sleep(60)
"""
    return program(name, folder, code, stop_stage=stop_stage)
