from __future__ import annotations

import subprocess
import sys

from kit.settings import PROFILE_VARIABLE, child_environment


def test_a_service_without_what_its_profile_requires_says_so_and_ends() -> None:
    command = [sys.executable, "-m", "fusion_svc"]
    ended = subprocess.run(
        command, env=child_environment({PROFILE_VARIABLE: "production"}), capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("INVALID_SETTINGS: wrong settings: require_mtls is on, so the environment must give")
    assert "TELLTALE_FUSION_REGISTRY, TELLTALE_FUSION_TRUST, TELLTALE_FUSION_MODEL_CACHE" in ended.stderr
