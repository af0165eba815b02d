"""The examples do what they say, and a scan of a folder does, too."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kit.settings import child_environment
from telltale_client import Client, NotFound
from tests.support.imports import ROOT
from tests.support.stack import Stack, run_cli

EXAMPLES = ROOT / "examples"


def run(stack: Stack, *command: str | Path) -> list[str]:
    """The lines that an example prints."""
    environment = child_environment({"TELLTALE_URL": stack.url, "TELLTALE_TOKEN": stack.token})
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_curl(stack: Stack, photo: Path, tmp_path: Path) -> None:
    stored, asked, label = run(stack, EXAMPLES / "curl.sh", photo, tmp_path / "report.pdf")
    assert (stored.split("/")[0], asked.split("/")[0]) == ("stored: media", "asked for: operations")
    assert label.startswith("LABEL_")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_curl_shows_what_the_server_says_of_a_bad_file(stack: Stack, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(photo.read_bytes()[:2000])
    environment = child_environment({"TELLTALE_URL": stack.url, "TELLTALE_TOKEN": stack.token})
    command = [EXAMPLES / "curl.sh", tmp_path / "bad.jpg", tmp_path / "report.pdf"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert (done.returncode, done.stdout) == (22, "")
    assert '"reason":"UNDECODABLE_MEDIA"' in done.stderr
    assert "Traceback" not in done.stderr


def test_python(stack: Stack, photo: Path, tmp_path: Path) -> None:
    lines = run(stack, sys.executable, EXAMPLES / "python_sync.py", photo, tmp_path / "report.pdf")
    assert lines[0].startswith("stored: media/")
    assert lines[-1].startswith("LABEL_")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_python_with_asyncio(stack: Stack, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    lines = run(stack, sys.executable, EXAMPLES / "python_async.py", photo, tmp_path / "empty.jpg")
    assert any(line.startswith(f"{photo}: LABEL_") for line in lines)
    assert lines[-1].startswith(f"{tmp_path / 'empty.jpg'}: EMPTY_MEDIA: ")


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to run the example")
def test_javascript(stack: Stack, photo: Path, tmp_path: Path) -> None:
    lines = run(stack, "node", EXAMPLES / "javascript.mjs", photo, tmp_path / "report.pdf")
    assert lines[0].startswith("stored: media/")
    assert lines[-1].startswith("LABEL_")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_a_folder_is_scanned_and_nothing_is_left_behind(stack: Stack, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(photo, tmp_path / "in" / "a.jpg")
    shutil.copy(photo.with_name("cat.jpg"), tmp_path / "in" / "b.jpg")
    (tmp_path / "in" / "c.jpg").write_bytes(photo.read_bytes()[:2000])
    out = tmp_path / "out.csv"
    answer = run_cli("scan", tmp_path / "in", "--out", out, "--delete-after", "--state", stack.state)
    assert answer.returncode == 1, answer.stderr
    with out.open(newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    assert [bool(rows[name]["label"]) for name in ("a.jpg", "b.jpg", "c.jpg")] == [True, True, False]
    assert rows["c.jpg"]["error_reason"] == "UNDECODABLE_MEDIA"
    with Client(stack.url, token=stack.token) as client, pytest.raises(NotFound):
        client.get_analysis(rows["a.jpg"]["analysis"])


def test_a_scan_without_retention_has_the_same_verdicts(stack: Stack, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(photo, tmp_path / "in" / "a.jpg")
    labels = []
    for retention in ("standard", "none"):
        out = tmp_path / f"{retention}.jsonl"
        run_cli("scan", tmp_path / "in", "--out", out, "--retention", retention, "--state", stack.state)
        labels.append(json.loads(out.read_text())["label"])
    assert labels[0] == labels[1]


def test_the_description_of_the_interface_is_served(stack: Stack) -> None:
    page = stack.rest("GET", "/docs", authorization="")
    assert (page.status, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
    document = stack.rest("GET", "/assets/openapi.json", authorization="").json()
    assert document["openapi"].startswith("3.1")
