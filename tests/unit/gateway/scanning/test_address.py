"""Where a clamd listens."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.scanning.clamd import ClamdAddress
from gateway.settings import GatewaySettings


def test_addresses_are_of_tcp_or_of_a_socket() -> None:
    assert ClamdAddress.parse("tcp://clamav:3310") == ClamdAddress(host="clamav", port=3310)
    assert ClamdAddress.parse("tcp://[::1]:3310") == ClamdAddress(host="::1", port=3310)
    assert ClamdAddress.parse("unix:///run/clamd.ctl") == ClamdAddress(path="/run/clamd.ctl")


@pytest.mark.parametrize(
    "url", ["clamav:3310", "tcp://clamav", "http://clamav:3310", "unix://run/clamd", "unix:", "tcp://clamav:x"]
)
def test_a_clamd_that_cannot_be_found_stops_the_start(url: str) -> None:
    with pytest.raises(ValidationError, match="clamd_url"):
        GatewaySettings(clamd_url=url)
