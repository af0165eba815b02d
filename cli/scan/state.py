"""What a scan has done so far, on disk: one JSON object a line, each added whole and forced out before anything depends on it.

A line that a crash cut off is the last one and is dropped; what it was about is asked for again under the same idempotency key,
so that nothing is judged twice.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from kit.errors import InvalidRequest

FORMAT = "telltale-scan/1"
Wanted = Mapping[str, str]
"""How files are to be judged: it must stay the same from one go to the next."""


@dataclass
class Entry:
    """What is known of one content.

    Attributes:
        media, operation: what the server calls it; empty before it was handed in.
        row: the outcome, ready for the table; None before there is one.
        again: whether the outcome is an error that another go may overcome.
        failures: how many analyses of it have ended without a verdict.
        deleted: whether the server was told to delete it.
    """

    media: str = ""
    operation: str = ""
    row: Mapping[str, Any] | None = None
    again: bool = False
    failures: int = 0
    deleted: bool = False


@dataclass
class ScanState:
    """The state of a scan. `entries` are by SHA-256."""

    run: uuid.UUID
    entries: dict[str, Entry] = field(default_factory=dict)
    file: IO[bytes] | None = field(default=None, repr=False)

    def request_id(self, sha256: str) -> str:
        """The idempotency key of a content in this scan: the same one in every go, until an analysis of it fails."""
        failures = self.entry(sha256).failures
        return str(uuid.uuid5(self.run, f"{sha256}/{failures}" if failures else sha256))

    def entry(self, sha256: str) -> Entry:
        """What is known of a content."""
        return self.entries.setdefault(sha256, Entry())

    def note(self, sha256: str, **facts: Any) -> None:
        """Learns facts for good: when this has returned they are on the disk."""
        self._learn(sha256, facts)
        assert self.file is not None, "only an open state learns"
        _append(self.file, {"sha256": sha256, **facts})

    def _learn(self, sha256: str, facts: Mapping[str, Any]) -> None:
        entry = self.entry(sha256)
        for name, value in facts.items():
            setattr(entry, name, value)

    def read(self, line: Mapping[str, Any]) -> None:
        """Learns what a line of an earlier go says."""
        facts = dict(line)
        self._learn(facts.pop("sha256"), facts)


def state_file(out: Path) -> Path:
    """Where the state of a scan is kept: beside its table."""
    return out.with_name(out.name + ".state.jsonl")


@contextmanager
def open_state(path: Path, wanted: Wanted) -> Iterator[ScanState]:
    """The state of a scan, taken up again where there was one. One go at a time.

    Raises:
        InvalidRequest: another go is under way; the earlier one wanted something else; the file is none of ours.
    """
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InvalidRequest(f"a scan with {path} is under way; wait for it, or give --out another name") from error
        lines = _whole_lines(file)
        if not lines:
            lines = [{"format": FORMAT, "run": str(uuid.uuid4()), **wanted}]
            _append(file, lines[0])
        state = ScanState(_run_in(path, lines[0], wanted), file=file)
        for line in lines[1:]:
            state.read(line)
        yield state


def _whole_lines(file: IO[bytes]) -> list[dict[str, Any]]:
    """All lines; what a crash has cut off at the end is cut off the file, too."""
    file.seek(0)
    data = file.read()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        file.truncate(len(whole))
    try:
        return [json.loads(line) for line in whole.splitlines()]
    except ValueError as error:
        raise InvalidRequest(f"{file.name} is no state of a scan; give --out another name") from error


def _run_in(path: Path, first: Mapping[str, Any], wanted: Wanted) -> uuid.UUID:
    if first.get("format") != FORMAT:
        raise InvalidRequest(f"{path} is no state of a scan; give --out another name")
    differs = [name for name, value in wanted.items() if first.get(name) != value]
    if differs:
        was = ", ".join(f"{name} {first.get(name)!r}" for name in differs)
        raise InvalidRequest(f"this scan was begun with {was}; go on with that, or delete {path} to begin again")
    return uuid.UUID(first["run"])


def _append(file: IO[bytes], line: Mapping[str, Any]) -> None:
    # One write at the end of the file: a line is there whole, or it is cut off and dropped.
    text = (json.dumps(line) + "\n").encode()
    written = os.write(file.fileno(), text)
    if written < len(text):
        os.ftruncate(file.fileno(), os.fstat(file.fileno()).st_size - written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.name)
    os.fsync(file.fileno())
