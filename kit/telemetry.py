"""Metrics of a process, in Prometheus' terms: counters, gauges and histograms, and a port at which they can be read.

Like the log they belong to the process, so there is one place for all of them and no object hands them around. Labels have few
values that are known beforehand (methods, outcomes, states): never an owner, a token, a name or anything a caller can choose.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import prometheus_client
from prometheus_client.metrics import MetricWrapperBase

from kit.errors import InvalidSettings

SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)
"""Upper edges of the classes of a duration."""

_OFF = 0

Wrapped = TypeVar("Wrapped", bound=MetricWrapperBase)


class Counter:
    """Something that happens."""

    def __init__(self, name: str, description: str, labels: Sequence[str] = ()) -> None:
        self._made = functools.cache(lambda: prometheus_client.Counter(name, description, labels, registry=_registry()))

    def add(self, amount: float = 1, **labels: str) -> None:
        """It happened so often."""
        _child(self._made(), labels).inc(amount)


class Gauge:
    """Something that is so much now."""

    def __init__(self, name: str, description: str, labels: Sequence[str] = ()) -> None:
        self._made = functools.cache(lambda: prometheus_client.Gauge(name, description, labels, registry=_registry()))

    def set(self, value: float, **labels: str) -> None:
        """It is so much."""
        _child(self._made(), labels).set(value)


class Histogram:
    """How long something takes, in seconds."""

    def __init__(self, name: str, description: str, labels: Sequence[str] = ()) -> None:
        self._made = functools.cache(
            lambda: prometheus_client.Histogram(name, description, labels, buckets=SECONDS, registry=_registry())
        )

    def observe(self, duration_s: float, **labels: str) -> None:
        """It took so long."""
        _child(self._made(), labels).observe(duration_s)


def exposition() -> str:
    """All metrics in Prometheus' text format."""
    return prometheus_client.generate_latest(_registry()).decode()


@contextmanager
def served(host: str, port: int) -> Iterator[None]:
    """Lets everybody who reaches `host:port` read `/metrics` until the context ends; port 0: nobody. Raises InvalidSettings."""
    if port == _OFF:
        yield
        return
    try:
        server, thread = prometheus_client.start_http_server(port, host, _registry())
    except OSError as error:
        raise InvalidSettings(
            f"metrics cannot be served at {host}:{port}: {error.strerror}. Choose another port by its setting"
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@functools.cache
def _registry() -> prometheus_client.CollectorRegistry:
    registry = prometheus_client.CollectorRegistry()
    prometheus_client.ProcessCollector(registry=registry)
    prometheus_client.PlatformCollector(registry=registry)
    return registry


def _child(metric: Wrapped, labels: dict[str, str]) -> Wrapped:
    return metric.labels(**labels) if labels else metric
