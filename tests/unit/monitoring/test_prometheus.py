from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from monitoring.prometheus import JOBS, configuration, target_groups, targets_file

FOLDER = Path("/state/prometheus")


def test_every_process_is_a_job_whose_name_is_its_service() -> None:
    jobs = json.loads(configuration(JOBS, FOLDER))["scrape_configs"]
    assert [job["job_name"] for job in jobs] == list(JOBS)
    assert [job["file_sd_configs"][0]["files"] for job in jobs] == [[str(targets_file(FOLDER, job))] for job in JOBS]
    assert all({"source_labels": ["job"], "target_label": "service"} in job["relabel_configs"] for job in jobs)


def test_envoy_has_a_path_of_its_own() -> None:
    jobs = json.loads(configuration(JOBS, FOLDER))["scrape_configs"]
    assert {job["job_name"] for job in jobs if job["metrics_path"] != "/metrics"} == {"envoy"}


def test_rules_are_read_where_they_are(tmp_path: Path) -> None:
    there, missing = tmp_path / "rules.yaml", tmp_path / "none.yaml"
    there.write_text("groups: []\n")
    assert json.loads(configuration((), FOLDER, [there, missing]))["rule_files"] == [str(there)]


def test_prometheus_takes_it(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text(configuration(JOBS, tmp_path))
    for job in JOBS:
        targets_file(tmp_path, job).write_text(target_groups([("127.0.0.1:9464", {"a": "b"})]))
    program = shutil.which("promtool")
    assert program, "install what the tests need: tools/install_test_deps.sh"
    checked = subprocess.run(
        [program, "check", "config", str(tmp_path / "prometheus.yml")], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
