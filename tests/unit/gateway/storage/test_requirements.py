from __future__ import annotations

from typing import Any

import pytest

from gateway.settings import GatewaySettings

REQUIRED: dict[str, Any] = {
    "require_database": "postgresql",
    "require_media_store": "object_store",
    "require_rate_storage": "redis",
}
MET: dict[str, Any] = {
    "database_url": "postgresql+psycopg://db/telltale",
    "media_url": "s3://telltale-media",
    "rate_storage_url": "async+redis://cache:6379",
}


def test_embedded_stores_do_where_nothing_is_required() -> None:
    assert GatewaySettings().unmet() == []


def test_stores_of_the_required_kinds_do() -> None:
    assert GatewaySettings(**REQUIRED, **MET).unmet() == []


@pytest.mark.parametrize("setting", MET)
def test_a_store_of_another_kind_is_named_without_its_url(setting: str) -> None:
    (sentence,) = GatewaySettings(**REQUIRED, **MET | {setting: "file://me:hunter2@place"}).unmet()
    assert f"TELLTALE_GATEWAY_{setting.upper()}" in sentence
    assert "hunter2" not in sentence


def test_certificates_are_required_of_both_sides() -> None:
    told = " ".join(GatewaySettings(require_mtls=True).unmet())
    assert "TELLTALE_GATEWAY_TLS_CERTIFICATE" in told
    assert "TELLTALE_GATEWAY_SERVICES_CA" in told
