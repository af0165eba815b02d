"""Each component in each overlay, alone and together: renders, is what the pinned schemas know, and does what its file says."""

from __future__ import annotations

import copy
import itertools
import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from av_sync_svc.settings import AvSyncSettings
from canary.templates import COMPONENT, files
from fusion_svc.settings import FusionSettings
from gateway.envoy.settings import EnvoySettings
from gateway.settings import GatewaySettings
from image_svc.settings import ImageSettings
from kit.settings import Settings, prefix_of
from metadata_svc.settings import MetadataSettings
from temporal_svc.settings import TemporalSettings
from tests.support.crds import all_problems, is_custom, problems
from tests.support.imports import ROOT
from tests.support.manifests import (
    BIN,
    COMPONENTS,
    OVERLAYS,
    Manifest,
    container_of,
    named,
    of_kind,
    pod_of,
    rendered_with,
)

SERVICES = ("image-svc", "temporal-svc", "av-sync-svc", "metadata-svc", "fusion-svc")
PROGRAMS = (*SERVICES, "gateway", "worker", "envoy")
SETTINGS: tuple[type[Settings], ...] = (
    *(ImageSettings, TemporalSettings, AvSyncSettings, MetadataSettings, FusionSettings),
    *(GatewaySettings, EnvoySettings),
)


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize(
    "components", [*((name,) for name in COMPONENTS if name != "canary-mtls"), COMPONENTS], ids="+".join
)
def test_every_component_is_valid_in_every_overlay(overlay: str, components: tuple[str, ...], tmp_path: Path) -> None:
    resources = rendered_with(overlay, components, tmp_path)
    assert all_problems(resources) == []
    checked = tmp_path / "resources.yaml"
    checked.write_text(yaml.safe_dump_all(each for each in resources if not is_custom(each)))
    command = [str(BIN / "kubernetes-validate"), "--strict", str(checked)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_misspelt_fields_are_refused() -> None:
    resources = [each for path in (ROOT / "k8s/components").rglob("*.yaml") for each in _custom(path)]
    assert {each["kind"] for each in resources} >= {
        "Rollout",
        "AnalysisTemplate",
        "GRPCRoute",
        "ScaledObject",
        "Certificate",
    }
    for resource in resources:
        assert problems(resource) == []
        for path in _places(resource["spec"]):
            broken = copy.deepcopy(resource)
            place = broken["spec"]
            for step in path[:-1]:
                place = place[step]
            place[f"{path[-1]}x"] = place.pop(path[-1])
            assert problems(broken), f"{resource['kind']} {resource['metadata']['name']} takes {path}"


def _custom(path: Path) -> list[Manifest]:
    if path.name == "kustomization.yaml":
        return []
    return [each for each in yaml.safe_load_all(path.read_text()) if isinstance(each, dict) and is_custom(each)]


def _places(value: object, *before: str | int) -> list[tuple[str | int, ...]]:
    """Every field whose name the schema should know: not those of maps that are free."""
    # Maps, and what is a type of Kubernetes itself, which the schemas leave open.
    free = ("metadata", "labels", "annotations", "matchLabels", "config", "plugins", "selfSigned", "behavior")
    if isinstance(value, dict):
        if before and before[-1] in free:
            return []
        return [place for name, inner in value.items() for place in ((*before, name), *_places(inner, *before, name))]
    if isinstance(value, list):
        return [place for number, inner in enumerate(value) for place in _places(inner, *before, number)]
    return []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_variable_that_a_component_sets_is_a_setting(overlay: str, tmp_path: Path) -> None:
    known = {prefix_of(each) + name.upper() for each in SETTINGS for name in each.model_fields}
    resources = rendered_with(overlay, COMPONENTS, tmp_path)
    deployments = [named(resources, "Deployment", name) for name in PROGRAMS]
    variables = [each["name"] for deployment in deployments for each in container_of(deployment).get("env", [])]
    set_here = [name for name in variables if name.startswith("TELLTALE_")]
    assert set_here
    assert [name for name in set_here if name not in known] == []


def test_canary_files_are_those_that_the_policy_makes() -> None:
    for name, text in files().items():
        assert (COMPONENT / name).read_text(encoding="utf-8") == text, "run `python -m canary.templates`"


def test_with_canaries_the_rollout_is_scaled_and_nobody_passes_the_router_by(tmp_path: Path) -> None:
    resources = rendered_with("production", COMPONENTS, tmp_path)
    for service in SERVICES:
        assert named(resources, "ScaledObject", service)["spec"]["scaleTargetRef"]["kind"] == "Rollout"
        assert named(resources, "Rollout", service)["spec"]["workloadRef"]["name"] == service
        [rule] = named(resources, "NetworkPolicy", service)["spec"]["ingress"]
        assert [set(each) for each in rule["from"]] == [{"namespaceSelector", "podSelector"}]
    assert [each["metadata"]["name"] for each in of_kind(resources, "HorizontalPodAutoscaler")] == ["envoy"]


def test_with_canaries_the_gateway_calls_the_port_at_which_a_route_leads_to_the_service(tmp_path: Path) -> None:
    resources = rendered_with("dev", ("canary",), tmp_path)
    listeners = named(resources, "Gateway", "telltale-detectors")["spec"]["listeners"]
    for program, listener in itertools.product(("gateway", "worker"), listeners):
        [target] = [
            each["value"]
            for each in container_of(named(resources, "Deployment", program))["env"]
            if each["name"]
            == f"TELLTALE_GATEWAY_{listener['name'].removesuffix('-svc').replace('-', '_').upper()}_TARGET"
        ]
        assert target.endswith(f"telltale-detectors.envoy-gateway-system:{listener['port']}")
        route = named(resources, "GRPCRoute", listener["name"])["spec"]
        assert [each["sectionName"] for each in route["parentRefs"]] == [listener["name"]]
        names = [each["name"] for backend in route["rules"] for each in backend["backendRefs"]]
        assert names == [f"{listener['name']}-stable", f"{listener['name']}-canary"]


def test_with_mtls_everybody_has_a_certificate_by_its_name(tmp_path: Path) -> None:
    resources = rendered_with("production", ("mtls",), tmp_path)
    for name in PROGRAMS:
        deployment = named(resources, "Deployment", name)
        [volume] = [each for each in pod_of(deployment)["volumes"] if each["name"] == "tls"]
        [certificate] = [
            each
            for each in of_kind(resources, "Certificate")
            if each["spec"]["secretName"] == volume["secret"]["secretName"]
        ]
        assert certificate["spec"]["dnsNames"] == [name]


def test_with_mtls_and_canaries_the_router_is_whom_services_take_calls_from(tmp_path: Path) -> None:
    resources = rendered_with("production", COMPONENTS, tmp_path)
    assert named(resources, "Certificate", "telltale-detectors")["spec"]["dnsNames"] == ["telltale-detectors"]
    for listener in named(resources, "Gateway", "telltale-detectors")["spec"]["listeners"]:
        assert (listener["protocol"], listener["tls"]["mode"]) == ("HTTPS", "Terminate")
    for service in SERVICES:
        variables = container_of(named(resources, "Deployment", service))["env"]
        names = [each["value"] for each in variables if each["name"].endswith("_TLS_CLIENT_NAMES")]
        assert names == ['["telltale-detectors"]']
        policy = named(resources, "BackendTLSPolicy", service)["spec"]
        assert policy["validation"]["hostname"] == service
    targets = [
        each for each in container_of(named(resources, "Deployment", "gateway"))["env"] if "_TARGET" in each["name"]
    ]
    assert len(targets) == len(SERVICES)
    assert all(each["value"].startswith("telltale-detectors@dns:///") for each in targets)


def test_a_version_is_told_from_another_by_a_label_of_its_pods(tmp_path: Path) -> None:
    resources = rendered_with("production", COMPONENTS, tmp_path)
    [scraping] = [each["spec"] for each in of_kind(resources, "PodMonitor")]
    asked = {
        label for each in of_kind(resources, "AnalysisTemplate") for label in re.findall(r"rollouts_\w+", str(each))
    }
    assert asked == {label.replace("-", "_") for label in scraping["podTargetLabels"]}
    for endpoint in scraping["podMetricsEndpoints"]:
        assert [each["targetLabel"] for each in endpoint["relabelings"] if "targetLabel" in each] == ["service"]


def test_nothing_is_longer_than_what_apply_writes_down_of_it(tmp_path: Path) -> None:
    resources = rendered_with("production", COMPONENTS, tmp_path)
    assert max(len(json.dumps(each)) for each in resources) < 250_000, "`kubectl apply` would refuse it"


def test_grafana_gets_every_dashboard(tmp_path: Path) -> None:
    resources = rendered_with("dev", ("monitoring",), tmp_path)
    dashboards = named(resources, "ConfigMap", "dashboards")
    assert dashboards["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert set(dashboards["data"]) == {path.name for path in (ROOT / "k8s/components/monitoring/dashboards").iterdir()}


def test_every_image_has_a_version_whatever_is_added(tmp_path: Path) -> None:
    for overlay in OVERLAYS:
        text = str(rendered_with(overlay, COMPONENTS, tmp_path))
        images = set(re.findall(r"'image': '([^']+)'", text))
        assert [image for image in images if not re.search(r":\d+\.\d+\.\d+$", image)] == []


def test_nothing_is_scaled_twice(tmp_path: Path) -> None:
    for components in (("canary",), ("autoscaling",), COMPONENTS):
        resources = rendered_with("production", components, tmp_path)
        scalers = [*of_kind(resources, "HorizontalPodAutoscaler"), *of_kind(resources, "ScaledObject")]
        scaled = [each["spec"]["scaleTargetRef"]["name"] for each in scalers]
        assert sorted(scaled) == sorted(PROGRAMS)


def test_every_component_is_tried_and_explained() -> None:
    there = {path.name for path in (ROOT / "k8s/components").iterdir()}
    assert there == set(COMPONENTS)
    readme = (ROOT / "k8s/README.md").read_text()
    assert [name for name in there if f"| `{name}` |" not in readme] == []


def test_no_pod_asks_for_a_gpu_that_it_cannot_use(tmp_path: Path) -> None:
    assert "CUDAExecutionProvider" not in (ROOT / "kit/models/onnx.py").read_text()
    resources = rendered_with("production", ("gpu",), tmp_path)
    assert "nvidia.com/gpu:" not in yaml.safe_dump_all(resources)
    assert "affinity" in pod_of(named(resources, "Deployment", "temporal-svc"))


def test_metrics_that_are_asked_for_exist(tmp_path: Path) -> None:
    resources = rendered_with("production", COMPONENTS, tmp_path)
    asked = [
        metric["provider"]["prometheus"]["query"]
        for template in of_kind(resources, "AnalysisTemplate")
        for metric in template["spec"]["metrics"]
    ]
    asked += [
        rule["expr"]
        for each in of_kind(resources, "PrometheusRule")
        for group in each["spec"]["groups"]
        for rule in group["rules"]
    ]
    asked += [
        trigger["metadata"]["query"]
        for each in of_kind(resources, "ScaledObject")
        for trigger in each["spec"]["triggers"]
    ]
    names = {name for query in asked for name in re.findall(r"\b(?:rpc|telltale)_\w+", query)}
    metrics = {re.sub(r"_(bucket|count|sum)$", "", name) for name in names}
    source = "\n".join(
        path.read_text() for room in ("kit", "gateway", "monitoring") for path in (ROOT / room).rglob("*.py")
    )
    missing = {
        name for name in metrics if f'"{name}"' not in source and f'"{name.removesuffix("_total")}"' not in source
    }
    assert len(metrics) >= 8
    assert missing == set()
