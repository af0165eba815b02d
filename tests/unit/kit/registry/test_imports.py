"""What a service pays for registries that follows none."""

from __future__ import annotations

import subprocess
import sys

from tests.support.imports import ROOT

_HEAVY = ("model_signing", "sigstore", "cryptography", "fsspec", "s3fs", "gcsfs", "aiohttp")
_PROBE = f"""
import sys
import image_svc.__main__, temporal_svc.__main__, av_sync_svc.__main__, metadata_svc.__main__, fusion_svc.__main__
print(sorted(set({_HEAVY!r}) & set(sys.modules)))
"""


def test_without_a_registry_nothing_of_it_is_imported() -> None:
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'third_party' / 'python'}"}
    told = subprocess.run([sys.executable, "-c", _PROBE], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
