"""Every overlay is valid Kubernetes, is hardened alike, and differs from the others in data only."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from tests.support.crds import is_custom
from tests.support.imports import ROOT
from tests.support.manifests import BIN, OVERLAYS, Manifest, container_of, named, of_kind, pod_of, rendered
from tests.support.pods import PROGRAMS

KUBERNETES = "1.37"
README = (ROOT / "k8s" / "README.md").read_text(encoding="utf-8")
each_overlay = pytest.mark.parametrize("overlay", OVERLAYS)


@each_overlay
def test_every_resource_is_valid(overlay: str) -> None:
    checked = [each for each in rendered(overlay) if not is_custom(each)]
    assert len(checked) > 50
    for manifest in checked:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


def test_a_misspelt_field_would_be_seen() -> None:
    manifest = named(rendered("dev"), "Deployment", "gateway")
    pod_of(manifest)["terminationGracePeriodSecond"] = 60
    with pytest.raises(kubernetes_validate.ValidationError, match="terminationGracePeriodSecond"):
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


@each_overlay
def test_every_pod_has_as_few_rights_as_can_be(overlay: str) -> None:
    for deployment in of_kind(rendered(overlay), "Deployment"):
        pod = pod_of(deployment)
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] >= 10_000
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


@each_overlay
def test_every_place_to_write_has_an_end(overlay: str) -> None:
    volumes = [volume for each in of_kind(rendered(overlay), "Deployment") for volume in pod_of(each)["volumes"]]
    assert [volume for volume in volumes if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]] == []
    assert {next(iter(set(volume) - {"name"})) for volume in volumes} <= {"emptyDir", "secret", "configMap"}


@each_overlay
def test_every_program_has_an_account_a_budget_and_bounds(overlay: str) -> None:
    manifests = rendered(overlay)
    for deployment in of_kind(manifests, "Deployment"):
        name, container = deployment["metadata"]["name"], container_of(deployment)
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert pod_of(deployment)["serviceAccountName"] == name
        assert named(manifests, "ServiceAccount", name)["automountServiceAccountToken"] is False
        assert (
            named(manifests, "PodDisruptionBudget", name)["spec"]["selector"]["matchLabels"].items() <= labels.items()
        )
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]
        assert pod_of(deployment)["priorityClassName"] in {
            each["metadata"]["name"] for each in of_kind(manifests, "PriorityClass")
        }


@each_overlay
def test_autoscalers_scale_what_is_there_by_metrics_that_are_exported(overlay: str) -> None:
    manifests = rendered(overlay)
    exported = "".join(
        path.read_text(encoding="utf-8") for room in ("kit", "gateway") for path in (ROOT / room).rglob("*.py")
    )
    for scaler in of_kind(manifests, "HorizontalPodAutoscaler"):
        named(manifests, "Deployment", scaler["spec"]["scaleTargetRef"]["name"])
        kinds = [metric["type"] for metric in scaler["spec"]["metrics"]]
        assert kinds[0] == "Resource"
        for metric in scaler["spec"]["metrics"][1:]:
            assert f'"{metric[metric["type"].lower()]["metric"]["name"]}"' in exported


def test_staging_and_production_differ_in_data_only() -> None:
    staging, production = (without_data(rendered(overlay)) for overlay in ("staging", "production"))
    assert staging == production


def test_a_laptop_like_dev_has_nothing_that_production_lacks() -> None:
    dev, production = (
        {(each["kind"], re.sub(r"-\w{10}$", "", each["metadata"]["name"])) for each in rendered(overlay)}
        for overlay in ("dev", "production")
    )
    assert dev < production


@each_overlay
def test_no_secret_is_made_and_each_that_is_named_is_documented(overlay: str) -> None:
    manifests = rendered(overlay)
    assert list(of_kind(manifests, "Secret")) == []
    made = {each["spec"]["secretName"] for each in of_kind(manifests, "Certificate")}
    needed = set(re.findall(r"'secretName': '([\w-]+)'|'secretKeyRef': {[^}]*'name': '([\w-]+)'", str(manifests)))
    names = {name for pair in needed for name in pair if name} - made
    assert names
    assert {name for name in names if f"| `{name}` |" not in README} == set()


@each_overlay
def test_every_address_is_documented(overlay: str) -> None:
    text = (ROOT / f"k8s/overlays/{overlay}/addresses.env").read_text(encoding="utf-8")
    keys = [line.partition("=")[0] for line in text.splitlines() if line and not line.startswith("#")]
    assert [key for key in keys if f"| `{key}` |" not in README] == []


def test_images_are_those_that_are_built() -> None:
    script = (ROOT / "tools" / "image_root.sh").read_text(encoding="utf-8")
    built = set(re.findall(r"^    (\w+)\) lock=", script, re.MULTILINE))
    images = {container_of(each)["image"].rpartition(":")[0] for each in of_kind(rendered("production"), "Deployment")}
    assert images == {f"telltale/{name.replace('_', '-')}" for name in built}
    assert len(PROGRAMS) == len(built) + 1, "workers run the image of gateways"


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    assert subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True).stdout == ""


def test_hadolint_would_find_something(tmp_path: Path) -> None:
    wrong = tmp_path / "Dockerfile"
    wrong.write_text("FROM python\nRUN pip install numpy\n")
    assert "DL3006" in subprocess.run([BIN / "hadolint", wrong], capture_output=True, text=True).stdout


def without_data(manifests: list[Manifest]) -> list[Any]:
    """What is left when values and hashes of them are gone."""
    for manifest in manifests:
        manifest.pop("data", None)
        if manifest["kind"] == "HorizontalPodAutoscaler":
            del manifest["spec"]["minReplicas"], manifest["spec"]["maxReplicas"]
    text = re.sub(r"'(telltale|addresses)-\w{10}'", r"'\1'", str(manifests))
    return sorted(text.split("{'apiVersion'"))
