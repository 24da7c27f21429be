"""Measurements for Prometheus: gauges read from the database when asked. On loopback only.

No label is an id: a label is a kind of fact, a kind of delivery, a reader or a state.
"""

from __future__ import annotations

import ipaddress
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from prometheus_client import (
    GC_COLLECTOR,
    PLATFORM_COLLECTOR,
    PROCESS_COLLECTOR,
    CollectorRegistry,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from data_contracts.policy import policy_from
from data_contracts.words import VerhuisketenError
from pipelines.logs import DROPPED, logger
from store.condition import condition, facts_by_kind, schema_is_current

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prometheus_client.metrics_core import Metric

    from pipelines.settings import Settings
    from store.condition import Condition
    from store.database import Connection, Engine

LOOPBACK = "127.0.0.1"


class NotLoopback(VerhuisketenError):
    """Metingen zijn er alleen op deze machine zelf. Noem 127.0.0.1, of laat --host weg."""


class PortTaken(VerhuisketenError):
    """Op deze poort luistert al een ander programma. Noem een andere poort."""


class Measurements:
    """Asks the database how things stand each time somebody measures.

    Facts are counted once: positions only grow, so a next time only the new ones are.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._region = policy_from(settings.policy).region
        self._counted: dict[str, int] = {}
        self._up_to = 0
        self._one = Lock()

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand: that would ask the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Give every measurement; only `verhuisketen_up` 0 when the database cannot tell."""
        try:
            with self._one, self._engine.connect() as connection:
                found = tuple(self._measured(connection))
        except Exception as error:  # noqa: BLE001 - a scrape must always get an answer
            logger("metrics").error("meten lukt niet", exc_info=error)
            found = ()
        yield _gauge("up", "of de database antwoordt, met het schema van deze versie", bool(found))
        yield from found

    def _measured(self, connection: Connection) -> Iterator[Metric]:
        if not schema_is_current(connection):
            return
        seen = condition(connection, self._region)
        yield from measured(seen)
        new = facts_by_kind(connection, after=self._up_to, up_to=seen.head)
        self._counted = {k: self._counted.get(k, 0) + new.get(k, 0) for k in self._counted | new}
        self._up_to = seen.head
        facts = CounterMetricFamily("verhuisketen_facts", "feiten in het logboek", labels=["kind"])
        for kind, number in sorted(self._counted.items()):
            facts.add_metric([kind], number)
        yield facts


def measured(seen: Condition) -> Iterator[Metric]:
    """Say how things stand as gauges; what is not there yet has no gauge."""
    if seen.plan_age is not None:
        yield _gauge("plan_age_seconds", "ouderdom van het geldende plan", seen.plan_age)
    if seen.night_age is not None:
        yield _gauge("night_age_seconds", "tijd sinds de laatste gelukte nacht", seen.night_age)
    if seen.oldest_notice is not None:
        yield _gauge("notice_age_seconds", "oudste bericht dat wacht", seen.oldest_notice)
    yield _gauge("night_failed", "of de laatste nacht mislukte", seen.night_failed)
    yield _gauge("log_position", "hoogste positie in het logboek", seen.head)
    yield _gauge("deliveries_waiting", "bestanden die op een mens wachten", seen.waiting)
    yield _gauge("conflicts", "feiten die met andere inhoud terugkwamen", seen.conflicts)
    ages = seen.feed_ages
    yield _gauges("delivery_age_seconds", "tijd sinds de laatste levering", "delivery", ages)
    states = {"waiting": 0, "parked": 0} | dict(seen.notices)
    yield _gauges("notices", "berichten aan afnemers", "state", states)
    behind = {name: one.behind for name, one in seen.readers.items()}
    yield _gauges("reader_lag", "posities die een lezer nog voor zich heeft", "reader", behind)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"verhuisketen_{name}", about, value=value)


def _gauges(name: str, about: str, label: str, values: Mapping[str, float]) -> Metric:
    gauge = GaugeMetricFamily(f"verhuisketen_{name}", about, labels=[label])
    for key, value in sorted(values.items()):
        gauge.add_metric([key], value)
    return gauge


def registry(engine: Engine, settings: Settings) -> CollectorRegistry:
    """Gather what is measured: the installation, and this process."""
    gathered = CollectorRegistry()
    for collector in (PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR, DROPPED):
        gathered.register(collector)
    gathered.register(Measurements(engine, settings))
    return gathered


def text(engine: Engine, settings: Settings) -> str:
    """Give the measurements once, in the text form of Prometheus."""
    alone = CollectorRegistry()
    alone.register(Measurements(engine, settings))
    return generate_latest(alone).decode()


@contextmanager
def measuring(
    engine: Engine, settings: Settings, *, host: str = LOOPBACK, port: int | None = None
) -> Iterator[int | None]:
    """Answer `/metrics` as long as the block lasts, on `port` or settings.metrics_port.

    Gives the port; None when there is neither. Raises NotLoopback, PortTaken.
    """
    wanted = settings.metrics_port if port is None else port
    if wanted is None:
        yield None
        return
    if not _is_loopback(host):
        raise NotLoopback
    try:
        server, thread = start_http_server(wanted, host, registry(engine, settings))
    except OSError as error:
        raise PortTaken from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name: who knows where it leads
        return False
