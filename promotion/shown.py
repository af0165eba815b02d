"""A report for people: a table for terminals, and the same as Markdown."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from promotion.policy import read_policy
from promotion.report import passed
from telltale.model.v1 import registry_pb2


def as_table(report: registry_pb2.GateReport, sha256: str) -> RenderableType:
    """The report for a terminal."""
    table = Table("gate", "", "what was found", box=None, pad_edge=False)
    for gate in report.gates:
        mark = Text("passed", "green") if gate.passed else Text("REFUSED", "bold red")
        table.add_row(gate.name, mark, Text(gate.finding))
    return Group(*(Text(line) for line in heading(report)), "", table, "", Text(conclusion(report, sha256)))


def as_markdown(report: registry_pb2.GateReport, sha256: str) -> str:
    """The report as a page."""
    title, *facts = heading(report)
    rows = [
        f"| {gate.name} | {'passed' if gate.passed else '**refused**'} | {_cell(gate.finding)} |"
        for gate in report.gates
    ]
    table = ["| gate | | what was found |", "|---|---|---|", *rows]
    return "\n".join(
        [f"# {title}", "", *(f"- {fact}" for fact in facts), "", *table, "", conclusion(report, sha256), ""]
    )


def heading(report: registry_pb2.GateReport) -> list[str]:
    """What was compared, where, and by what; the first line is the title."""
    live = named(report.live) if report.HasField("live") else "nothing, so against what its card promises"
    lines = [f"{named(report.candidate)} for {report.channel}", f"against {live}"]
    if report.judged_by:
        lines.append(f"judged by {report.judged_by}, on the golden set {report.golden_sha256[:16]}")
    own = report.policy_sha256 != read_policy().sha256
    if report.beside:
        lines.append(f"beside {', '.join(map(named, report.beside))}; others as shipped")
    changes = ": " + "; ".join(report.policy_changes) if report.policy_changes else ""
    lines.append(
        f"by a policy of somebody's own ({report.policy_sha256[:16]}){changes}"
        if own
        else "by the policy that is shipped"
    )
    return [*lines, f"made {report.made.ToDatetime():%Y-%m-%d %H:%M} UTC"]


def conclusion(report: registry_pb2.GateReport, sha256: str) -> str:
    """Whether it passes, and where that is written."""
    says = "all gates let it pass" if passed(report) else "REFUSED"
    return f"{says}; report {sha256}"


def named(release: registry_pb2.Release) -> str:
    """E.g. "face_spatial@4.0.0 (card 0123456789ab)"."""
    return f"{release.name}@{release.version} (card {release.card_sha256[:12]})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
