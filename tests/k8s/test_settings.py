"""Every variable of every manifest is a setting of its program, of its type, and what the profile requires is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TypeVar

import pytest
from google.protobuf.descriptor_pool import Default

from fusion_svc.settings import FusionSettings
from gateway.envoy.settings import EnvoySettings
from gateway.settings import GatewaySettings
from kit.errors import InvalidSettings
from kit.media.settings import DetectorSettings
from kit.settings import PROFILE_VARIABLE, ServerSettings, Settings, load, prefix_of
from metadata_svc.settings import MetadataSettings
from tests.support.imports import ROOT, module_of
from tests.support.manifests import OVERLAYS, Manifest, container_of, named, of_kind, pod_of, rendered
from tests.support.pods import PROGRAMS, SECRETS, environment_of, program_of, settings_of

# Read by the libraries of object stores, where they look for keys.
LIBRARIES = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"}
_MIB = 2**20
_OWN_BYTES = (
    1536 * _MIB
)  # kit/media/settings.py: what a detector holds besides files, with four decoders and eight calls

S = TypeVar("S", bound=Settings)

DEPLOYMENTS = [
    pytest.param(overlay, deployment["metadata"]["name"], id=f"{overlay}-{deployment['metadata']['name']}")
    for overlay in OVERLAYS
    for deployment in of_kind(rendered(overlay), "Deployment")
]
each_deployment = pytest.mark.parametrize(("overlay", "name"), DEPLOYMENTS)


@pytest.fixture
def pod(overlay: str, name: str, monkeypatch: pytest.MonkeyPatch) -> Manifest:
    """A deployment, and this process's environment as that of its pods."""
    manifests = rendered(overlay)
    deployment = named(manifests, "Deployment", name)
    take_on(monkeypatch, environment_of(manifests, deployment))
    return deployment


def take_on(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for variable in [each for each in os.environ if each.startswith("TELLTALE_")]:
        monkeypatch.delenv(variable)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)


def test_every_program_of_ours_is_deployed() -> None:
    assert {program_of(each) for each in of_kind(rendered("production"), "Deployment")} == set(PROGRAMS)


@each_deployment
def test_every_variable_is_a_setting_of_the_program(pod: Manifest, overlay: str) -> None:
    variables, kind = environment_of(rendered(overlay), pod), settings_of(pod)
    known = {prefix_of(kind) + field.upper() for field in kind.model_fields}
    assert set(variables) - known - LIBRARIES == {PROFILE_VARIABLE}


@each_deployment
def test_a_pod_has_what_its_profile_requires(pod: Manifest, overlay: str) -> None:
    assert os.environ[PROFILE_VARIABLE] == overlay
    load(settings_of(pod))


@each_deployment
def test_no_variable_is_set_twice(pod: Manifest, overlay: str) -> None:
    manifests, container = rendered(overlay), container_of(pod)
    maps = [named(manifests, "ConfigMap", source["configMapRef"]["name"])["data"] for source in container["envFrom"]]
    variables = [
        *(variable for data in maps for variable in data),
        *(each["name"] for each in container.get("env", ())),
    ]
    assert len(variables) == len(set(variables))


@each_deployment
def test_a_pod_has_time_to_end_what_it_does(pod: Manifest, overlay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(settings_of(pod))
    before = container_of(pod).get("lifecycle", {}).get("preStop", {})
    # Thirty seconds are the cluster's own.
    grace_s = pod_of(pod).get("terminationGracePeriodSeconds", 30)
    if isinstance(settings, EnvoySettings):
        command = before["exec"]["command"]
        assert command[:2] == ["python", "-m"]
        assert find_spec(command[2]), "no such program"
        assert grace_s >= settings.drain_s + longest_call_s(EnvoySettings, overlay, monkeypatch) + 10
    elif isinstance(settings, ServerSettings):
        pause_s = before["sleep"]["seconds"]
        assert pause_s > 0, "callers must learn that it goes"
        assert settings.drain_s >= longest_call_s(type(settings), overlay, monkeypatch)
        assert grace_s >= pause_s + settings.drain_s + 10


def longest_call_s(kind: type[Settings], overlay: str, monkeypatch: pytest.MonkeyPatch) -> float:
    """Seconds that its callers in the overlay wait for an answer of it at most."""
    if kind in (EnvoySettings, GatewaySettings):
        edge = settings_in(overlay, "envoy", EnvoySettings, monkeypatch)
        return max(edge.analysis_timeout_s, edge.upload_timeout_s)
    caller = settings_in(overlay, "worker", GatewaySettings, monkeypatch)
    if kind is FusionSettings:
        return caller.fusion_budget_s
    budgets = caller.budgets()
    return max(budgets.still_s, budgets.video.thorough_s, budgets.audio.thorough_s)


def settings_in(overlay: str, name: str, kind: type[S], monkeypatch: pytest.MonkeyPatch) -> S:
    manifests = rendered(overlay)
    with monkeypatch.context() as changed:
        take_on(changed, environment_of(manifests, named(manifests, "Deployment", name)))
        return load(kind)


@each_deployment
def test_a_pod_listens_where_its_manifest_says(pod: Manifest) -> None:
    told = {port["name"]: port["containerPort"] for port in container_of(pod)["ports"]}
    settings = load(settings_of(pod))
    assert told["metrics"] == getattr(settings, "metrics_port", None)
    if isinstance(settings, ServerSettings):
        assert told == {"grpc": settings.port, "health": settings.health_port, "metrics": settings.metrics_port}
    hosts = {getattr(settings, name) for name in ("host", "metrics_host") if hasattr(settings, name)}
    assert hosts == {"0.0.0.0"}


@each_deployment
def test_probes_ask_for_services_that_are_there(pod: Manifest) -> None:
    settings, container = load(settings_of(pod)), container_of(pod)
    probes = [container[f"{kind}Probe"] for kind in ("startup", "readiness", "liveness")]
    if not isinstance(settings, ServerSettings):
        asked = {(probe.get("tcpSocket") or probe["httpGet"])["port"] for probe in probes}
        assert len(asked) == 1
        assert asked <= {port["name"] for port in container["ports"]}
        return
    assert {probe["grpc"]["port"] for probe in probes} == {settings.health_port}
    for contracts in (ROOT / "telltale").glob("*/v1/*_service_pb2.py"):
        import_module(module_of(contracts))
    for service in {probe["grpc"].get("service", "") for probe in probes} - {""}:
        assert service.split(".")[1] == program_of(pod).removesuffix("_svc")
        assert Default().FindServiceByName(service).full_name == service


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_memory_is_enough_for_all_calls_with_the_longest_files(overlay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = 0
    for deployment in of_kind(rendered(overlay), "Deployment"):
        with monkeypatch.context() as changed:
            take_on(changed, environment_of(rendered(overlay), deployment))
            settings = load(settings_of(deployment))
        if isinstance(settings, DetectorSettings | MetadataSettings):
            checked += 1
            assert limit_of(deployment) >= _OWN_BYTES + settings.max_concurrent_calls * settings.max_bytes
    assert checked == 4


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_gateway_finds_every_service(overlay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    manifests = rendered(overlay)
    take_on(monkeypatch, environment_of(manifests, named(manifests, "Deployment", "worker")))
    settings = load(GatewaySettings)
    for service in ("image", "temporal", "av_sync", "metadata", "fusion"):
        scheme, _, address = getattr(settings, f"{service}_target").rpartition("@")[2].partition("///")
        name, _, port = address.partition(":")
        spec = named(manifests, "Service", name)["spec"]
        assert (scheme, spec["clusterIP"]) == ("dns:", "None"), "calls are spread over the addresses of the pods"
        assert int(port) in {each["port"] for each in spec["ports"]}


def test_a_misspelt_variable_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    manifests = rendered("dev")
    take_on(monkeypatch, environment_of(manifests, named(manifests, "Deployment", "gateway")))
    monkeypatch.setenv("TELLTALE_GATEWAY_MEDIA_URI", "s3://bucket")
    with pytest.raises(InvalidSettings, match="MEDIA_URI: no such setting"):
        load(GatewaySettings)


@pytest.mark.parametrize("missing", ["TELLTALE_GATEWAY_DATABASE_URL", "TELLTALE_GATEWAY_MEDIA_URL"])
def test_a_store_that_is_missing_would_be_seen(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    manifests = rendered("production")
    take_on(monkeypatch, environment_of(manifests, named(manifests, "Deployment", "gateway")))
    monkeypatch.delenv(missing)
    with pytest.raises(InvalidSettings, match=missing):
        load(GatewaySettings)


def test_no_secret_of_the_table_is_left_over() -> None:
    named_there = {
        (reference["name"], reference["key"])
        for overlay in OVERLAYS
        for deployment in of_kind(rendered(overlay), "Deployment")
        for reference in secret_references(deployment)
    }
    assert named_there == set(SECRETS)


def secret_references(deployment: Manifest) -> Iterator[Manifest]:
    sources = (variable.get("valueFrom", {}) for variable in container_of(deployment).get("env", ()))
    return (source["secretKeyRef"] for source in sources if "secretKeyRef" in source)


def limit_of(deployment: Manifest) -> int:
    limit = container_of(deployment)["resources"]["limits"]["memory"]
    return int(limit[:-2]) * {"Mi": _MIB, "Gi": 1024 * _MIB}[limit[-2:]]


def test_limits_are_read_right() -> None:
    container = {"resources": {"limits": {"memory": "3Gi"}}}
    assert limit_of({"spec": {"template": {"spec": {"containers": [container]}}}}) == 3 * 2**30
    assert issubclass(GatewaySettings, Settings)
