"""The house: a file imports only from floors below its own, and some libraries stay behind fences."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from tests.support.imports import ROOT, Import, imports_of, module_of, source_files

FLOORS = {
    "tests": 8, "bench": 8, "tools": 8,
    "cli": 7,
    "canary": 6, "monitoring": 6,  # both judge golden sets by the code of promotion
    "colab_training": 5, "promotion": 5,
    "telltale_client": 4,  # beside the services and not among them: the command line stands on it
    "image_svc": 4, "temporal_svc": 4, "av_sync_svc": 4, "metadata_svc": 4, "fusion_svc": 4, "gateway": 4,
    "kit.rpc": 3,
    "kit.batching": 2, "kit.convert": 2, "kit.vision": 2, "kit.sound": 2,
    "kit.serving": 2,
    "kit.media": 1, "kit.models": 1, "kit.registry": 1, "kit.settings": 1, "kit.log": 1, "kit.sealing": 1,
    "kit.files": 1,
    "kit.errors": 0, "kit.process": 1, "kit.clock": 0, "kit.telemetry": 0,
    "kit.predictions": 0, "kit": 0, "telltale": 0, "buf": 0, "inference": 0,
}  # fmt: skip

FENCES = {
    "grpc": r"kit/rpc/.*|kit/errors\.py|.*/service\.py|gateway/backends/.*|cli/.*|client/.*|bench/.*",
    "torch": r"colab_training/.*",
    "ultralytics": r"colab_training/.*",
    # Training asks it to make networks small; it runs them through the same file as the services.
    "onnxruntime": r"kit/models/onnx\.py|bench/serving/work\.py|colab_training/quantise/graph\.py",
    "av": r"kit/media/.*|colab_training/.*|bench/.*",
    "soxr": r"kit/media/.*|colab_training/.*",
    "cryptography": r"kit/sealing/.*|kit/registry/signing\.py",
    "model_signing": r"kit/registry/signing\.py",
    "fsspec": r"kit/files/.*|gateway/storage/(blobs|habits)\.py",
    "reportlab": r"gateway/report/.*",
    "jinja2": r"gateway/report/.*",
    "dbos": r"gateway/jobs/.*",
    "opentelemetry": r"kit/telemetry/.*",
    "yara_x": r"gateway/scanning/.*",
    "aiohttp": r"gateway/notify/postman\.py|kit/files/systems\.py",
    "exifread": r"metadata_svc/cues/.*",
    "grafana_foundation_sdk": r"monitoring/dashboards/panel\.py",
    "matplotlib": r"colab_training/.*|bench/.*",
    "sklearn": r"colab_training/.*|bench/.*",
    "skimage": r"colab_training/.*|bench/.*|tools/.*",
    # It comes with the writer of PDFs, which is given pictures of our own making; no service opens a file of a stranger by it.
    "PIL": r"tools/.*|colab_training/.*",
}


def floor_name(module: str) -> str | None:
    """The longest entry of FLOORS that `module` lies in."""
    parts = module.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if prefix in FLOORS), None)


def all_imports() -> Iterator[tuple[str, Import]]:
    for path in source_files():
        for entry in imports_of(path):
            yield module_of(path), entry


def test_every_file_has_a_floor() -> None:
    assert [str(path) for path in source_files() if floor_name(module_of(path)) is None] == []


def test_files_import_only_from_floors_below_or_their_own_room() -> None:
    wrong = []
    for importer, entry in all_imports():
        for target in (entry.module, *(f"{entry.module}.{name}" for name in entry.names)):
            here, there = floor_name(importer), floor_name(target)
            if here is None or there is None or here == there or here.split(".")[0] == "tests":
                continue
            mates = FLOORS[here] == FLOORS[there] < FLOORS["kit.rpc"]  # on the kit's lower floors, rooms share
            if FLOORS[there] >= FLOORS[here] and not mates:
                wrong.append(entry.place)
    assert wrong == []


def test_fenced_libraries_stay_behind_their_fences() -> None:
    wrong = [
        entry.place
        for _, entry in all_imports()
        for library, allowed in FENCES.items()
        if entry.module.split(".")[0] == library and not re.fullmatch(f"({allowed})|tests/.*", entry.file)
    ]
    assert wrong == []


def test_only_settings_read_the_environment() -> None:
    wrong = [
        str(path)
        for path in source_files()
        if not str(path).endswith("kit/settings.py") and "/tests/" not in str(path) and "/client/" not in str(path)
        and re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert wrong == []


def test_the_client_reads_one_variable_in_one_place() -> None:
    files = [path for path in source_files() if path.relative_to(ROOT).parts[0] == "client"]
    found = [
        path.name for path in files for _ in re.finditer(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    ]
    assert found == ["channel.py"]
    assert 'os.environ.get(TOKEN_VARIABLE, "")' in (ROOT / "client/telltale_client/channel.py").read_text(
        encoding="utf-8"
    )


def test_the_client_needs_nothing_of_ours_but_the_contracts() -> None:
    """It is installed by itself, so what it imports has to come along."""
    allowed = {"telltale_client", "telltale", "google", "grpc"} | set(sys.stdlib_module_names)
    wrong = [
        entry.place
        for path in source_files()
        if path.relative_to(ROOT).parts[0] == "client"
        for entry in imports_of(path)
        if entry.module.split(".")[0] not in allowed
    ]
    assert wrong == []


def test_modules_do_not_import_each_other_in_circles() -> None:
    modules = {module_of(path) for path in source_files()}
    graph: dict[str, set[str]] = {module: set() for module in modules}
    for importer, entry in all_imports():
        targets = {entry.module, *(f"{entry.module}.{name}" for name in entry.names)} & modules
        graph[importer] |= targets - {importer}
    assert find_cycle(graph) == []


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    """Removes leaves until none is left; what remains lies on or behind a circle."""
    graph = {node: set(edges) for node, edges in graph.items()}
    while leaves := [node for node, edges in graph.items() if not edges]:
        for leaf in leaves:
            del graph[leaf]
        for edges in graph.values():
            edges.difference_update(leaves)
    return sorted(graph)


def test_a_circle_is_found() -> None:
    assert find_cycle({"a": {"b"}, "b": {"a"}, "c": set()}) == ["a", "b"]
