"""One candidate under load: what became of it, and of the calls of its clients."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, run
from typing import Any

from bench.canary.candidates.inject import INJECTED
from bench.canary.load import load
from bench.canary.stack import CanaryStack
from cli.canary import EXIT_ROLLED_BACK
from kit.settings import child_environment

# Calls before the candidate comes, so that the stable version has seen some, and behind its end.
_QUIET_S = 3.0


@dataclass(frozen=True)
class Candidate:
    """A version to try; `fails`: it fails calls on purpose, which it counts itself."""

    name: str
    what: str
    target: str
    stays: bool = False
    fails: bool = False
    golden: Path | None = None


@dataclass(frozen=True)
class Trial:
    """How candidates are tried."""

    stack: CanaryStack
    photos: Sequence[Path]
    clients: int
    step_s: float
    patience_s: float
    min_calls: int


@dataclass(frozen=True)
class Tried:
    """What came of one. `failed` is what clients saw, `injected` what the candidate did on purpose to calls."""

    candidate: Candidate
    exit_code: int
    document: dict[str, Any]
    took_s: float
    calls: int
    failed: int
    injected: int

    @property
    def beyond(self) -> int:
        """Calls that failed and that the candidate did not fail on purpose."""
        return self.failed - (self.injected if self.candidate.fails else 0)

    @property
    def kept(self) -> bool:
        """Whether it ended as it should, and nobody else's call failed."""
        return self.exit_code == (0 if self.candidate.stays else EXIT_ROLLED_BACK) and not self.beyond


def tried(trial: Trial, candidate: Candidate) -> Tried:
    """`telltale canary image_svc --to …` while clients call without a pause."""
    stack = trial.stack
    command = [sys.executable, "-m", "cli", "canary", "image_svc", "--to", candidate.target, "--json"]
    command += ["--state", str(stack.state.root), "--models", str(stack.models)]
    command += [
        "--step-s",
        str(trial.step_s),
        "--patience-s",
        str(trial.patience_s),
        "--min-calls",
        str(trial.min_calls),
    ]
    command += ["--golden", str(candidate.golden)] if candidate.golden else []
    print(f"\n{candidate.name}: {candidate.what}", file=sys.stderr)
    with load(stack.door, trial.photos, trial.clients) as counted:
        time.sleep(_QUIET_S)
        began_s = time.monotonic()
        ended = run(command, stdout=PIPE, text=True, check=False, env=child_environment({"OMP_NUM_THREADS": "1"}))
        took_s = time.monotonic() - began_s
        time.sleep(_QUIET_S)
    document = json.loads(ended.stdout) if ended.stdout.strip() else {"why": "the command failed", "steps": []}
    injected = sum(json.loads(line).get("event") == INJECTED for line in _lines(stack.log))
    return Tried(candidate, ended.returncode, document, took_s, counted.calls, counted.failed, injected)


def _lines(log: Path) -> list[str]:
    return [line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
