from __future__ import annotations

from pathlib import Path

import pytest

from cli.stack.state import Endpoints, StateFolder
from kit.errors import InvalidSettings

HERE = Endpoints(pid=7, url="http://127.0.0.1:1", grpc="127.0.0.1:2")


def test_a_folder_that_was_never_used_has_no_stack_and_no_token(tmp_path: Path) -> None:
    state = StateFolder(tmp_path / "state")
    assert (state.running(), state.token()) == (None, None)


def test_others_see_where_the_stack_is_while_it_runs_and_only_then(tmp_path: Path) -> None:
    with StateFolder(tmp_path).owned(HERE):
        assert StateFolder(tmp_path).running() == HERE
    assert StateFolder(tmp_path).running() is None


def test_a_second_stack_in_the_same_folder_is_told_about_the_first(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    with state.owned(HERE), pytest.raises(InvalidSettings, match=r"process 7, http://127\.0\.0\.1:1"):
        state.owned(HERE).__enter__()


def test_the_token_is_kept_for_this_user_alone(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.keep_token("tt_secret")
    assert state.token() == "tt_secret"
    assert state.token_file.stat().st_mode & 0o777 == 0o600


def test_a_token_file_that_others_could_read_is_closed_when_it_is_written_again(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.token_file.touch(mode=0o644)
    state.keep_token("tt_secret")
    assert state.token_file.stat().st_mode & 0o777 == 0o600


def test_a_service_that_moved_is_found_at_its_new_address_and_the_folder_stays_claimed(tmp_path: Path) -> None:
    here = Endpoints(**{**HERE.__dict__, "services": {"image_svc": "127.0.0.1:50061", "fusion_svc": "127.0.0.1:5"}})
    state = StateFolder(tmp_path)
    with state.owned(here):
        state.moved("image_svc", "127.0.0.1:6")
        running = StateFolder(tmp_path).running()
        assert running is not None
        assert running.services == {"image_svc": "127.0.0.1:6", "fusion_svc": "127.0.0.1:5"}
    assert StateFolder(tmp_path).running() is None
