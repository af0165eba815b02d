"""One stack, four doors: the same file gets the same verdict through each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.stack import Stack, Verdict, by_cli, by_curl, by_grpcurl, by_post, run_cli

EXIT_CODES = {"AUTHENTIC": 0, "SUSPICIOUS": 10, "MANIPULATED": 20, "INCONCLUSIVE": 30}


@pytest.fixture(scope="module")
def expected(stack: Stack, photo: Path) -> Verdict:
    return by_curl(stack, photo)


def test_the_verdict_has_a_label_and_the_three_tests_of_faces(expected: Verdict) -> None:
    label, risk, heard = expected
    assert label in EXIT_CODES
    assert 0 <= risk <= 100
    assert {"face_spatial", "frequency", "noise_residual"} <= set(heard)


def test_a_post_gives_the_same_verdict(stack: Stack, photo: Path, expected: Verdict) -> None:
    assert by_post(stack, photo) == expected


def test_grpcurl_gives_the_same_verdict(stack: Stack, photo: Path, expected: Verdict) -> None:
    assert by_grpcurl(stack, photo) == expected


def test_the_cli_gives_the_same_verdict(stack: Stack, photo: Path, expected: Verdict) -> None:
    assert by_cli(stack, photo) == expected


def test_the_cli_gives_the_same_verdict_through_the_port_of_the_page(
    stack: Stack, photo: Path, expected: Verdict
) -> None:
    assert by_cli(stack, photo, "--url", stack.url) == expected


def test_the_cli_keeps_the_order_of_files_and_ends_with_the_worst_code(
    stack: Stack, photo: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.jpg").touch()
    files = [photo, tmp_path / "empty.jpg", tmp_path / "nowhere.jpg", photo]
    answer = run_cli("analyze", "--json", "--state", stack.state, *files)
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [line["file"] for line in lines] == [str(file) for file in files]
    assert [line.get("error", {}).get("reason") for line in lines] == [None, "EMPTY_MEDIA", "NOT_FOUND", None]
    assert answer.returncode == 1


def test_the_exit_code_of_the_cli_is_the_label(stack: Stack, photo: Path, expected: Verdict) -> None:
    answer = run_cli("analyze", "--state", stack.state, photo)
    assert answer.returncode == EXIT_CODES[expected[0]]
    assert answer.stdout.startswith(f"{photo}: {expected[0]}  risk {expected[1]:.1f} of 100")


def test_without_a_running_stack_the_cli_starts_one_for_the_call(
    tmp_path: Path, photo: Path, expected: Verdict
) -> None:
    answer = run_cli("analyze", "--json", "--state", tmp_path / "own", photo)
    assert json.loads(answer.stdout)["label"] == expected[0]
    assert "starting one for this call" in answer.stderr


def test_a_resource_lives_from_upload_to_deletion(stack: Stack, photo: Path) -> None:
    media = stack.rest("POST", "/v1/media?display_name=walk", photo.read_bytes()).json()["name"]
    analysis = stack.rest("POST", f"/v1/{media}:analyze", b"{}", content_type="application/json").json()["name"]
    assert stack.rest("GET", f"/v1/{analysis}").json()["media"] == media
    report = stack.rest("GET", f"/v1/{analysis}/report")
    assert report.headers["content-disposition"].startswith("attachment")
    assert report.json()
    assert analysis in {each["name"] for each in stack.rest("GET", "/v1/analyses").json()["analyses"]}
    assert analysis in stack.rest("DELETE", f"/v1/{media}").json()["deleted"]
    assert stack.rest("GET", f"/v1/{analysis}").reason == "NOT_FOUND"


def test_maps_are_pictures(stack: Stack, photo: Path) -> None:
    maps = stack.analyze(photo.read_bytes()).json()["maps"]
    assert maps
    for each in maps:
        picture = stack.rest("GET", f"/v1/{each['name']}")
        assert (picture.headers["content-type"], picture.body[:4]) == ("image/png", b"\x89PNG")


def test_the_page_needs_no_token_and_its_assets_are_there(stack: Stack) -> None:
    page = stack.rest("GET", "/", authorization="")
    assert (page.status, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
    script = stack.rest("GET", "/assets/page.js", authorization="")
    assert (script.status, script.headers["content-type"].partition(";")[0]) == (200, "text/javascript")
