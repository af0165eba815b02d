"""The golden job against the stack as users run it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from cli.stack.ports import free_ports
from kit.settings import child_environment
from tests.server.test_drift_monitor import PATIENCE_S, metrics_when
from tests.support.promotion import ROOT
from tests.support.stack import Stack

SAMPLES = {
    "portrait.jpg": "real",
    "cat.jpg": "real",
    "coffee.jpg": "real",
    "portrait_blended_face.jpg": "fake",
    "portrait_spliced_eyes.jpg": "fake",
    "generator_mark.png": "fake",
}


def golden_samples(folder: Path) -> Path:
    """Photos as they were taken, and what was made of them."""
    rows = ["file,label,kind,source"]
    folder.mkdir()
    for name, label in SAMPLES.items():
        shutil.copy(ROOT / "samples" / name, folder)
        rows.append(f"{name},{label},image,samples")
    (folder / "golden.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def test_a_golden_set_is_judged_by_the_running_stack_and_nothing_of_it_is_kept(stack: Stack, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    before = stack.rest("GET", "/v1/media?page_size=100").json()
    settings = {
        "FOLDER": str(golden_samples(tmp_path / "golden")),
        "GATEWAY": f"http://{stack.grpc}",
        "TOKEN_FILE": str(stack.state / "token"),
        "METRICS_PORT": str(port),
    }
    variables = child_environment({f"TELLTALE_GOLDEN_{name}": value for name, value in settings.items()})
    process = subprocess.Popen([sys.executable, "-m", "monitoring.golden"], env=variables)
    try:
        found = metrics_when(port, 'telltale_golden_last_run_timestamp_seconds{medium="photo"}')
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)
    assert process.returncode == 0
    values = dict(line.rsplit(" ", 1) for line in found.splitlines() if line.startswith("telltale_golden_"))
    assert float(values['telltale_golden_failures{medium="photo"}']) == 0
    assert 0 <= float(values['telltale_golden_false_positive_rate{medium="photo"}']) <= 1
    assert float(values['telltale_golden_auc{medium="photo"}']) > 0.5
    assert stack.rest("GET", "/v1/media?page_size=100").json() == before
