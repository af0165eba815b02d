from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import InvalidSettings
from kit.profiles import FOLDER, read_profile


def test_a_shipped_profile_is_found_by_name() -> None:
    assert read_profile("dev").file == FOLDER / "dev.toml"


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(InvalidSettings, match="no profile 'prod': give one of dev, production, staging, or a path"):
        read_profile("prod")


def test_a_name_does_not_lead_out_of_the_folder() -> None:
    with pytest.raises(InvalidSettings, match="no profile"):
        read_profile("../profiles/dev")


@pytest.mark.parametrize("content", [b"[stack", b"\xff", None])
def test_a_file_that_is_no_profile_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "own.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InvalidSettings, match=f"profile {file} cannot be read"):
        read_profile(str(file))


def test_values_outside_of_tables_are_refused(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("port = 1\n")
    with pytest.raises(InvalidSettings, match="no such table: port"):
        read_profile(str(tmp_path / "own.toml"))
