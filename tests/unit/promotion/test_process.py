"""The process that judges, really started: whatever becomes of it is a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promotion.golden import read_golden
from promotion.judging.wire import Order
from promotion.process import JudgingFailed, JudgingProcess
from promotion.versions import place_of
from tests.support.promotion import ANOMALY, ROOT, anomaly_model, golden_folder


def order(model: Path) -> Order:
    folders = {name: str(next((ROOT / "models" / name).iterdir())) for name in place_of(ANOMALY).names}
    return Order(
        subject=ANOMALY,
        service="metadata",
        models=folders | {ANOMALY: str(model)},
        by_verdict=False,
        threshold_llr=1.0,
    )


def test_files_are_judged_and_what_cannot_be_is_named(tmp_path: Path) -> None:
    golden = read_golden(golden_folder(tmp_path / "golden", items=3))
    with JudgingProcess.start(order(anomaly_model(tmp_path, "2.0.0")), start_s=60, item_s=60) as judging:
        assert judging.ready().parity == []
        real, fake = (judging.judge(golden.items[number]) for number in (0, 3))
        assert (real.llr, real.alarm, fake.llr, fake.alarm) == (-3, False, 3, True)
        assert real.cpu_s > 0
        assert real.peak_rss_bytes > 2**20
        golden.items[1].path.write_text("no picture")
        with pytest.raises(JudgingFailed, match="changed after the golden set was read; run the gates again"):
            judging.judge(golden.items[1])
        with pytest.raises(JudgingFailed, match="UNSUPPORTED_MEDIA_TYPE"):
            judging.judge(read_golden(tmp_path / "golden").items[1])
        assert judging.judge(golden.items[0]).llr == -3


def test_a_model_that_does_not_load_ends_it_with_the_reason(tmp_path: Path) -> None:
    model = anomaly_model(tmp_path, "2.0.0")
    (model / f"{ANOMALY}.json").write_text(json.dumps({}))
    with (
        JudgingProcess.start(order(model), start_s=60, item_s=60) as judging,
        pytest.raises(JudgingFailed, match=r"it ended with code 1: MODEL_INVALID: .* does not match its card"),
    ):
        judging.ready()


def test_a_process_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    with (
        JudgingProcess.start(order(anomaly_model(tmp_path, "2.0.0")), start_s=0.01, item_s=60) as judging,
        pytest.raises(JudgingFailed, match=r"did not answer within 0\.01 s"),
    ):
        judging.ready()
