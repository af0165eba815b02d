"""Promises about the repository as a whole."""

from __future__ import annotations

import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import PurePath

from tests.support.imports import ROOT, source_files

MODEL_LIMIT_BYTES = 25 * 2**20
ZOO_LIMIT_BYTES = 120 * 2**20


def tracked() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_services_install_no_torch() -> None:
    lock = (ROOT / "requirements" / "serving.txt").read_text(encoding="utf-8")
    assert re.findall(r"^(torch|ultralytics|matplotlib|scikit-\w+)\b", lock, re.MULTILINE) == []


def test_every_locked_package_has_a_hash() -> None:
    for lock in (ROOT / "requirements").rglob("*.txt"):
        packages = re.findall(r"^[a-z0-9._-]+==\S+( \\)?$", lock.read_text(encoding="utf-8"), re.MULTILINE)
        assert packages
        assert all(packages), f"{lock.name} has a package without hash"


def test_models_keep_the_size_limits() -> None:
    sizes = {path: path.stat().st_size for path in (ROOT / "models").rglob("*") if path.is_file()}
    assert [str(path) for path, size in sizes.items() if size > MODEL_LIMIT_BYTES] == []
    assert sum(sizes.values()) <= ZOO_LIMIT_BYTES


def test_no_model_tells_whose_folders_it_was_made_in() -> None:
    written = {path: path.read_bytes() for path in (ROOT / "models").rglob("*.onnx")}
    assert [str(path) for path, data in written.items() if re.search(rb'File "/|/[\w./-]+\.py', data)] == []


def test_every_model_has_a_card_for_people() -> None:
    assert [
        str(card) for card in (ROOT / "models").glob("*/*/card.json") if not card.with_name("CARD.md").is_file()
    ] == []


def test_broad_excepts_stand_only_in_the_named_places() -> None:
    named = {
        "kit/rpc/guard.py",
        "kit/media/child.py",
        "gateway/predictions/statistics.py",
        "kit/serving/manager.py",
        "kit/serving/shadow.py",
        "kit/serving/watcher.py",
        "cli/stack/supervisor.py",
    }
    pattern = re.compile(r"\bexcept( \(?(Base)?Exception\b.*)?:")
    files = (path for path in source_files() if path.relative_to(ROOT).parts[0] != "tests")
    broad = {str(path.relative_to(ROOT)) for path in files if pattern.search(path.read_text(encoding="utf-8"))}
    assert broad - named == set()


def test_no_secret_lies_in_the_repository() -> None:
    pattern = re.compile(
        rb"-----BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{64}|\btt_[A-Za-z0-9_-]{40,}"
    )
    assert [name for name in tracked() if pattern.search((ROOT / name).read_bytes())] == []


def test_every_file_of_a_package_is_installed_with_it() -> None:
    """A folder of files without a pattern would be missing from an installed copy, and only there."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    packages, patterns = tools["packages"]["find"]["include"], tools["package-data"]["*"]
    parts = [PurePath(name) for name in tracked() if any(fnmatch(name.partition("/")[0], each) for each in packages)]
    assets = [path for path in parts if path.suffix not in {".py", ".pyi"}]
    assert PurePath("fusion_svc/catalogues/en.json") in assets
    assert [str(path) for path in assets if not any(path.match(pattern) for pattern in patterns)] == []
