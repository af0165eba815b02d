"""The page docs/SERVING.md, written from serving.json so that words cannot be kinder than the numbers.

Run: python -m bench.serving.page --numbers bench/out/serving.json --docs docs
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.serving.bars import BUSY, P50_BAR, THROUGHPUT_BAR
from bench.serving.catalogue import OURS, WALLED
from bench.serving.drawing import draw_growth, draw_servers
from bench.serving.growth import BOUND, LOADS, Grown, grow, service_times_s
from colab_training.card_text import table

PAGE, SERVERS, GROWTH = Path("SERVING.md"), Path("serving") / "servers.png", Path("serving") / "growth.png"

_WORK = """One work, the same file for everybody (`bench/serving/work.py`): JPEG bytes in, decoded by OpenCV, resized to
224 px, one EfficientNet-Lite0 in ONNX Runtime, one probability out. {count} different photos of 640x480 to 1280x960,
{kb:.0f} kB on average. Every answer is compared with the function's. The *loop* is the function called in a plain loop, without
any server, with all {cores} cores for the network: {loop_hz:.0f} photos per second, median {loop_ms:.1f} ms."""
_FAIR = """Every number is a ratio to the loop right before and behind it; medians of {rounds} rounds, in brackets the lowest
and highest round. Servers take turns of {window:g} s, all others are kept still meanwhile. Clients ask again as soon as they are
answered; they share the {cores} cores with the server and speak HTTP/1.1 and HTTP/2 by hand, which costs them little. Logs of
single calls are off. Every peer was tried in several ways, and the best is kept (geometric mean of the throughput at 1, 8 and
32 clients)."""
_OURS = """*{walled}* is what our services do with files of strangers: each is decoded in a process of its own behind walls
(Landlock, seccomp, limits), which no other server here has. The bars are held against *{ours}*, which decodes in its threads as
all others do."""
_SIMULATED = """**Simulated, not measured.** Poisson arrivals; each replica has {cores} cores and one line; who comes is given to
a replica at once, by Envoy's round robin or by its least request (the better of two drawn by chance). Service times are spread
like those of the function over the photos, and so long that one replica does what ours did at its busiest: {service_ms:.1f} ms of
one core. Left out: the network, Envoy's own time, and that replicas on one machine share its memory. The simulation is tested
against the formulas of M/M/c and M/D/1."""
_COST_COLUMNS = ("server", "CPU ms a request, at 1 / 8 / 32", "requests per CPU s, at 32", "memory, MiB")


def page(document: Mapping[str, Any], grown: Sequence[Grown], service_s: float) -> str:
    """Markdown."""
    return (
        "\n\n".join([*_opening(document), *_cost(document), *_ways(document), *_growth(document, grown, service_s)])
        + "\n"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.serving.page", description=__doc__)
    parser.add_argument("--numbers", type=Path, default=Path("bench/out/serving.json"))
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    options = parser.parse_args()
    document = json.loads(options.numbers.read_text(encoding="utf-8"))
    service_s = service_times_s(document)
    grown = grow(service_s, document["cpu_cores"])
    draw_servers(document["servers"], options.docs / SERVERS)
    draw_growth(grown, options.docs / GROWTH)
    text = page(document, grown, sum(service_s) / len(service_s))
    (options.docs / PAGE).write_text(text, encoding="utf-8")
    print(text)


def _opening(document: Mapping[str, Any]) -> Iterator[str]:
    loop, plan, photos, cores = document["loop"], document["plan"], document["photos"], document["cpu_cores"]
    yield "# What serving costs"
    yield "Written by `make bench-serving`; do not edit."
    yield _WORK.format(
        count=photos["count"],
        kb=photos["mean_bytes"] / 1000,
        cores=cores,
        loop_hz=loop["throughput_hz"]["median"],
        loop_ms=loop["p50_s"]["median"] * 1000,
    )
    yield _FAIR.format(rounds=plan["rounds"], window=plan["window_s"], cores=cores)
    yield _OURS.format(walled=WALLED, ours=OURS)
    yield f"![Throughput, latency and cost]({SERVERS.as_posix()})"
    for measure, words in (
        ("throughput", "Throughput over that of the loop"),
        ("p50", "Median of a call over that of the function"),
        ("p99", "99th percentile of a call over the median of the function"),
    ):
        yield f"## {words}"
        yield table(("server", *_heads(document)), [(name, *_cells(own, measure)) for name, own in _servers(document)])
    busy = " and ".join(map(str, BUSY))
    yield (
        f"Bars: throughput at {busy} clients at least {THROUGHPUT_BAR:g} and ahead of every peer, "
        f"p50 at one client at most {P50_BAR:g}."
    )
    yield "\n".join(f"- Not kept: {each}." for each in document["problems"]) or "All are kept."


def _cost(document: Mapping[str, Any]) -> Iterator[str]:
    loop = document["loop"]
    yield "## Cost"
    yield (
        "What the server's processes computed, user and system, until the answer; the loop itself takes "
        f"{loop['cpu_s']['median'] * 1000:.1f} ms. Memory: what all processes hold, shared parts once."
    )
    yield table(_COST_COLUMNS, [(name, *_costs(own)) for name, own in _servers(document)])


def _costs(own: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield " / ".join(f"{each['cpu_s']['median'] * 1000:.1f}" for each in own)
    yield f"{own[-1]['requests_per_cpu_s']['median']:.0f}"
    yield f"{max(each['memory_bytes'] for each in own) / 2**20:.0f}"


def _ways(document: Mapping[str, Any]) -> Iterator[str]:
    yield "## How they were run"
    yield table(("server", "the way that was kept"), list(document["ways"].items()))
    yield "What was tried, and the answers per second that it reached (each for a short while, before the rounds):"
    rows = [
        (name, way, f"{reached:.0f}") for name, tried in document["tried_hz"].items() for way, reached in tried.items()
    ]
    yield table(("server", "way", "per second"), rows) if rows else "Nothing: every peer ran in its first way."


def _growth(document: Mapping[str, Any], grown: Sequence[Grown], service_s: float) -> Iterator[str]:
    yield "## Growth with replicas behind Envoy"
    yield _SIMULATED.format(cores=document["cpu_cores"], service_ms=service_s * 1000)
    yield f"![Simulated growth]({GROWTH.as_posix()})"
    loads = [f"p50 / p99 at {load:.0%}" for load in LOADS]
    heads = ("replicas", "policy", "capacity per s", f"per s at p99 <= {BOUND:g}", *loads)
    yield table(heads, [tuple(_grown(own)) for own in grown])
    yield "Percentiles are of the time in the house, over the mean service time; loads are shares of the capacity."


def _grown(own: Grown) -> Iterator[str]:
    yield str(own.replicas)
    yield own.policy.value
    yield f"{own.capacity_hz:.0f}"
    yield f"{own.bounded_hz:.0f}"
    yield from (f"{p50:.1f} / {p99:.1f}" for p50, p99 in zip(own.p50, own.p99, strict=True))


def _servers(document: Mapping[str, Any]) -> list[tuple[str, Sequence[Mapping[str, Any]]]]:
    return list(document["servers"].items())


def _heads(document: Mapping[str, Any]) -> list[str]:
    return [f"{each['clients']} clients" for each in document["servers"][OURS]]


def _cells(own: Sequence[Mapping[str, Any]], measure: str) -> Iterator[str]:
    for each in own:
        value = each[measure]
        yield f"{value['median']:.2f} [{value['low']:.2f}, {value['high']:.2f}]"


if __name__ == "__main__":
    main()
