from __future__ import annotations

import errno
from pathlib import Path

import pytest

from kit.errors import StorageFull, StorageUnavailable
from kit.registry.faults import disk_faults


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told(tmp_path: Path, number: int) -> None:
    with pytest.raises(StorageFull, match="full"), disk_faults(tmp_path):
        raise OSError(number, "full")


def test_a_disk_that_is_really_full_is_told() -> None:
    with pytest.raises(StorageFull), disk_faults(Path("/dev")), Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"a")


def test_a_folder_that_nobody_may_use_is_named() -> None:
    with pytest.raises(StorageUnavailable, match="/sys/kernel"), disk_faults(Path("/sys/kernel")):
        Path("/sys/kernel/models").mkdir()
