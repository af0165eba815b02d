"""Settings of the gateway."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.making.budgets import Budgets, ByDepth
from gateway.settings import GatewaySettings


def test_database_and_media_lie_in_the_state_folder_unless_told_otherwise() -> None:
    settings = GatewaySettings(state_dir=Path("/var/lib/telltale"))
    assert settings.database() == "sqlite+aiosqlite:////var/lib/telltale/telltale.db"
    assert settings.media_store() == "file:///var/lib/telltale/media"
    assert GatewaySettings(media_url="s3://bucket/media").media_store() == "s3://bucket/media"


def test_budgets_are_those_that_were_set() -> None:
    settings = GatewaySettings(
        analysis_budget_s=1,
        video_budget_quick_s=2,
        video_budget_standard_s=3,
        video_budget_thorough_s=4,
        audio_budget_quick_s=5,
        audio_budget_standard_s=6,
        audio_budget_thorough_s=7,
    )
    assert settings.budgets() == Budgets(1, video=ByDepth(2, 3, 4), audio=ByDepth(5, 6, 7))


def test_a_rate_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValidationError, match="write_rate"):
        GatewaySettings(write_rate="often")


def test_the_signing_key_lies_in_the_state_folder_unless_told_otherwise() -> None:
    settings = GatewaySettings(state_dir=Path("/var/lib/telltale"))
    assert settings.signing_key_file() == Path("/var/lib/telltale/signing_key.pem")
    assert GatewaySettings(signing_key=Path("/run/key.pem")).signing_key_file() == Path("/run/key.pem")


def test_limits_at_the_door_are_those_that_were_set() -> None:
    settings = GatewaySettings(
        max_media_bytes=1,
        max_pixels=2,
        max_side_px=3,
        max_frames=4,
        max_video_pixels=5,
        max_video_frames=6,
        max_media_s=7,
    )
    limits = settings.limits
    assert (limits.max_bytes, limits.max_pixels, limits.max_side_px, limits.max_frames) == (1, 2, 3, 4)
    assert (limits.max_video_pixels, limits.max_video_frames, limits.max_video_s, limits.max_audio_s) == (5, 6, 7, 7)


def test_the_sandbox_follows_the_settings() -> None:
    sandbox = GatewaySettings(max_analyses=3, max_reports=1, sandbox_required=True).sandbox
    assert (sandbox.max_children, sandbox.require) == (4, True)
