"""Reports of the real stack, checked as a stranger would: by the file alone, beside the medium, by running all again."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.verify import EXIT_REFUSED
from kit.sealing.keys import SigningKey
from tests.support.stack import Stack, run_cli

REPLAY_TIMEOUT_S = 300


@dataclass(frozen=True)
class Report:
    """A report as a file beside its medium, and the key that signed it."""

    path: Path
    medium: Path
    key_id: str
    name: str


@pytest.fixture(scope="module")
def report(stack: Stack, photo: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    analysis = stack.analyze(photo.read_bytes()).json()["name"]
    path = tmp_path_factory.mktemp("report") / "report.json"
    path.write_bytes(stack.rest("GET", f"/v1/{analysis}/report").body)
    return Report(path, photo, SigningKey.load(stack.state / "signing_key.pem").key_id, analysis)


def checks(*arguments: str | Path, expected: int = 0) -> dict[str, list[str]]:
    """Results by the names of their checks."""
    answer = run_cli("verify", "--json", *arguments, timeout_s=REPLAY_TIMEOUT_S)
    assert answer.returncode == expected, answer.stdout + answer.stderr
    found: dict[str, list[str]] = {}
    for check in json.loads(answer.stdout)["checks"]:
        found.setdefault(check["name"], []).append(check["result"])
    return found


def test_the_stack_made_its_key_and_keeps_it_to_itself(stack: Stack) -> None:
    assert stat.S_IMODE((stack.state / "signing_key.pem").stat().st_mode) == 0o600


@pytest.mark.parametrize(("wanted", "ending", "start"), [("HTML", "html", b"<!doctype"), ("PDF", "pdf", b"%PDF-")])
def test_reports_to_read_come_over_rest_under_a_name_of_ours(
    stack: Stack, report: Report, wanted: str, ending: str, start: bytes
) -> None:
    reply = stack.rest("GET", f"/v1/{report.name}/report?format=REPORT_FORMAT_{wanted}")
    assert reply.status == 200
    assert reply.body.startswith(start)
    assert reply.headers["content-disposition"].endswith(f'.{ending}"')
    assert b"data:image/jpeg" in reply.body or wanted == "PDF"


def test_a_real_report_passes_every_check(report: Report) -> None:
    found = checks(report.path, report.medium, "--key", report.key_id)
    assert found.pop("replay") == ["not checked"]
    assert {result for results in found.values() for result in results} == {"ok"}


def test_the_detectors_say_the_same_again(report: Report) -> None:
    assert checks(report.path, report.medium, "--replay")["replay"] == ["ok"]


def test_another_medium_is_refused_and_not_replayed(report: Report, tmp_path: Path) -> None:
    other = tmp_path / "other.jpg"
    other.write_bytes(report.medium.read_bytes() + b"\0")
    found = checks(report.path, other, "--replay", expected=EXIT_REFUSED)
    assert (found["media"], found["replay"]) == (["no"], ["not checked"])


def test_one_changed_byte_is_refused(report: Report, tmp_path: Path) -> None:
    changed = tmp_path / "changed.json"
    changed.write_bytes(report.path.read_bytes().replace(b'"riskScore":', b'"riskScore":1', 1))
    assert checks(changed, expected=EXIT_REFUSED)["signature"] == ["no"]
