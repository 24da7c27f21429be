"""How an installation is: its schema, ages by the database's clock, and what waits. Only counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text

from store import deliveries, log
from store.database import MIGRATIONS
from store.tables import conflict, current_plan, delivery, notice, plan, reader, run, subscriber
from store.tables import log as log_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection

PATIENCE = "5s"
"""Whoever asks how things are must not wait behind what makes them slow."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How far one of our readers of the log has come, and how many positions are still ahead."""

    position: int
    behind: int


@dataclass(frozen=True, slots=True)
class Condition:
    """How things stand, in counts and in ages (whole seconds; None when there is none yet)."""

    head: int
    plan_age: int | None
    night_age: int | None
    night_failed: bool
    feed_ages: Mapping[str, int]
    waiting: int
    conflicts: int
    readers: Mapping[str, Reader]
    notices: Mapping[str, int]
    oldest_notice: int | None


def schema_is_current(connection: Connection) -> bool:
    """Whether the database has today's schema: not an older one, and not a newer one."""
    return MigrationContext.configure(connection).get_current_revision() == _newest_schema()


@cache
def _newest_schema() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def condition(connection: Connection, region: str) -> Condition:
    """Say how things stand for a region; needs today's schema. An outage when it takes too long."""
    connection.execute(text(f"SET LOCAL statement_timeout = '{PATIENCE}'"))
    head = log.head(connection)
    night = connection.execute(_latest_night(region)).first()
    return Condition(
        head=head,
        plan_age=connection.execute(_plan_age(region)).scalar(),
        night_age=connection.execute(_night_age(region)).scalar(),
        night_failed=night is not None and night.status in ("failed", "refused"),
        feed_ages=_by(connection, _feed_ages()),
        waiting=len(deliveries.waiting(connection)),
        conflicts=connection.execute(select(func.count()).select_from(conflict)).scalar_one(),
        readers=_readers(connection, head),
        notices=_by(connection, select(notice.c.state, func.count()).group_by(notice.c.state)),
        oldest_notice=connection.execute(_oldest_notice()).scalar(),
    )


def facts_by_kind(connection: Connection, *, after: int, up_to: int) -> dict[str, int]:
    """Count the facts between two positions by their kind; positions only ever grow."""
    counted = (
        select(log_table.c.kind, func.count())
        .where(log_table.c.position > after, log_table.c.position <= up_to)
        .group_by(log_table.c.kind)
    )
    return _by(connection, counted)


def _by(connection: Connection, statement: Any) -> dict[str, int]:  # noqa: ANN401 - any select of two
    return {str(name): int(number) for name, number in connection.execute(statement)}


def _age(moment: ColumnElement[Any]) -> ColumnElement[int]:
    seconds: ColumnElement[int] = func.extract("epoch", func.clock_timestamp() - moment)
    return func.floor(seconds)  # of nothing: null


def _plan_age(region: str) -> Any:  # noqa: ANN401 - a select
    in_force = current_plan.join(plan, current_plan.c.plan == plan.c.id)
    return select(_age(plan.c.published)).select_from(in_force).where(plan.c.region == region)


def _latest_night(region: str) -> Any:  # noqa: ANN401 - a select
    return (
        select(run.c.status)
        .where(run.c.region == region, run.c.kind == "night", run.c.status != "running")
        .order_by(run.c.started.desc(), run.c.id)
        .limit(1)
    )


def _night_age(region: str) -> Any:  # noqa: ANN401 - a select
    return select(_age(func.max(run.c.finished))).where(
        run.c.region == region, run.c.kind == "night", run.c.status == "done"
    )


def _feed_ages() -> Any:  # noqa: ANN401 - a select
    return (
        select(delivery.c.name, _age(func.max(delivery.c.received)))
        .where(delivery.c.status == "taken")
        .group_by(delivery.c.name)
    )


def _oldest_notice() -> Any:  # noqa: ANN401 - a select
    return select(_age(func.min(notice.c.since))).where(notice.c.state == "waiting")


def _readers(connection: Connection, head: int) -> dict[str, Reader]:
    """Our own readers of the log; whoever queues for subscribers is one, as far as the slowest."""
    at = dict(connection.execute(select(reader.c.name, reader.c.position)).tuples().all())
    queued = connection.execute(
        select(func.min(subscriber.c.position)).where(subscriber.c.active.is_not(None))
    ).scalar()
    if queued is not None:
        at["subscribers"] = queued
    return {name: Reader(position, max(head - position, 0)) for name, position in at.items()}
