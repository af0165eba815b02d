"""Our own rules and those of an operator, searched for in the sandbox."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import yara_x

from gateway.scanning.build import open_scanner, scanning_preload
from gateway.scanning.rules import SHIPPED, RuleScanner, require_rules, rules_preload
from gateway.scanning.rules_task import compiled
from gateway.scanning.scanner import UNSCANNED
from gateway.settings import GatewaySettings
from kit.errors import DecoderStopped, InvalidSettings, MediaInfected, PolyglotMedia, ScannerUnavailable
from kit.media.file import MediaFile
from kit.media.identify import identify
from kit.media.sandbox import ChildLimits, Sandbox, SandboxSettings
from tests.support import media_factory
from tests.support.hostile_media import ANYWHERE, AT_FIXED_PLACES, HONEST

DATA = Path(os.environ.get("TELLTALE_DATA", Path(__file__).parents[5] / "shared" / "data"))
NO_MEDIA = {".csv", ".md", ".py", ".bin", ".txt", ".json"}


@pytest.fixture(scope="module")
def shipped() -> Iterator[Sandbox]:
    with Sandbox.start(SandboxSettings(), rules_preload([SHIPPED])) as sandbox:
        require_rules(sandbox, [SHIPPED])
        yield sandbox


async def matched(sandbox: Sandbox, data: bytes, folders: int = 1) -> str:
    """Names of the rules that refuse a file; empty when none does."""
    with MediaFile.from_bytes(data) as media:
        try:
            await RuleScanner(sandbox, folders).scan(media)
        except MediaInfected as refused:
            return refused.details["rule"]
    return ""


@pytest.mark.parametrize("name", ANYWHERE)
async def test_what_stands_anywhere_in_a_file_is_found(shipped: Sandbox, name: str) -> None:
    make, rule = ANYWHERE[name]
    data = make()
    with MediaFile.from_bytes(data) as media:
        identify(media, None)  # it comes through the first gate
    assert rule in (await matched(shipped, data)).split(",")


@pytest.mark.parametrize("name", HONEST)
async def test_honest_media_that_look_odd_are_taken(shipped: Sandbox, name: str) -> None:
    data = HONEST[name]()
    with MediaFile.from_bytes(data) as media:
        identify(media, None)
    assert await matched(shipped, data) == ""


def test_chance_does_not_look_like_anything() -> None:
    scanner = yara_x.Scanner(compiled(SHIPPED))
    assert [rule.identifier for _ in range(4) for rule in scanner.scan(os.urandom(2**24)).matching_rules] == []


@pytest.mark.skipif(not DATA.is_dir(), reason="the research data are not on this machine")
def test_no_file_of_the_research_data_is_refused() -> None:
    scanner = yara_x.Scanner(compiled(SHIPPED))
    files = [path for path in DATA.rglob("*") if path.is_file() and path.suffix not in NO_MEDIA]
    assert [path for path in files if list(scanner.scan(path.read_bytes()).matching_rules)] == []
    assert files


async def test_an_operators_rules_are_searched_for_beside_ours(tmp_path: Path) -> None:
    (tmp_path / "house.yara").write_text('rule red_house { strings: $a = "red house" condition: $a }')
    settings = GatewaySettings(yara_rules=tmp_path)
    with Sandbox.start(SandboxSettings(), scanning_preload(settings)) as sandbox:
        require_rules(sandbox, [SHIPPED, tmp_path])
        assert await matched(sandbox, media_factory.jpeg(comment=b"a red house"), folders=2) == "red_house"
        assert await matched(sandbox, ANYWHERE["eicar in a comment"][0](), folders=2) == "eicar_test_file"


async def test_rules_that_are_gone_when_the_sandbox_is_started_again_refuse_every_file(tmp_path: Path) -> None:
    rules = tmp_path / "house.yara"
    rules.write_text('rule red_house { strings: $a = "red house" condition: $a }')
    with Sandbox.start(SandboxSettings(), scanning_preload(GatewaySettings(yara_rules=tmp_path))) as sandbox:
        scanner = open_scanner(GatewaySettings(yara_rules=tmp_path), sandbox)
        rules.write_text("rule half")
        assert sandbox.zygote_pid
        os.kill(sandbox.zygote_pid, signal.SIGKILL)
        with MediaFile.from_bytes(b"a red house") as media, pytest.raises(ScannerUnavailable):
            await scanner.scan(media)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("rule broken { condition: nothing_like_it }", "nothing_like_it"),
        ('include "other.yar"', "include"),
        (None, "no file of rules"),
    ],
)
def test_rules_that_cannot_be_used_stop_the_start(tmp_path: Path, source: str | None, problem: str) -> None:
    if source:
        (tmp_path / "house.yar").write_text(source)
    settings = GatewaySettings(yara_rules=tmp_path)
    sandbox = Sandbox.start(SandboxSettings(), scanning_preload(settings))
    with sandbox, pytest.raises(InvalidSettings, match=problem):
        open_scanner(settings, sandbox)


async def test_without_rules_nothing_is_searched_for() -> None:
    settings = GatewaySettings(shipped_rules=False)
    assert scanning_preload(settings) == ()
    with Sandbox.start(SandboxSettings(), ("kit.media.limits",)) as sandbox, MediaFile.from_bytes(b"any") as media:
        assert await open_scanner(settings, sandbox).scan(media) == UNSCANNED


async def test_a_search_that_takes_too_long_refuses_the_file(tmp_path: Path) -> None:
    each = "for all {0} in (0..filesize - 1)"
    endless = f"rule endless {{ condition: {each.format('i')} : ({each.format('j')} : (uint8(i) + uint8(j) < 512)) }}"
    (tmp_path / "endless.yar").write_text(endless)
    limits = ChildLimits(wall_s=1.0)
    with Sandbox.start(SandboxSettings(limits=limits), rules_preload([tmp_path])) as sandbox:
        require_rules(sandbox, [tmp_path])
        with pytest.raises(DecoderStopped):
            await matched(sandbox, bytes(10**6))


@pytest.mark.parametrize("name", ["jpeg and zip", "jpeg and html"])
async def test_rules_know_what_the_first_gate_refuses(shipped: Sandbox, name: str) -> None:
    data = AT_FIXED_PLACES[name]()
    with MediaFile.from_bytes(data) as media, pytest.raises(PolyglotMedia):
        identify(media, None)
    assert await matched(shipped, data)
