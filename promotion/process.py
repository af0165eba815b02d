"""A process that judges for us. Whatever becomes of it, here it is a sentence."""

from __future__ import annotations

import select
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self, TypeVar

from pydantic import BaseModel, ValidationError

from kit.settings import child_environment
from promotion.golden import Item
from promotion.judging.wire import Look, Opinion, Order, Ready

Answer = TypeVar("Answer", bound=BaseModel)
_ROOT = Path(__file__).resolve().parents[1]
_MOST_TOLD = 500
_END_S = 5.0


class JudgingFailed(Exception):
    """The process ended, hung, or could not judge a file; the message says what happened."""


class Judging(Protocol):
    """One set of models, ready to judge files."""

    def ready(self) -> Ready:
        """Waits until the models are loaded. Raises JudgingFailed."""
        ...

    def judge(self, item: Item) -> Opinion:
        """What they say of a file. Raises JudgingFailed."""
        ...


class JudgingProcess:
    """`Judging` by `python -m promotion.judging`. A context; leaving it ends the process."""

    def __init__(self, process: subprocess.Popen[str], errors: IO[bytes], start_s: float, item_s: float) -> None:
        self._process = process
        self._errors = errors
        self._start_s = start_s
        self._item_s = item_s

    @classmethod
    def start(cls, order: Order, *, start_s: float, item_s: float) -> Self:
        """Starts it and gives it the order; `start_s` is what loading may take, `item_s` what a file may."""
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        process = subprocess.Popen(
            (sys.executable, "-m", "promotion.judging"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=_ROOT,
            # One thread each, so that two processes in turns do not measure how they crowd each other out.
            env=child_environment({"OMP_NUM_THREADS": "1"}),
        )
        started = cls(process, errors, start_s, item_s)
        with suppress(BrokenPipeError):  # Why it ended is told by whoever waits for its answer.
            started._say(order)
        return started

    def ready(self) -> Ready:
        """Waits until the models are loaded. Raises JudgingFailed."""
        return self._answer(Ready, self._start_s)

    def judge(self, item: Item) -> Opinion:
        """What they say of a file. Raises JudgingFailed, also where it is not any more what it was in the golden set."""
        with suppress(BrokenPipeError):
            self._say(Look(path=str(item.path), sha256=item.sha256))
        opinion = self._answer(Opinion, self._item_s)
        if opinion.error:
            raise JudgingFailed(opinion.error)
        return opinion

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _say(self, message: BaseModel) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(message.model_dump_json() + "\n")
        self._process.stdin.flush()

    def _answer(self, kind: type[Answer], timeout_s: float) -> Answer:
        assert self._process.stdout is not None
        # Answers come one at a time and only when asked, so nothing is left in the buffer that select does not see.
        if not select.select([self._process.stdout], [], [], timeout_s)[0]:
            self._process.kill()
            raise JudgingFailed(f"it did not answer within {timeout_s:g} s")
        line = self._process.stdout.readline()
        if not line:
            raise JudgingFailed(self._end())
        try:
            return kind.model_validate_json(line)
        except ValidationError as error:
            raise JudgingFailed(f"it answered {line[:_MOST_TOLD]!r}, which is no answer") from error

    def _end(self) -> str:
        code = self._process.wait()
        how = f"it was ended by {signal.Signals(-code).name}" if code < 0 else f"it ended with code {code}"
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return f"{how}: {lines[-1][:_MOST_TOLD]}" if lines else how
