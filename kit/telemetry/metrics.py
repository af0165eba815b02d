"""Metrics of a process, in Prometheus' terms: counters, gauges and histograms, and a port at which they can be read.

Like the log they belong to the process, so there is one place for all of them and no object hands them around. Labels have few
values that are known beforehand (methods, outcomes, states): never an owner, a token, a name or anything a caller can choose.
"""

from __future__ import annotations

import functools
import threading
from collections import Counter as Sums
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from typing import Final, Generic, TypeAlias, TypeVar

import prometheus_client
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.registry import Collector

from kit.errors import InvalidSettings

SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)
"""Upper edges of the classes of a duration."""

Look: TypeAlias = Callable[[], Mapping[tuple[str, ...], float]]
"""Tells how much something is now, by the values of its labels. Does not raise, and does not wait."""

Made = TypeVar("Made", bound=MetricWrapperBase)

_MAKING = threading.RLock()


@dataclass(frozen=True)
class Definition:
    """A metric that the code can count, whether it has yet or not.

    Attributes:
        name: as it is exported; of a histogram without "_bucket", "_count" and "_sum".
        kind: "counter", "gauge" or "histogram".
        edges: upper edges of the classes of a histogram. One whose values may be negative has no "_sum".
    """

    name: str
    kind: str
    description: str
    labels: tuple[str, ...]
    edges: tuple[float, ...] = ()


_DEFINITIONS: Final[list[Definition]] = []


def definitions() -> Sequence[Definition]:
    """All metrics of the modules that are imported."""
    return tuple(_DEFINITIONS)


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
        _DEFINITIONS.append(Definition(f"{name.removesuffix('_total')}_total", "counter", description, labels))

    def add(self, amount: float = 1, **labels: str) -> None:
        """It happened so often."""
        self._of(labels).inc(amount)


class Gauge(_Metric[prometheus_client.Gauge]):
    """Something that is so much now."""

    def __init__(self, name: str, description: str, *labels: str) -> None:
        super().__init__(prometheus_client.Gauge, name, description, labels)
        _DEFINITIONS.append(Definition(name, "gauge", description, labels))

    def set(self, value: float, **labels: str) -> None:
        """It is so much."""
        self._of(labels).set(value)

    def add(self, amount: float, **labels: str) -> None:
        """It is so much more, or less, than before."""
        self._of(labels).inc(amount)


class Reading(Collector):
    """Something that is so much now, and is asked only when somebody reads it: until then it costs nothing.

    What several say of the same labels is added up.
    """

    def __init__(self, name: str, description: str, *labels: str) -> None:
        self._name = name
        self._description = description
        self._labels = labels
        self._looks: list[Look] = []
        self._registered = False
        _DEFINITIONS.append(Definition(name, "gauge", description, labels))

    def follow(self, look: Look) -> Callable[[], None]:
        """Asks `look` from now on, until what is returned is called."""
        with _MAKING:
            if not self._registered:
                _registry().register(self)
                self._registered = True
            self._looks.append(look)
        return lambda: self._forget(look)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What the library asks for."""
        with _MAKING:
            looks = list(self._looks)
        sums: Sums[tuple[str, ...]] = Sums()
        for look in looks:
            sums.update(look())
        family = GaugeMetricFamily(self._name, self._description, labels=self._labels)
        for labels, value in sums.items():
            family.add_metric(labels, value)
        yield family

    def _forget(self, look: Look) -> None:
        with _MAKING:
            self._looks = [each for each in self._looks if each is not look]


class Histogram(_Metric[prometheus_client.Histogram]):
    """How long something takes, or how much of something else, whose classes then have other upper edges."""

    def __init__(self, name: str, description: str, *labels: str, edges: tuple[float, ...] = SECONDS) -> None:
        make = functools.partial(prometheus_client.Histogram, buckets=edges)
        super().__init__(make, name, description, labels)
        _DEFINITIONS.append(Definition(name, "histogram", description, labels, edges))

    def observe(self, value: float, **labels: str) -> None:
        """It took so many seconds, or was so much."""
        self._of(labels).observe(value)

    @contextmanager
    def timing(self, **labels: str) -> Iterator[None]:
        """It takes as long as the context, however that ends."""
        with self._of(labels).time():
            yield


_BUILD: Final = Gauge("telltale_build_info", "What runs here; always 1.", "service", "version")


def announce(service: str) -> None:
    """Tells in the metrics what this process is, e.g. "image_svc"; Prometheus knows it as "image-svc"."""
    _BUILD.set(1, service=service.replace("_", "-"), version=metadata.version("telltale"))


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
