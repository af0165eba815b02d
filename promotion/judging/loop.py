"""Orders in, answers out, one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from fusion_svc.model import MODEL_NAME, read_fusion_model
from kit.errors import TelltaleError
from kit.media.sandbox import Sandbox
from promotion.judging.judge import FileJudge, Opinion, OwnTest, Verdict, threshold_of
from promotion.judging.parity import check_network
from promotion.judging.services import Folders, open_service
from promotion.judging.wire import Look, Order, Ready
from promotion.judging.wire import Opinion as Said


def obey(orders: TextIO, answers: TextIO, sandbox: Sandbox) -> None:
    """Reads the order, answers when ready, then judges each file that is named. Raises ModelInvalid."""
    order = Order.model_validate_json(orders.readline())
    models = Folders(order.models)
    problems, checks = check_network(models.load(order.subject))
    service = open_service(order.service, sandbox, models)
    judge = FileJudge(sandbox, service, _opinion(order, models), opinion_alone=order.subject == MODEL_NAME)
    print(Ready(parity=problems, checks=checks).model_dump_json(), file=answers)
    for line in orders:
        print(_said(judge, Look.model_validate_json(line)).model_dump_json(), file=answers)


def _opinion(order: Order, models: Folders) -> Opinion:
    if order.by_verdict:
        return Verdict(read_fusion_model(models.load(MODEL_NAME)))
    return OwnTest(order.subject, threshold_of(models.load(order.subject).card, order.threshold_llr))


def _said(judge: FileJudge, look: Look) -> Said:
    try:
        found = judge.read(Path(look.path), look.sha256)
    except TelltaleError as error:
        return Said(error=f"{error.reason_name()}: {error.message}", peak_rss_bytes=_peak_rss_bytes())
    return Said(
        llr=found.llr,
        alarm=found.alarm,
        cpu_s=found.cpu_s,
        abstention=found.abstention,
        peak_rss_bytes=_peak_rss_bytes(),
    )


def _peak_rss_bytes() -> int:
    # getrusage would answer what the process that started us held, if that was more.
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
