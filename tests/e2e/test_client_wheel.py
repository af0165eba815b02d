"""The client as somebody else installs it: by itself, in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.imports import ROOT
from tests.support.moody_gateway import moody_gateway

PROGRAM = """
import sys, telltale_client
with telltale_client.Client(sys.argv[1], token="tt_x") as client:
    print(client.analyze(b"photo").name, telltale_client.__version__)
"""


def run(*command: str | Path, where: Path = ROOT) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=where, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the packed client and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("client")
    packed = run(ROOT / "tools" / "client_wheel.sh", sys.executable, folder)
    assert packed.returncode == 0, packed.stderr
    [wheel] = folder.glob("*.whl")
    run(sys.executable, "-m", "venv", folder / "fresh")
    installed = run(folder / "fresh" / "bin" / "python", "-m", "pip", "install", "--quiet", wheel)
    if "No matching distribution" in installed.stderr or "Connection" in installed.stderr:
        pytest.skip("there is no package index to install the client's dependencies from")
    assert installed.returncode == 0, installed.stderr
    return folder / "fresh" / "bin" / "python"


def test_it_works_without_anything_else_of_ours(python: Path, tmp_path: Path) -> None:
    with moody_gateway() as (fake, address):
        done = run(python, "-c", PROGRAM, address, where=tmp_path)
    assert done.returncode == 0, done.stderr
    name, version = done.stdout.split()
    assert (name, version) == (next(iter(fake.analyses)), "0.1.0")


def test_it_asks_for_three_packages_and_brings_its_types(python: Path) -> None:
    project = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [name.partition(">")[0] for name in project["dependencies"]] == [
        "googleapis-common-protos",
        "grpcio",
        "protobuf",
    ]
    shown = run(python, "-m", "pip", "show", "--files", "telltale-client").stdout
    assert {"telltale_client/py.typed", "telltale/gateway/v1/resources_pb2.pyi"} <= set(shown.split())
    assert run(python, "-m", "pip", "check").returncode == 0
