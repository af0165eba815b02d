"""Certificates of a stack, and who is told of which."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.settings import CliSettings
from cli.stack.certificates import Certificates
from cli.stack.plan import certificates, endpoints, plan
from tests.support.clock import FakeClock

DETECTORS = ("image_svc", "temporal_svc", "av_sync_svc", "metadata_svc", "fusion_svc")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def papers(tmp_path: Path, clock: FakeClock) -> Certificates:
    return certificates(CliSettings(state=tmp_path, mtls=True), clock)


def test_they_are_renewed_with_most_of_their_time_before_them(papers: Certificates, clock: FakeClock) -> None:
    assert papers.renew()
    first = papers.file("gateway").read_bytes()
    clock.advance(8 * 3600 - 1)
    assert not papers.renew()
    clock.advance(1)
    assert papers.renew()
    assert papers.file("gateway").read_bytes() != first


def test_a_renewal_keeps_the_authority_that_others_have_read(papers: Certificates, clock: FakeClock) -> None:
    papers.renew()
    authority = papers.ca.read_bytes()
    clock.advance(24 * 3600)
    papers.renew()
    assert papers.ca.read_bytes() == authority


def test_a_renewal_that_fails_is_told_and_tried_again(papers: Certificates, clock: FakeClock) -> None:
    papers.renew()
    first, said = papers.file("gateway").read_bytes(), list[str]()
    clock.advance(8 * 3600)
    papers.ca.unlink()
    papers.ca.mkdir()
    papers.try_to_renew(said.append)
    assert "could not be renewed" in said[0]
    papers.ca.rmdir()
    papers.try_to_renew(said.append)
    assert (papers.file("gateway").read_bytes() != first, len(said)) == (True, 1)


def test_every_process_has_a_certificate_of_its_own_and_takes_calls_of_few(
    papers: Certificates, tmp_path: Path
) -> None:
    papers.renew()
    specs = {spec.name: spec.environment for spec in plan(CliSettings(state=tmp_path), edge=True, papers=papers)}
    callers = {
        name: [value for key, value in each.items() if key.endswith("_TLS_CLIENT_NAMES")]
        for name, each in specs.items()
    }
    assert {name: json.loads(found[0]) for name, found in callers.items() if found} == {
        "gateway": ["envoy", "cli"],
        **{name: ["gateway"] for name in DETECTORS},
    }
    files = {key: Path(value) for each in specs.values() for key, value in each.items() if value.endswith(".pem")}
    assert all(file.is_file() for file in files.values())
    assert len({file for key, file in files.items() if key.endswith("_TLS_KEY")}) == len(DETECTORS) + 1


def test_the_gateway_and_the_edge_ask_for_names(papers: Certificates, tmp_path: Path) -> None:
    specs = {spec.name: spec.environment for spec in plan(CliSettings(state=tmp_path), edge=True, papers=papers)}
    assert specs["gateway"]["TELLTALE_GATEWAY_IMAGE_TARGET"] == "image-svc@127.0.0.1:50061"
    assert specs["gateway"]["TELLTALE_GATEWAY_SERVICES_KEY"].endswith("/gateway.pem")
    assert specs["envoy"]["TELLTALE_ENVOY_GATEWAY_NAME"] == "gateway"
    assert specs["envoy"]["TELLTALE_ENVOY_GATEWAY_KEY"].endswith("/envoy.pem")


def test_the_state_says_by_which_certificates_a_stack_is_reached(tmp_path: Path) -> None:
    secure = endpoints(CliSettings(state=tmp_path, mtls=True), 1, edge=True)
    assert (secure.grpc, secure.certificates) == ("localhost:50051", str(tmp_path / "certificates"))
    assert endpoints(CliSettings(state=tmp_path), 1, edge=True).certificates == ""
