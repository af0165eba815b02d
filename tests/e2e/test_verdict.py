"""Verdicts that people can act on, by the real stack: files with a known history get the right facts, words and doubts."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.metadata.v1 import facts_pb2
from tests.support.media_factory import encode, picture
from tests.support.stack import Stack, run_cli, verdict_of

Analysis = resources_pb2.Analysis
PARAMETERS = "a lighthouse\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 256x256, Model hash: abcdef0123"
EARLIER_QUALITY, LATER_QUALITY = 60, 90
FORMATS = ("JSON", "HTML", "PDF")


@pytest.fixture(scope="module")
def marked() -> bytes:
    """A PNG as a generator leaves it: its parameters stand in a text chunk."""
    mark = PngInfo()
    mark.add_text("parameters", PARAMETERS)
    return encode(picture().resize((256, 256)), "PNG", pnginfo=mark)


def judged(stack: Stack, data: bytes, query: str = "") -> Analysis:
    reply = stack.rest("POST", f"/v1/media:analyze{query}", data)
    assert reply.status == 200, reply.body
    return json_format.Parse(reply.body.splitlines()[-1], Analysis())


def numbers(verdict: verdict_pb2.Verdict) -> tuple[Any, ...]:
    """Everything of a verdict that no language changes."""
    added = [(each.cue, each.log_odds) for each in verdict.contributions]
    codes = [(each.role, each.code, sorted(each.parameters.items())) for each in verdict.explanation]
    return verdict.label, verdict.risk_score, verdict.log_odds, added, codes


def test_a_declared_generator_is_suspicious_and_said_to_rest_on_the_mark(stack: Stack, marked: bytes) -> None:
    last = judged(stack, marked)
    assert last.metadata.origin == facts_pb2.FILE_ORIGIN_GENERATED
    assert last.verdict.label == verdict_pb2.LABEL_SUSPICIOUS
    assert last.verdict.contributions[0].cue == "software_traces"
    told = {each.code: each.text for each in last.verdict.explanation}
    assert {"meaning_declared", "software_generator_mark", "reliability_declared", "advice_declared"} <= set(told)
    assert "Stable Diffusion" in told["software_generator_mark"]


def test_german_says_the_same_in_other_words(stack: Stack, marked: bytes) -> None:
    english, german = judged(stack, marked), judged(stack, marked, "?language=de-AT")
    assert numbers(german.verdict) == numbers(english.verdict)
    assert german.verdict.explanation[0].text.startswith("Den Ausschlag gibt")
    assert not {each.text for each in german.verdict.explanation} & {each.text for each in english.verdict.explanation}


def test_the_command_line_answers_in_the_language_asked_for(stack: Stack, marked: bytes, tmp_path: Path) -> None:
    file = tmp_path / "marked.png"
    file.write_bytes(marked)
    answer = run_cli("analyze", "--lang", "de", "--state", stack.state, file)
    assert "Den Ausschlag gibt" in " ".join(answer.stdout.split())


def test_a_tiny_picture_lies_outside_of_what_was_measured(stack: Stack, photo: Path) -> None:
    with Image.open(photo) as image:
        last = judged(stack, encode(image.resize((60, 60)), "JPEG", quality=95))
    assert (last.verdict.label, last.verdict.doubt) == (
        verdict_pb2.LABEL_INCONCLUSIVE,
        verdict_pb2.DOUBT_OUT_OF_RANGE,
    )
    assert "Its shorter side has 60 pixels" in last.verdict.explanation[0].text
    assert not last.verdict.HasField("confidence")


def test_the_first_of_two_compressions_is_found_and_not_held_against_the_picture(stack: Stack, photo: Path) -> None:
    with Image.open(photo) as image:
        # A new size wipes out the compression that the sample itself has behind it.
        first = encode(image.resize((448, 448)), "JPEG", quality=EARLIER_QUALITY)
    last = judged(stack, encode(Image.open(io.BytesIO(first)), "JPEG", quality=LATER_QUALITY))
    history = last.metadata.jpeg_history
    assert history.aligned_log_likelihood_ratio > 1
    assert history.first_quality == pytest.approx(EARLIER_QUALITY, abs=3)
    assert last.verdict.label not in {verdict_pb2.LABEL_MANIPULATED, verdict_pb2.LABEL_SUSPICIOUS}


def test_a_file_without_metadata_is_not_blamed_for_it(stack: Stack) -> None:
    last = judged(stack, encode(picture().resize((256, 256)), "PNG"))
    assert last.metadata.origin == facts_pb2.FILE_ORIGIN_NONE
    assert (last.verdict.label, last.verdict.doubt) == (verdict_pb2.LABEL_INCONCLUSIVE, verdict_pb2.DOUBT_THIN)
    reasons = {each.cue: each.abstention.reason for each in last.evidence if each.HasField("abstention")}
    assert reasons["provenance"] == evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ


def test_a_link_shows_the_same_verdict_without_a_token(stack: Stack, marked: bytes) -> None:
    name = judged(stack, marked).name
    share = stack.rest("POST", f"/v1/{name}/shares", b"{}", content_type="application/json").json()
    shown = stack.rest("GET", f"/v1/shared/{share['secret']}", authorization="")
    assert shown.status == 200
    assert verdict_of(shown.json()) == verdict_of(stack.rest("GET", f"/v1/{name}").json())
    assert not shown.json()["media"], "a guest must not learn by which name its owner reaches the file"


def test_one_record_comes_as_json_page_and_document_each_time_alike(stack: Stack, marked: bytes) -> None:
    name = judged(stack, marked).name
    bodies = [stack.rest("GET", f"/v1/{name}/report?format=REPORT_FORMAT_{each}").body for each in FORMATS]
    again = [stack.rest("GET", f"/v1/{name}/report?format=REPORT_FORMAT_{each}").body for each in FORMATS]
    assert bodies == again
    assert json.loads(bodies[0])["report"]["analysis"]["name"] == name
    assert b"What decides here is what the file says of itself" in bodies[1]
    assert bodies[2].startswith(b"%PDF-")


def test_nothing_is_left_after_a_deletion(stack: Stack, marked: bytes) -> None:
    last = judged(stack, marked)
    share = stack.rest("POST", f"/v1/{last.name}/shares", b"{}", content_type="application/json").json()
    receipt = stack.rest("DELETE", f"/v1/{last.media}").json()
    assert {last.media, last.name} <= set(receipt["deleted"])
    gone = (last.media, last.name, f"{last.name}/report", f"shared/{share['secret']}")
    assert [stack.rest("GET", f"/v1/{each}").status for each in gone] == [404] * 4
