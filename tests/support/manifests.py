"""The overlays as kubectl renders them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.support.imports import ROOT

OVERLAYS = ("dev", "staging", "production")
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
