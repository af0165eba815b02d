from __future__ import annotations

from pathlib import Path

from fusion_svc.build import build_bundle
from kit.models.registry import Registry
from telltale.fusion.v1 import fusion_service_pb2
from tests.support.fusion import PHOTO

MODELS = Path(__file__).parents[3] / "models"


def test_the_shipped_model_makes_a_judge_that_says_by_what_it_judges() -> None:
    judge = build_bundle(Registry(MODELS)).detector
    judge.warm_up()
    verdict = judge.judge(fusion_service_pb2.FuseRequest(media=PHOTO))
    assert verdict.replay.fusion_model == judge.models[0].reference
    assert len(judge.basis) == 64
