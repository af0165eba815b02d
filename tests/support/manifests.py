"""The overlays as kubectl renders them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.support.imports import ROOT

OVERLAYS = ("dev", "staging", "production")
COMPONENTS = ("registry", "autoscaling", "mtls", "edge-tls", "gpu", "monitoring", "canary", "canary-mtls")
"""All there are, in the order in which an overlay has to list them."""
BIN = Path(sys.executable).parent
Manifest = dict[str, Any]


@cache
def rendered_text(overlay: str) -> str:
    """One overlay as YAML."""
    folder = ROOT / "k8s" / "overlays" / overlay
    command = [str(BIN / "kubectl"), "kustomize", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def _as_json(overlay: str) -> str:
    # To read YAML takes a hundred times as long.
    return json.dumps([manifest for manifest in yaml.safe_load_all(rendered_text(overlay)) if manifest])


def rendered(overlay: str) -> list[Manifest]:
    """All resources of one overlay; everybody gets copies of their own."""
    return list(json.loads(_as_json(overlay)))


def rendered_with(overlay: str, components: tuple[str, ...], folder: Path) -> list[Manifest]:
    """An overlay to whose components others are added, in a folder outside the repository."""
    home = ROOT / "k8s" / "overlays" / overlay
    top = yaml.safe_load((home / "kustomization.yaml").read_text(encoding="utf-8"))
    listed = {*components, *(Path(path).name for path in top.get("components", []))}
    # In the order that components ask for, each once.
    top["components"] = [f"../../components/{name}" for name in COMPONENTS if name in listed]
    for key in ("resources", "components"):
        top[key] = [os.path.relpath((home / path).resolve(), folder.resolve()) for path in top[key]]
    (folder / "addresses.env").write_bytes((home / "addresses.env").read_bytes())
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(top), encoding="utf-8")
    done = subprocess.run([str(BIN / "kubectl"), "kustomize", str(folder)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.load_all(done.stdout, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if each]


def of_kind(manifests: list[Manifest], kind: str) -> Iterator[Manifest]:
    """The resources of one kind."""
    return (manifest for manifest in manifests if manifest["kind"] == kind)


def named(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """The one resource of that kind and name."""
    (found,) = (manifest for manifest in of_kind(manifests, kind) if manifest["metadata"]["name"] == name)
    return found


def pod_of(deployment: Manifest) -> Manifest:
    """The specification of its pods."""
    return deployment["spec"]["template"]["spec"]


def container_of(deployment: Manifest) -> Manifest:
    """The service among its containers."""
    return pod_of(deployment)["containers"][0]
