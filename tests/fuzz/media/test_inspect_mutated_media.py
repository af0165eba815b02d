"""A small slice of mutation fuzzing: whatever is uploaded is taken or refused by name, by all who look at it at the door.

`pytest tests/fuzz/media --mutants 500` makes a longer run; `make fuzz-media` sends the same files to a whole running stack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import cast

import pytest

from gateway.intake.ingest import Upload
from gateway.intake.registrar import Registrar
from gateway.keeping.vault import Vault
from gateway.orders.places import Locks
from gateway.probing.watch import Doorkeeper
from gateway.scanning.rules import SHIPPED, RuleScanner, rules_preload
from kit.errors import TelltaleError
from kit.media import image, sound, video
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.probe import Look, look
from kit.media.sandbox import ChildLimits, Sandbox, SandboxSettings
from tests.fuzz.hostile.seeds import damaged
from tests.support.descriptors import child_pids, open_files
from tests.support.fake_quotas import FakeQuotas

MUTANTS = 60
LIMITS = MediaLimits(max_video_pixels=1_000_000, max_pixels=4_000_000)
NEVER = {"INTERNAL", "SANDBOX_UNAVAILABLE"}


class OpenDoor:
    """Admits everybody."""

    async def admit(self, token_id: str, seen: Look) -> None:
        """Nothing to say."""


@pytest.fixture
async def door() -> AsyncIterator[tuple[Registrar, Sandbox]]:
    limits = ChildLimits(wall_s=10, cpu_s=5, memory_bytes=2**30)
    preload = (*image.PRELOAD, *video.PRELOAD, *sound.PRELOAD, *rules_preload([SHIPPED]))
    with Sandbox.start(SandboxSettings(limits=limits), preload) as sandbox:
        registrar = Registrar(
            cast("Vault", None),
            lambda cancel, file, claimed: look(sandbox, file, LIMITS, claimed, cancel=cancel),
            RuleScanner(sandbox, folders=1),
            FakeQuotas(),
            cast("Doorkeeper", OpenDoor()),
            Locks(),
        )
        yield registrar, sandbox


async def outcome(registrar: Registrar, data: bytes, claim: str) -> str:
    """`taken`, or the reason of the refusal."""
    with MediaFile.from_bytes(data) as media:
        try:
            await registrar.inspect(Upload(media, claim or None, "", ""))
        except TelltaleError as error:
            return error.reason_name()
    return "taken"


async def test_damaged_media_are_taken_or_refused_and_leave_nothing_behind(
    door: tuple[Registrar, Sandbox], request: pytest.FixtureRequest
) -> None:
    registrar, sandbox = door
    zygote = sandbox.zygote_pid
    outcomes = Counter([await outcome(registrar, b"nothing", "")])
    before = open_files()
    for file in damaged(request.config.getoption("--mutants") or MUTANTS, seed=7):
        outcomes[await outcome(registrar, file.data, file.claim)] += 1
    assert outcomes["taken"] > 10
    assert outcomes["UNDECODABLE_MEDIA"] > 10
    assert not NEVER & set(outcomes)
    # Fewer is no leak: something that an earlier test dropped may be collected meanwhile.
    assert open_files() <= before
    assert zygote is not None
    assert sandbox.zygote_pid == zygote
    assert child_pids(zygote) == []
