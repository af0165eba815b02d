"""What a running stack has of a photo once it was deleted: nothing but a receipt, and names in the audit log and in logs."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from tests.support.stack import Stack
from tests.support.traces import Needles, digests, found_in, in_folder, in_tables


def test_a_deleted_photo_is_nowhere_in_the_state_of_a_stack(stack: Stack, photo: Path) -> None:
    mark = secrets.token_bytes(24)
    data = marked(photo.read_bytes(), mark)
    analysis = stack.analyze(data).json()
    ids = use(stack, analysis)
    content = {"bytes": mark, **digests(data)}
    assert {"bytes", "hex"} <= {each.split(" in ")[0] for each in in_folder(stack.state, content)}
    assert rows_with(stack, ids)
    receipt = stack.rest("DELETE", f"/v1/{analysis['media']}").json()["receipt"]
    assert receipt["mediaSha256"] == digests(data)["hex"].decode()
    assert {"file", "analysis", "evidence", "maps", "shares", "feedback", "jobs"} <= set(receipt["artefacts"])
    assert in_folder(stack.state, content) == rows_with(stack, ids) == []
    assert list(found_in("the log", stack.state.with_suffix(".stderr").read_bytes(), content)) == []


def marked(jpeg: bytes, mark: bytes) -> bytes:
    """The picture with a comment that no other has."""
    return jpeg[:2] + b"\xff\xfe" + (len(mark) + 2).to_bytes(2) + mark + jpeg[2:]


def use(stack: Stack, analysis: dict[str, str]) -> Needles:
    """Does with an analysis what can be done with one; ids of it and its file."""
    for form in ("JSON", "HTML", "PDF"):
        assert stack.rest("GET", f"/v1/{analysis['name']}/report?format=REPORT_FORMAT_{form}").status == 200
    assert stack.rest("POST", f"/v1/{analysis['name']}/shares", b"{}").status == 200
    said = json.dumps({"truth": "TRUTH_AUTHENTIC", "comment": "the author says so"}).encode()
    assert stack.rest("PUT", f"/v1/{analysis['name']}/feedback", said).status == 200
    return {kind: analysis[kind].split("/")[1].encode() for kind in ("name", "media")}


def rows_with(stack: Stack, ids: Needles) -> list[str]:
    """Rows that name them, but those of the audit log."""
    databases = [f"sqlite:///{stack.state}/{name}.db" for name in ("telltale", "jobs")]
    return [found for url in databases for found in in_tables(url, ids, ("audit",))]
