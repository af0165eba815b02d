from __future__ import annotations

import json
from pathlib import Path

import pytest

from canary.wire import Target
from cli.options import settings_with
from cli.stack.canaries import (
    ENVOY,
    SERVICES,
    address_of,
    addresses_of,
    as_promoted,
    as_target,
    beside,
    canary_doors,
    keep_promoted,
    open_doors,
    promoted,
    with_doors,
)
from cli.stack.plan import plan
from cli.stack.process import ProcessSpec
from kit.errors import InvalidSettings

SETTINGS = settings_with(canaries=True)


def planned() -> list[ProcessSpec]:
    return plan(SETTINGS, edge=True)


def named(specs: list[ProcessSpec], name: str) -> ProcessSpec:
    return next(spec for spec in specs if spec.name == name)


def test_every_service_that_the_gateway_calls_has_a_door() -> None:
    gateway = named(planned(), "gateway").environment
    targets = {name for name in gateway if name.endswith("_TARGET")}
    doors = canary_doors(SETTINGS)
    through = named(with_doors(planned(), doors, Path("/tmp/x")), "gateway").environment
    assert {through[name] for name in targets} == set(addresses_of(doors).values())
    assert len(targets) == len(SERVICES)


def test_without_the_setting_nothing_is_between(tmp_path: Path) -> None:
    doors = canary_doors(settings_with())
    assert with_doors(planned(), doors, tmp_path) == planned()
    open_doors(planned(), doors, tmp_path / "canary")
    assert not (tmp_path / "canary").exists()


def test_every_service_can_be_measured_and_a_port_that_is_set_stays() -> None:
    specs = with_doors(planned(), canary_doors(SETTINGS), Path("/tmp/x"))
    ports = [address_of(named(specs, name), "metrics_port") for name in SERVICES]
    assert len(set(ports)) == len(SERVICES)
    moved, address, metrics = beside(named(specs, "image_svc"))
    assert (address_of(moved), address_of(moved, "metrics_port")) == (address, metrics)
    assert address != address_of(named(specs, "image_svc"))


def test_the_inner_envoy_stops_behind_the_gateway() -> None:
    specs = with_doors(planned(), canary_doors(SETTINGS), Path("/tmp/x"))
    assert named(specs, ENVOY).stop_stage > named(specs, "gateway").stop_stage


def test_it_does_not_go_with_mtls() -> None:
    with pytest.raises(InvalidSettings, match="do not go together"):
        canary_doors(settings_with(canaries=True, mtls=True))


def test_a_path_that_is_too_long_for_a_socket_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="shorter"):
        with_doors(planned(), canary_doors(SETTINGS), Path("/" + "x" * 100))


def test_other_models_are_told_beside_those_that_were_told_before() -> None:
    once = as_target(named(planned(), "image_svc"), Target(models={"face_spatial": "4.0.0"}))
    twice = as_target(once, Target(models={"noise_residual": "2.0.0"}))
    versions = json.loads(twice.environment["TELLTALE_IMAGE_MODEL_VERSIONS"])
    assert versions == {"face_spatial": "4.0.0", "noise_residual": "2.0.0"}


def test_another_program_comes_before_ours(tmp_path: Path) -> None:
    spec = as_target(named(planned(), "image_svc"), Target(folder=str(tmp_path)))
    assert spec.command[1:] == ("-P", "-m", "image_svc")
    assert spec.environment["PYTHONPATH"].split(":")[0] == str(tmp_path)


def test_a_service_that_follows_a_channel_takes_no_other_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_IMAGE_REGISTRY", "/registry")
    monkeypatch.setenv("TELLTALE_IMAGE_CHANNEL", "dev")
    with pytest.raises(InvalidSettings, match="follows a channel"):
        as_target(named(planned(), "image_svc"), Target(models={"face_spatial": "4.0.0"}))


def test_what_was_promoted_runs_after_a_restart(tmp_path: Path) -> None:
    assert as_promoted(planned(), tmp_path) == planned()
    keep_promoted(tmp_path, "image_svc", Target(folder="/program"))
    keep_promoted(tmp_path, "image_svc", Target(models={"face_spatial": "4.0.0"}))
    spec = named(as_promoted(planned(), tmp_path), "image_svc")
    assert spec.environment["PYTHONPATH"].startswith("/program:")
    assert json.loads(spec.environment["TELLTALE_IMAGE_MODEL_VERSIONS"]) == {"face_spatial": "4.0.0"}
    assert named(as_promoted(planned(), tmp_path), "fusion_svc") == named(planned(), "fusion_svc")


def test_a_note_of_promotions_that_is_damaged_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "promoted.json").write_text("{")
    with pytest.raises(InvalidSettings, match="delete it"):
        promoted(tmp_path)
