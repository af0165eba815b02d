from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from gateway.notify.networks import may_be_called

INSIDE = (
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.9.9.9", "168.63.129.16", "169.254.169.254",
    "172.16.0.1", "192.0.0.192", "192.168.1.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::10.0.0.1", "fe80::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1",
    "100::1", "::ffff:169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:a00:1::1", "2001:0:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
)  # fmt: skip
OUTSIDE = ("1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1")


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_of_the_public_internet_is_not_called(address: str) -> None:
    assert not may_be_called(ip_address(address), [])


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are_called(address: str) -> None:
    assert may_be_called(ip_address(address), [])


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203"])
def test_a_listed_network_is_called_in_every_notation(address: str) -> None:
    assert may_be_called(ip_address(address), [ip_network("10.1.0.0/16")])
    assert not may_be_called(ip_address(address), [ip_network("10.2.0.0/16")])
