from __future__ import annotations

import resource
from pathlib import Path

import pytest

from cli.scan.state import open_state, state_file
from kit.errors import InvalidRequest

WANTED = {"depth": "standard", "language": ""}


def test_what_was_noted_is_known_in_the_next_go(tmp_path: Path) -> None:
    with open_state(tmp_path / "s", WANTED) as state:
        key = state.request_id("ab")
        state.note("ab", media="media/m", operation="operations/o")
        state.note("ab", row={"label": "AUTHENTIC"})
    with open_state(tmp_path / "s", WANTED) as state:
        assert state.request_id("ab") == key
        assert (state.entry("ab").operation, state.entry("ab").row) == ("operations/o", {"label": "AUTHENTIC"})


def test_a_line_that_was_cut_off_is_as_if_it_were_not(tmp_path: Path) -> None:
    with open_state(tmp_path / "s", WANTED) as state:
        state.note("ab", media="media/m")
    whole = (tmp_path / "s").read_bytes()
    (tmp_path / "s").write_bytes(whole + b'{"sha256": "cd", "med')
    with open_state(tmp_path / "s", WANTED) as state:
        assert set(state.entries) == {"ab"}
        state.note("ef", media="media/n")
    with open_state(tmp_path / "s", WANTED) as state:
        assert set(state.entries) == {"ab", "ef"}


def test_keys_differ_by_content_by_scan_and_after_a_failure(tmp_path: Path) -> None:
    with open_state(tmp_path / "s", WANTED) as one, open_state(tmp_path / "t", WANTED) as other:
        keys = [one.request_id("ab"), one.request_id("cd"), other.request_id("ab")]
        one.note("ab", failures=1)
        assert len({*keys, one.request_id("ab")}) == 4


def test_a_scan_that_wants_something_else_is_refused(tmp_path: Path) -> None:
    with open_state(tmp_path / "s", WANTED):
        pass
    with (
        pytest.raises(InvalidRequest, match="begun with depth 'standard'"),
        open_state(tmp_path / "s", WANTED | {"depth": "quick"}),
    ):
        pass


@pytest.mark.parametrize("text", ["no json\n", '{"format": "something else"}\n'])
def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "s").write_text(text)
    with pytest.raises(InvalidRequest, match="is no state of a scan"), open_state(tmp_path / "s", WANTED):
        pass
    assert (tmp_path / "s").read_text() == text


def test_two_scans_do_not_write_one_state(tmp_path: Path) -> None:
    with (
        open_state(tmp_path / "s", WANTED),
        pytest.raises(InvalidRequest, match="is under way"),
        open_state(tmp_path / "s", WANTED),
    ):
        pass


def test_the_state_lies_beside_the_table() -> None:
    assert state_file(Path("a/results.csv")) == Path("a/results.csv.state.jsonl")


def test_a_line_that_finds_no_room_on_the_disk_is_an_error_and_not_half_a_line(tmp_path: Path) -> None:
    limits, path = resource.getrlimit(resource.RLIMIT_FSIZE), tmp_path / "s"
    with open_state(path, WANTED) as state:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, limits[1]))
        try:
            with pytest.raises(OSError, match="No space left"):
                state.note("ab", media="media/m")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes().count(b"\n") == 1
    assert path.read_bytes().endswith(b"\n")
