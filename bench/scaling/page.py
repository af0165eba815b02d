"""The page docs/scaling.md, written from scaling.json so that words cannot be kinder than the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.scaling.cost import HOURS, PHOTOS, Cost, of_hours, of_photos
from bench.serving.queueing import Policy, System, most_hz
from colab_training.card_text import table
from gateway.settings import GatewaySettings

_REPLICAS = (1, 2, 4, 8)
_BOUND, _PERCENT, _REQUESTS = 5.0, 99, 20_000
_POD_CORES = 2
"""What base requests for a pod of image-svc."""

_STREAMS_A_GATEWAY = GatewaySettings.model_fields["max_concurrent_calls"].default

_MEASURED = """CPU seconds, user and system, of every service and of its decoding sandbox, children that have ended
included, while media went through REST and the whole stack on {cores} cores: {photos} photos with a face,
{video_s:.0f} s of video of 1280x720 in which somebody speaks, {sound_s:.0f} s of recorded speech, all at
depth STANDARD. At that depth the work of a video follows the stretches that are looked at, whose number is
bounded (ARCHITECTURE.md), so an hour in one file costs less than sixty files of a minute: the numbers for
an hour are those of an hour made of files of the length above."""
_COST = """CPU hours, and money at {price:g} per vCPU hour. The price is an assumption, an example to be replaced
(`--price`); the machines are taken to be busy all the time, so divide by the share of the time in which
they are. Storage, network, PostgreSQL and object store are not in it."""
_REPLICA = """Four callers at once ask a detector directly, by the gateway's own client, whose connections take turns
(`round_robin`). Two replicas on this machine share its {cores} cores with each other and with the callers,
so the ratio of throughputs says what a second *process* gains on the same cores, not what a second
*machine* would: that is bounded by the CPU seconds of a call, which must not grow. They are asked with one
file over and over: a photo for image_svc and metadata_svc, five seconds of video with sound for the others."""
_QUEUE = """{jobs} orders that nothing is done for, through DBOS on PostgreSQL on this machine (fsync on; the server,
the one who orders and one worker with four places share the cores): {submitted_hz:.0f} orders per second
were written down one by one, and {done_hz:.0f} per second had been taken from the queue and had gone
through both of their steps, from the first order to the last end."""
_STREAMS = """{open_at_once} idle `WatchOperation` streams through Envoy, of a gateway that leaves all work to workers and
so looks for each watched row several times a second: {kib_a_stream:.0f} KiB of the gateway's memory each,
and {idle_cpu:.2f} cores for all of them together. `GetMedia` by eight callers: {calls_hz:.0f} per second
through Envoy with a token and an entry in the audit log each, {call_cpu_ms:.1f} ms of the gateway's CPU a
call, so one gateway (one Python process, one core) ends at about {most_hz:.0f} small calls per second.
`max_concurrent_calls` ({most}) bounds streams and calls together."""
_SIMULATED = """**Simulated, not measured** (`bench/serving/queueing.py`): Poisson arrivals of photos at replicas of
image_svc with two cores each, in turns, every photo {service_s:.2f} s of one core as measured above. A rate
is borne while the 99th percentile of the time in the house is at most {bound:g} times that. Left out: the
network, Envoy, and that photos differ."""


def page(document: Mapping[str, Any], price: float) -> str:
    """Markdown."""
    return (
        "\n\n".join([*_spent(document), *_costs(document, price), *_saturation(document), *_simulated(document)]) + "\n"
    )


def _spent(document: Mapping[str, Any]) -> Iterator[str]:
    yield "# What it takes to grow"
    yield "Written by `make bench-scaling`; do not edit."
    if document["short"]:
        yield "**A short run: everything works, and the numbers mean nothing.**"
    yield "## CPU seconds"
    yield _MEASURED.format(cores=document["cores"], **document["sizes"])
    kinds = document["cpu_s"]
    names = sorted({name for spent in kinds.values() for name in spent})
    rows = [(name, *(f"{spent.get(name, 0.0):.2f}" for spent in kinds.values())) for name in names]
    rows.append(("together", *(f"{sum(spent.values()):.2f}" for spent in kinds.values())))
    yield table(("service", *(f"a {kind}" if kind == "photo" else f"an {kind}" for kind in kinds)), rows)


def _costs(document: Mapping[str, Any], price: float) -> Iterator[str]:
    yield "## Cost"
    yield _COST.format(price=price)
    kinds = document["cpu_s"]
    costs = {
        f"{PHOTOS:,} photos": of_photos(kinds["photo"], price),
        f"{HOURS:,} hours of video": of_hours(kinds["hour of video"], price),
        f"{HOURS:,} hours of sound": of_hours(kinds["hour of sound"], price),
    }
    yield table(
        ("of", "CPU hours", "dearest services", "money at that price"),
        [_cost(name, cost) for name, cost in costs.items()],
    )


def _cost(name: str, cost: Cost) -> tuple[str, ...]:
    dearest = sorted(cost.cpu_h.items(), key=lambda each: -each[1])[:2]
    shares = ", ".join(f"{service} {hours / cost.all_cpu_h:.0%}" for service, hours in dearest)
    return name, f"{cost.all_cpu_h:,.0f}", shares, f"{cost.money:,.0f}"


def _saturation(document: Mapping[str, Any]) -> Iterator[str]:
    yield "## One replica and two"
    yield _REPLICA.format(cores=document["cores"])
    rows = [_ratio(name, *loads) for name, loads in document["replicas"].items()]
    heads = ("detector", "calls per s, one", "two", "ratio", "CPU s a call, one", "two", "share of either")
    yield table(heads, rows)
    yield "## Where each part is full"
    yield _parts(document)
    streams, queue = document["streams"], document["queue"]
    yield _STREAMS.format(most=_STREAMS_A_GATEWAY, most_hz=1000 / streams["call_cpu_ms"], **streams)
    yield _QUEUE.format(**queue)


def _ratio(name: str, one: Mapping[str, Any], two: Mapping[str, Any]) -> tuple[str, ...]:
    shares = " / ".join(f"{share:.0%}" for share in two["shares"])
    rates, spent = (one["calls_hz"], two["calls_hz"]), (one["cpu_s"], two["cpu_s"])
    ratio = rates[1] / rates[0] if rates[0] else float("nan")
    return name, f"{rates[0]:.2f}", f"{rates[1]:.2f}", f"{ratio:.2f}", f"{spent[0]:.3f}", f"{spent[1]:.3f}", shares


def _parts(document: Mapping[str, Any]) -> str:
    photo = {name: spent for name, spent in document["cpu_s"]["photo"].items() if name in document["replicas"]}
    dearest = max(photo, key=lambda name: photo[name])
    streams, done_hz = document["streams"], document["queue"]["done_hz"]
    rows = [
        (
            "detectors",
            "CPU",
            f"{1 / max(photo[dearest], 1e-9):.2f} photos per second and core ({dearest})",
            "more pods",
        ),
        ("gateway", "its one core", f"{1000 / streams['call_cpu_ms']:.0f} small calls per second", "more gateways"),
        (
            "idle streams",
            "its one core",
            f"{_streams_a_core(streams):.0f} streams, or {_STREAMS_A_GATEWAY} by default",
            "more gateways",
        ),
        (
            "queue in PostgreSQL",
            "round trips",
            f"{done_hz:.0f} jobs per second a worker of four places",
            "more workers",
        ),
    ]
    return table(("part", "what is full first", "at", "then"), rows)


def _streams_a_core(streams: Mapping[str, Any]) -> float:
    return float(streams["open_at_once"] / max(streams["idle_cpu"], 1e-3))


def _simulated(document: Mapping[str, Any]) -> Iterator[str]:
    service_s = document["cpu_s"]["photo"]["image_svc"]
    yield "## Photos with more replicas"
    yield _SIMULATED.format(service_s=service_s, bound=_BOUND)
    yield table(
        ("replicas", "capacity per s", f"per s at p99 <= {_BOUND:g} times a photo", "of the capacity"),
        list(_grown(service_s)),
    )


def _grown(service_s: float) -> Iterator[tuple[str, ...]]:
    for system in _systems(service_s):
        borne_hz = most_hz(system, _BOUND * service_s, _PERCENT, _REQUESTS)
        share = borne_hz / system.capacity_hz
        yield str(system.replicas), f"{system.capacity_hz:.1f}", f"{borne_hz:.1f}", f"{share:.0%}"


def _systems(service_s: float) -> Sequence[System]:
    return [System(replicas, _POD_CORES, [service_s], Policy.ROUND_ROBIN) for replicas in _REPLICAS]
