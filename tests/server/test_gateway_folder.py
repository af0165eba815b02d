"""What a gateway writes into its folder is for its own user's eyes."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path


def test_nobody_else_may_look_into_the_files_of_a_gateway(tmp_path: Path) -> None:
    settings = {"TELLTALE_GATEWAY_STATE_DIR": str(tmp_path / "state"), "TELLTALE_GATEWAY_PORT": "0"}
    command = [sys.executable, "-m", "gateway"]
    with subprocess.Popen(
        command, env=os.environ | settings, stderr=subprocess.PIPE, text=True, umask=0o022
    ) as process:
        assert process.stderr is not None
        assert any("serving" in line for line in process.stderr)
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
    written = [tmp_path / "state", *(tmp_path / "state").rglob("*")]
    assert {"media", "telltale.db", "jobs.db"} <= {path.name for path in written}
    assert [path for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
