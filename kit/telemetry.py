"""Metrics of a process, in Prometheus' terms: counters, gauges and histograms, and a port at which they can be read.

Like the log they belong to the process, so there is one place for all of them and no object hands them around. Labels have few
values that are known beforehand (methods, outcomes, states): never an owner, a token, a name or anything a caller can choose.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import prometheus_client
from prometheus_client.metrics import MetricWrapperBase

from kit.errors import InvalidSettings

SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)
"""Upper edges of the classes of a duration."""

Made = TypeVar("Made", bound=MetricWrapperBase)

_MAKING = threading.RLock()


class _Metric(Generic[Made]):
    """A metric that is registered when it is first used, once, whichever thread comes first."""

    def __init__(self, make: Callable[..., Made], name: str, description: str, labels: tuple[str, ...]) -> None:
        self._make = make
        self._name = name
        self._description = description
        self._labels = labels
        self._made: Made | None = None

    def _of(self, labels: dict[str, str]) -> Made:
        with _MAKING:
            if self._made is None:
                self._made = self._make(self._name, self._description, self._labels, registry=_registry())
        return self._made.labels(**labels) if labels else self._made


class Counter(_Metric[prometheus_client.Counter]):
    """Something that happens."""

    def __init__(self, name: str, description: str, *labels: str) -> None:
        super().__init__(prometheus_client.Counter, name, description, labels)

    def add(self, amount: float = 1, **labels: str) -> None:
        """It happened so often."""
        self._of(labels).inc(amount)


class Gauge(_Metric[prometheus_client.Gauge]):
    """Something that is so much now."""

    def __init__(self, name: str, description: str, *labels: str) -> None:
        super().__init__(prometheus_client.Gauge, name, description, labels)

    def set(self, value: float, **labels: str) -> None:
        """It is so much."""
        self._of(labels).set(value)


class Histogram(_Metric[prometheus_client.Histogram]):
    """How long something takes, or how much of something else, whose classes then have other upper edges."""

    def __init__(self, name: str, description: str, *labels: str, edges: tuple[float, ...] = SECONDS) -> None:
        make = functools.partial(prometheus_client.Histogram, buckets=edges)
        super().__init__(make, name, description, labels)

    def observe(self, value: float, **labels: str) -> None:
        """It took so many seconds, or was so much."""
        self._of(labels).observe(value)

    @contextmanager
    def timing(self, **labels: str) -> Iterator[None]:
        """It takes as long as the context, however that ends."""
        with self._of(labels).time():
            yield


def exposition() -> str:
    """All metrics in Prometheus' text format."""
    return prometheus_client.generate_latest(_registry()).decode()


@contextmanager
def served(host: str, port: int) -> Iterator[None]:
    """Lets whoever reaches `host:port` read `/metrics` until the context ends; port 0: nobody. Raises InvalidSettings."""
    if not port:
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
    return registry
