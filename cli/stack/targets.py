"""Where Prometheus reads each process of a stack: files that it watches, so that it follows promotions and sees canaries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from canary.envoy.endpoints import Version
from canary.queries import HASH_LABEL
from monitoring.prometheus import target_groups, targets_file

_LABELS: Final[Mapping[Version, Mapping[str, str]]] = {
    # The label of a cluster's pods, so that the same dashboards show both versions here.
    "stable": {HASH_LABEL: "stable"},
    "canary": {HASH_LABEL: "canary"},
}


class Targets:
    """The files of a stack, in a folder that is there; without a folder nobody reads, and nothing is written."""

    def __init__(self, folder: Path | None, jobs: Mapping[str, str]) -> None:
        self._folder = folder
        self._jobs = jobs
        self._versions: dict[str, dict[Version, str]] = {}

    def alone(self, process: str, address: str) -> None:
        """A process that has no versions is read at this address, host:port."""
        self._write(process, target_groups([(address, {})]))

    def moved(self, process: str, version: Version, address: str) -> None:
        """A version of a service is read at this address, host:port, from now on; empty: it is read no more."""
        addresses = self._versions.setdefault(process, {})
        addresses[version] = address
        self._write(process, target_groups([(address, _LABELS[own]) for own, address in addresses.items() if address]))

    def _write(self, process: str, content: str) -> None:
        if self._folder is None:
            return
        file = targets_file(self._folder, self._jobs[process])
        # Prometheus looks when a file is moved into the place, so it never reads half of one.
        draft = file.with_suffix(".draft")
        draft.write_text(content, encoding="utf-8")
        draft.replace(file)
