from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from monitoring.prometheus import JOBS, configuration

TARGETS = {job: f"127.0.0.1:{9464 + number}" for number, job in enumerate(JOBS)}


def test_every_process_is_a_job_whose_name_is_its_service() -> None:
    jobs = json.loads(configuration(TARGETS))["scrape_configs"]
    assert [job["job_name"] for job in jobs] == list(JOBS)
    assert {tuple(job["static_configs"][0]["targets"]) for job in jobs} == {(target,) for target in TARGETS.values()}
    assert all({"source_labels": ["job"], "target_label": "service"} in job["relabel_configs"] for job in jobs)


def test_envoy_has_a_path_of_its_own() -> None:
    jobs = json.loads(configuration(TARGETS))["scrape_configs"]
    assert {job["job_name"] for job in jobs if job["metrics_path"] != "/metrics"} == {"envoy"}


def test_rules_are_read_where_they_are(tmp_path: Path) -> None:
    there, missing = tmp_path / "rules.yaml", tmp_path / "none.yaml"
    there.write_text("groups: []\n")
    assert json.loads(configuration({}, [there, missing]))["rule_files"] == [str(there)]


def test_prometheus_takes_it(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text(configuration(TARGETS))
    program = shutil.which("promtool")
    assert program, "install what the tests need: tools/install_test_deps.sh"
    checked = subprocess.run(
        [program, "check", "config", str(tmp_path / "prometheus.yml")], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
