"""`python -m bench.metadata --data ../shared/data --docs docs`: prints the counts, writes METADATA.md, fails on a wrong fact."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.metadata.facts import WithoutPixels, check, expected, manifest_agreement
from bench.metadata.page import summary, write
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.registry import Registry
from metadata_svc.detector import build_detector
from metadata_svc.features import WARM_UP
from metadata_svc.settings import MetadataSettings


def main() -> int:
    """0 when every file has the right facts, else 1."""
    options = _options()
    folder, rows = options.data / "metadata", expected()
    with Sandbox.start(SandboxSettings(), [WARM_UP]) as sandbox:
        detector = build_detector(MetadataSettings(), WithoutPixels(sandbox), Registry(options.models))
        checked = list(check(detector, folder, rows))
    agreement = manifest_agreement(checked, folder)
    print(summary(checked, agreement))
    for item in checked:
        if item.wrong:
            print(f"{item.file}: expected {dict(item.expected)}, found {dict(item.found)}")
    write(options.docs / "METADATA.md", checked, agreement, {row["file"]: row["why"] for row in rows})
    return int(any(item.wrong for item in checked))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.metadata", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with metadata/")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry of the shipped models")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="folder for METADATA.md")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
