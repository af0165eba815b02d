"""Regenerates all that is made from contracts: the `telltale` package, the packages `buf` and `inference` of contracts that are
not ours, Envoy's descriptor set and the OpenAPI document.

Run by `make gen`; `python -m tools.gen DIR` writes into another folder, by which a test finds out whether the committed
files are fresh.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from importlib.resources import files
from pathlib import Path

from google.protobuf import descriptor_pb2
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
OURS = ROOT / "protos"
VENDORED = ROOT / "third_party" / "protos"
DESCRIPTORS = Path("gateway/envoy/telltale.binpb")
OPENAPI = Path("gateway/web/assets/openapi.json")
# Envoy turns error details into JSON only when it knows their types, which no contract of ours imports.
DETAIL_TYPES = ("google/rpc/status.proto", "google/rpc/error_details.proto")


def main(target: Path) -> None:
    """Generates into `target` as if it were the root of the repository."""
    include = [f"-I{OURS}", f"-I{VENDORED}", f"-I{files('grpc_tools') / '_proto'}"]
    ours = sorted(str(path.relative_to(OURS)) for path in OURS.rglob("*.proto"))
    theirs = target / "third_party" / "python"
    theirs.mkdir(parents=True, exist_ok=True)
    types = f"--plugin=protoc-gen-mypy={Path(sys.executable).with_name('protoc-gen-mypy')}"
    _protoc(*include, types, f"--python_out={target}", f"--mypy_out={target}", f"--grpc_python_out={target}", *ours)
    python = (f"--python_out={theirs}", f"--mypy_out={theirs}")
    _protoc(*include, types, *python, "buf/validate/validate.proto")
    _protoc(*include, types, *python, f"--grpc_python_out={theirs}", "inference/open_inference_service.proto")
    for folder in {path.parent for path in (target / "telltale").rglob("*_pb2.py")}:
        for package in (folder, *folder.parents):
            if package == target:
                break
            (package / "__init__.py").write_text("# Generated from protos/. Do not edit.\n", encoding="utf-8")
    for name in [path for path in ours if not path.endswith("_service.proto")]:
        (target / name.replace(".proto", "_pb2_grpc.py")).unlink()
    (target / DESCRIPTORS).parent.mkdir(parents=True, exist_ok=True)
    site = Path(sys.modules["google.rpc.status_pb2"].__file__ or "").parents[2]
    whole = (*include, f"-I{site}", "--include_imports", *ours, *DETAIL_TYPES)
    _protoc(f"--descriptor_set_out={target / DESCRIPTORS}", *whole)
    _write_openapi(target / OPENAPI, whole)


def _write_openapi(path: Path, contracts: tuple[str, ...]) -> None:
    # Imported here: it reads contracts by the code that was generated from them a moment ago.
    from tools.openapi.document import openapi

    with tempfile.NamedTemporaryFile() as commented:
        _protoc(f"--descriptor_set_out={commented.name}", "--include_source_info", *contracts)
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(commented.read())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(openapi(descriptors, project["version"]))


def _protoc(*arguments: str) -> None:
    if protoc.main(["protoc", *arguments]) != 0:
        raise SystemExit("protoc failed; its messages are above")


if __name__ == "__main__":
    import google.rpc.status_pb2  # noqa: F401 - tells where the google/rpc contracts lie

    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
