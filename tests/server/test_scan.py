"""`telltale scan` before a gateway that counts what it judges."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from cli.scan.scanner import Scanner, Terms
from cli.scan.state import open_state
from cli.scan.walk import MediaFile
from kit.errors import DetectorUnavailable, InvalidToken, NotFound, Overloaded
from kit.settings import child_environment
from telltale.common.v1 import media_pb2
from telltale_client import AsyncClient
from tests.support.moody_gateway import LOST, TOO_LARGE, MoodyGateway, moody_gateway

JPEG = b"\xff\xd8\xff\xe0"
COUNT = 12
KILLED_AT = (1, 4, 7, 13)
"""Calls of the gateway at which the scan is killed: in its first go at the first one, and so on."""


@pytest.fixture
def gateway() -> Iterator[tuple[MoodyGateway, str]]:
    with moody_gateway() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for number in range(COUNT):
        (tmp_path / "in" / ("deep" if number % 2 else ".") / f"{number:02}.jpg").write_bytes(JPEG + bytes([number]))
    (tmp_path / "in" / "notes.txt").write_text("no picture")
    return tmp_path / "in"


def arguments(folder: Path, address: str, *more: str) -> list[str]:
    out = str(folder.parent / "out.csv")
    return ["scan", str(folder), "--out", out, "--url", f"http://{address}", "--token", "tt_x", "--jobs", "3", *more]


def scanned(folder: Path, address: str, *more: str) -> Result:
    return CliRunner().invoke(main, arguments(folder, address, *more))


def rows(folder: Path) -> dict[str, dict[str, str]]:
    with (folder.parent / "out.csv").open(newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def test_every_file_has_its_row_and_what_is_no_media_is_named(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    answer = scanned(folder, gateway[1])
    assert answer.exit_code == 20, answer.output
    assert "skipped, being no photo, video or recording: 1 (notes.txt)" in answer.output
    assert {row["label"] for row in rows(folder).values()} == {"MANIPULATED", "AUTHENTIC"}
    assert list(rows(folder)) == sorted(rows(folder))
    assert len(rows(folder)) == COUNT


def test_killed_again_and_again_it_judges_every_file_once(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    fake, address = gateway
    for calls in KILLED_AT:
        assert killed_at(fake, calls, arguments(folder, address, "--delete-after")) == -signal.SIGKILL
    fake.on_call = lambda _: None
    answer = scanned(folder, address, "--delete-after")
    assert answer.exit_code == 20, answer.output
    assert set(fake.judged) == {hashlib.sha256(JPEG + bytes([number])).hexdigest() for number in range(COUNT)}
    assert set(fake.judged.values()) == {1}
    assert (len(rows(folder)), fake.media) == (COUNT, {})


def test_a_scan_that_is_done_judges_only_what_is_new(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    scanned(folder, gateway[1])
    (folder / "new.jpg").write_bytes(JPEG + b"new")
    calls = len(gateway[0].calls["UploadMedia"])
    scanned(folder, gateway[1])
    assert (len(gateway[0].calls["UploadMedia"]), len(rows(folder))) == (calls + 1, COUNT + 1)


def test_the_same_content_under_two_names_is_judged_once(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    (folder / "copy.jpg").write_bytes(JPEG + bytes([0]))
    scanned(folder, gateway[1])
    assert sum(gateway[0].judged.values()) == COUNT
    assert rows(folder)["copy.jpg"]["analysis"] == rows(folder)["00.jpg"]["analysis"]


def test_a_bad_file_has_its_reason_and_ends_nothing(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    gateway[0].refused[JPEG + bytes([3])] = TOO_LARGE
    answer = scanned(folder, gateway[1])
    assert answer.exit_code == 1
    assert rows(folder)["deep/03.jpg"]["error_reason"] == "MEDIA_TOO_LARGE"
    assert sum(bool(row["label"]) for row in rows(folder).values()) == COUNT - 1
    assert "error: MEDIA_TOO_LARGE" in answer.output


def test_what_may_pass_is_tried_again_in_the_next_go(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    gateway[0].failures["CreateAnalysis"] = [NotFound("deleted meanwhile")]
    assert scanned(folder, gateway[1]).exit_code == 1
    assert scanned(folder, gateway[1]).exit_code == 20
    assert set(gateway[0].judged.values()) == {1}


def test_a_failed_analysis_is_asked_for_under_another_key(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    fake, address = gateway
    fake.on_call = lambda method: fake.fail_all(DetectorUnavailable("gone")) if method == "GetOperation" else None
    assert scanned(folder, address).exit_code == 1
    fake.on_call = lambda _: None
    assert scanned(folder, address).exit_code == 20
    assert not any(row["error_reason"] for row in rows(folder).values())


def test_not_now_and_lost_connections_are_overcome(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    gateway[0].failures["UploadMedia"] = [Overloaded("in a moment", retry_after_s=0.05), LOST]
    gateway[0].failures["CreateAnalysis"] = [LOST]
    assert scanned(folder, gateway[1]).exit_code == 20
    assert set(gateway[0].judged.values()) == {1}


def test_a_wrong_token_ends_the_scan_with_one_sentence(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    gateway[0].failures["UploadMedia"] = [InvalidToken("this token is unknown")] * COUNT
    answer = scanned(folder, gateway[1])
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (1, "Error: this token is unknown")
    assert not (folder.parent / "out.csv").exists()


def test_with_no_retention_nothing_is_stored(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    assert scanned(folder, gateway[1], "--retention", "none").exit_code == 20
    assert set(gateway[0].calls) == {"AnalyzeMedia"}
    assert len(rows(folder)) == COUNT


def test_the_table_can_be_json(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    out = folder.parent / "out.json"
    scanned(folder, gateway[1], "--out", str(out))
    assert len(json.loads(out.read_text())["files"]) == COUNT


def test_interrupted_by_a_person_it_says_how_to_go_on(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    assert killed_at(gateway[0], 3, arguments(folder, gateway[1]), signal.SIGINT) == 130


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(folder: Path, gateway: tuple[MoodyGateway, str]) -> None:
    (folder.parent / "out.csv.state.jsonl").mkdir()
    answer = scanned(folder, gateway[1])
    assert answer.exit_code == 1
    assert answer.output.splitlines()[-1].startswith("Error: ")
    assert "out.csv.state.jsonl" in answer.output.splitlines()[-1]


class Changing(MediaFile):
    """A file that is written again between two looks at it."""

    def sha256(self) -> str:
        digest = super().sha256()
        self.path.write_bytes(JPEG + b"changed")
        return digest


@pytest.mark.parametrize("keep", [True, False])
async def test_a_file_that_changed_meanwhile_is_no_verdict_on_what_it_was(
    tmp_path: Path, gateway: tuple[MoodyGateway, str], keep: bool
) -> None:
    fake, address = gateway
    path, terms = tmp_path / "a.jpg", Terms("quick", "", keep=keep, delete_after=False)
    path.write_bytes(JPEG)
    async with AsyncClient(address, token="tt_x") as client:
        with open_state(tmp_path / "state", {}) as state:
            scanner = Scanner(client, state, terms, on_step=lambda *_: None, on_end=lambda _: None)
            [row] = await scanner.run([Changing(path, "a.jpg", media_pb2.MEDIA_KIND_IMAGE)], 1)
            assert (row["error"]["reason"], fake.media if keep else {}) == ("INVALID_REQUEST", {})
            path.write_bytes(JPEG)
            again = Scanner(client, state, terms, on_step=lambda *_: None, on_end=lambda _: None)
            [row] = await again.run([MediaFile(path, "a.jpg", media_pb2.MEDIA_KIND_IMAGE)], 1)
    assert row["media_sha256"] == hashlib.sha256(JPEG).hexdigest()


def killed_at(fake: MoodyGateway, calls: int, words: list[str], number: signal.Signals = signal.SIGKILL) -> int:
    """Runs a scan and sends it a signal when it has called so often; its exit code."""
    process = subprocess.Popen(
        # A shell that starts the tests in the background has them ignore SIGINT, which would be inherited. Not by preexec_fn:
        # a process with gRPC threads must run nothing between fork and exec.
        ["env", "--default-signal=INT", sys.executable, "-m", "cli", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=child_environment({}),
    )
    left = iter(range(calls - 1, -1, -1))
    fake.on_call = lambda _: os.kill(process.pid, number) if next(left, 0) == 0 else None
    return process.wait(60)
