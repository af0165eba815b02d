"""What a stack lacks is said for all of its processes, before any of them is started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.settings import CliSettings
from cli.stack.certificates import Certificates
from cli.stack.plan import certificates, plan
from cli.stack.preflight import require_settings
from kit.errors import InvalidSettings
from kit.settings import PROFILE_VARIABLE
from tests.support.clock import FakeClock

SETTINGS = CliSettings(state=Path("/state"))


@pytest.fixture
def papers(monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """The certificates of a stack in staging."""
    monkeypatch.setenv(PROFILE_VARIABLE, "staging")
    return certificates(SETTINGS, FakeClock())


def test_all_that_is_missing_is_named_at_once_by_process(papers: Certificates) -> None:
    with pytest.raises(InvalidSettings) as caught:
        require_settings(plan(SETTINGS, edge=True, papers=papers))
    refused = dict(line.split(": ", 1) for line in caught.value.message.splitlines()[1:-1])
    assert set(refused) == {"image_svc", "temporal_svc", "av_sync_svc", "metadata_svc", "fusion_svc", "gateway"}
    assert refused["image_svc"].endswith("must give TELLTALE_IMAGE_REGISTRY, TELLTALE_IMAGE_TRUST")
    assert "TELLTALE_GATEWAY_RATE_STORAGE_URL" in refused["gateway"]


def test_what_is_set_once_is_missing_nowhere(papers: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_GATEWAY_DATABASE_URL", "postgresql+psycopg://telltale@db/telltale")
    monkeypatch.setenv("TELLTALE_GATEWAY_MEDIA_URL", "s3://bucket")
    monkeypatch.setenv("TELLTALE_GATEWAY_RATE_STORAGE_URL", "async+redis://cache")
    settings = SETTINGS.changed(registry="s3://bucket/models", trust=Path("/trust"))
    require_settings(plan(settings, edge=True, papers=papers))


def test_a_misspelt_variable_is_named_and_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_IMAGE_PROT", "1")
    monkeypatch.setenv("TELLTALE_FUSION_PORT", "7")
    before = dict(os.environ)
    with pytest.raises(InvalidSettings, match="TELLTALE_IMAGE_PROT: no such setting"):
        require_settings(plan(SETTINGS, edge=True))
    assert dict(os.environ) == before
