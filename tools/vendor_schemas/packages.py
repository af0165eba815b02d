"""npm packages of typed Kubernetes resources: what each is made of, and which kinds are wanted of it."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

_SCOPE = "@kubernetes-models/"


@dataclass(frozen=True)
class Package:
    """A package at one version.

    Attributes:
        name: within the scope; also the name of the file of schemas.
        integrity: digest of its archive, as npm writes it.
        kinds: declarations, as `<group>/<version>/<Kind>`, whose schemas are kept.
        upstream: whose resources they are, and under which licence.
    """

    name: str
    version: str
    integrity: str
    kinds: tuple[str, ...] = ()
    upstream: str = ""

    @property
    def spec(self) -> str:
        """As npm is asked for it."""
        return f"{_SCOPE}{self.name}@{self.version}"


COMMON = Package(
    "apimachinery",
    "3.0.2",
    "sha512-6Vbzr/tinxPBGGdfYjXiV9WPj8PEhyiqGJiWhXrsihK7h6glPj4HKUxZ0YwYXH/5uucm/NVef/xY3vZ4Crj1Fg==",
)
"""Names, labels and times, which all the others refer to."""

PACKAGES = (
    Package(
        "argo-rollouts",
        "2.0.0",
        "sha512-bKva0rPs0/kN7iWBmMTeNZytV7vCYHHr2/QhcBfOnp+y8daM5BJlHLd1yE+6JBkh5Z4k24QoQXbAMuZSbcwU1A==",
        ("argoproj.io/v1alpha1/Rollout", "argoproj.io/v1alpha1/AnalysisTemplate"),
        "Argo Rollouts, Apache-2.0",
    ),
    Package(
        "gateway-api",
        "2.0.0",
        "sha512-e7SY7EkCGRHy5wHkaGhP32v7V1L+gBalfoqZDFDWn5k9Q7+IW6uz9jNWgOZ9R/Hv5NWyAFYaA01ET2qsysVt5A==",
        tuple(
            f"gateway.networking.k8s.io/v1/{kind}"
            for kind in ("GatewayClass", "Gateway", "GRPCRoute", "HTTPRoute", "BackendTLSPolicy")
        ),
        "Gateway API, Apache-2.0",
    ),
    Package(
        "envoy-gateway",
        "2.0.0",
        "sha512-k6ei0gkURov9QpMJJ0FiHS/2d5ggVdht1hTdcMTmTQ+XiUbaAVlruM6xhKjoSmFWTRTsJH9wXw2wInbCubS6Yw==",
        ("gateway.envoyproxy.io/v1alpha1/EnvoyProxy", "gateway.envoyproxy.io/v1alpha1/BackendTrafficPolicy"),
        "Envoy Gateway, Apache-2.0",
    ),
    Package(
        "keda",
        "2.0.0",
        "sha512-iqDohrzL51UXD6zM+Rl4RDnZ9Q7jwgikXYrDCxL0sWA5ZTFa7nMfS4Exu2uK6ohA+OUNQMUIFWORAHNpz5qlFw==",
        ("keda.sh/v1alpha1/ScaledObject", "keda.sh/v1alpha1/TriggerAuthentication"),
        "KEDA, Apache-2.0",
    ),
    Package(
        "cert-manager",
        "6.0.0",
        "sha512-PvvzvJEnlEC64NC8HUUB4PFjFaBBNeYuO875Eu/FeMZN1OKm2DOXATRpo0WVCh5D2xbfhn30eUqKL3IrnQMX7w==",
        ("cert-manager.io/v1/Certificate", "cert-manager.io/v1/Issuer"),
        "cert-manager, Apache-2.0",
    ),
    Package(
        "prometheus-operator",
        "6.0.0",
        "sha512-ySNW4T6U6Vn86bmcJ/emmAYJ/UrzpNvzxWexWJSALwgiO4FqCgL6WoqFsOReSiMhw/LlF+MljQvoiwD3RnaGmg==",
        tuple(f"monitoring.coreos.com/v1/{kind}" for kind in ("PodMonitor", "ServiceMonitor", "PrometheusRule")),
        "Prometheus Operator, Apache-2.0",
    ),
)


def unpack(package: Package, folder: Path) -> Path:
    """The package's files, fetched by npm into `folder`. Raises ValueError: the archive is not the pinned one."""
    packed = subprocess.run(
        ["npm", "pack", "--json", "--pack-destination", str(folder), package.spec],  # noqa: S607 - whichever npm is installed
        capture_output=True,
        text=True,
        check=True,
    )
    archive = folder / json.loads(packed.stdout)[0]["filename"]
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package.integrity:
        raise ValueError(f"{package.spec} is {found}, pinned is {package.integrity}; look at what has changed")
    target = folder / package.name
    with tarfile.open(archive) as files:
        files.extractall(target, filter="data")
    return target / "package"
