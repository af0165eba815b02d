from __future__ import annotations

from ipaddress import ip_network

import pytest

from gateway.notify.destinations import Destination, Destinations, is_host_rule
from kit.errors import WebhookRefused

ALLOWED = Destinations(("hooks.example.org", ".example.net", "192.0.2.7", "::1"), (443, 8443), (), plain_loopback=False)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://hooks.example.org", "hooks.example.org", 443),
        ("https://HOOKS.example.org/in?to=a%20b&c=[1]", "hooks.example.org", 443),
        ("https://hooks.example.org:8443/", "hooks.example.org", 8443),
        ("https://a.b.example.net?x", "a.b.example.net", 443),
        ("https://192.0.2.7/x@y", "192.0.2.7", 443),
        ("https://[::1]/", "::1", 443),
    ],
)
def test_a_listed_host_may_be_told(url: str, host: str, port: int) -> None:
    assert ALLOWED.check(url) == Destination(url, host, port, secure=True)


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.example.org", "//hooks.example.org/", "ftp://hooks.example.org/", "http://hooks.example.org/",
        "https://other.example.org/", "https://example.net/", "https://evilexample.net/", "https://hooks.example.org.evil.test/",
        "https://user@hooks.example.org/", "https://user:secret@hooks.example.org/", "https://hooks.example.org:443@evil.test/",
        "https://hooks.example.org#@evil.test/", "https://evil.test#.example.net", "https://evil.test\\.example.net/",
        "https://evil.test/.example.net", "https://hooks.example.org:80/", "https://hooks.example.org:99999/",
        "https://hooks.example.org:/", "https://hooks.example.org /", "https://hooks.example.org/\r\nx: y", "https://hooks.example.org/ä",
        "https://hooks.example.org./", "https://hooks..example.org/", "https://-.example.net/", "https://häcker.example.net/",
        "https://192.0.2.07/", "https://192.0.519/", "https://3221225991/", "https://0xc0000207/", "https://1.example.net.0x7f/",
        "https://[::0001]/", "https://[::1%25lo]/", "https://[hooks.example.org]/", "https:///hooks.example.org",
        "https://" + "a" * 64 + ".example.net/", "javascript:alert(1)", "file:///etc/passwd", "gopher://hooks.example.org/",
    ],
)  # fmt: skip
def test_whatever_could_be_read_as_another_host_is_refused(url: str) -> None:
    with pytest.raises(WebhookRefused):
        ALLOWED.check(url)


def test_nobody_is_told_when_nobody_is_listed() -> None:
    with pytest.raises(WebhookRefused, match="does not allow notifications to hooks"):
        Destinations((), (443,), (), plain_loopback=False).check("https://hooks.example.org/")


def test_one_wrong_address_among_several_refuses_the_host() -> None:
    destination = ALLOWED.check("https://hooks.example.org/")
    ALLOWED.check_addresses(destination, ["1.1.1.1", "2606:4700::1111"])
    with pytest.raises(WebhookRefused, match="must not be called"):
        ALLOWED.check_addresses(destination, ["1.1.1.1", "10.0.0.1"])


def test_plain_text_goes_to_this_machine_alone_and_only_where_it_is_allowed() -> None:
    allowing = Destinations(("localhost",), (8000,), (ip_network("10.0.0.0/8"),), plain_loopback=True)
    destination = allowing.check("http://localhost:8000/")
    assert not destination.secure
    allowing.check_addresses(destination, ["127.0.0.1", "::1"])
    for address in ("10.0.0.1", "1.1.1.1"):
        with pytest.raises(WebhookRefused):
            allowing.check_addresses(destination, [address])


@pytest.mark.parametrize("rule", ["example.org", ".example.org", "10.0.0.1", "::1"])
def test_a_host_rule_is_a_name_a_suffix_or_an_address(rule: str) -> None:
    assert is_host_rule(rule)


@pytest.mark.parametrize(
    "rule", ["", ".", "*", "*.example.org", "Example.org", "https://example.org", "a b", ".10:1", "exämple.org"]
)
def test_anything_else_is_no_host_rule(rule: str) -> None:
    assert not is_host_rule(rule)
