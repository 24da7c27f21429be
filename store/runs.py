"""Runs, and the lease that lets one night at a time publish for a region.

A lease alone does not stop a night that slept past it and wakes up: its fence does. Every holder
gets a higher number, and whoever publishes must still hold the highest (`store.plans.publish`).
The lease runs by the database's clock, never by ours.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text, update

from data_contracts.words import VerhuisketenError
from store.tables import lease
from store.tables import run as run_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Connection


BROKEN_OFF = "Deze nacht brak af voordat zij klaar was; wat gold, bleef gelden."


class Busy(VerhuisketenError):
    """Er loopt al een nacht voor deze regio. Wacht tot die klaar is en probeer het dan opnieuw."""


class Outdated(VerhuisketenError):
    """Een andere nacht nam het over; het plan van deze nacht wordt niet aangeboden."""


def start(connection: Connection, run: str, *, region: str, on: date, kind: str = "night") -> None:
    """Book that a run began: a night, or what was done on an event."""
    connection.execute(
        insert(run_table).values(
            id=run,
            kind=kind,
            region=region,
            night=on,
            status="running",
            sentence="",
            summary="{}",
        )
    )


def finish(
    connection: Connection,
    run: str,
    *,
    status: str,
    sentence: str,
    summary: Mapping[str, Any] | None = None,
) -> None:
    """Book how a run ended: done, failed or refused, why, and what it came to (as JSON)."""
    kept = json.dumps(summary or {}, ensure_ascii=False, default=str)
    connection.execute(
        update(run_table)
        .where(run_table.c.id == run)
        .values(status=status, sentence=sentence, summary=kept, finished=func.clock_timestamp())
    )


def latest(connection: Connection, *, limit: int = 5, kind: str = "night") -> list[dict[str, Any]]:
    """Give the latest runs of a kind, newest first."""
    rows = connection.execute(
        select(run_table)
        .where(run_table.c.kind == kind)
        .order_by(run_table.c.started.desc(), run_table.c.id)
        .limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def take(connection: Connection, region: str, *, holder: str, seconds: int) -> int:
    """Take the lease of a region and give its fence; raise Busy while somebody else has it.

    Whoever still seems to run for the region without the lease was killed or overslept: that is
    booked, so that no night looks busy for ever.
    """
    fence = connection.execute(
        text(
            "INSERT INTO lease (region, holder, fence, until) VALUES (:region, :holder, 1,"
            "  clock_timestamp() + :seconds * interval '1 second')"
            " ON CONFLICT (region) DO UPDATE SET holder = excluded.holder,"
            "  fence = lease.fence + 1, until = excluded.until"
            " WHERE lease.until <= clock_timestamp() RETURNING fence"
        ),
        {"region": region, "holder": holder, "seconds": seconds},
    ).scalar()
    if fence is None:
        raise _busy_until(connection, region)
    connection.execute(
        update(run_table)
        .where(
            run_table.c.region == region,
            run_table.c.status == "running",
            run_table.c.id != holder,
        )
        .values(status="failed", sentence=BROKEN_OFF, finished=func.clock_timestamp())
    )
    return int(fence)


def expect_free(connection: Connection, region: str) -> None:
    """Raise Busy while somebody holds the lease of a region."""
    held = select(lease.c.region).where(
        lease.c.region == region, lease.c.until > func.clock_timestamp()
    )
    if connection.execute(held).first() is not None:
        raise _busy_until(connection, region)


def _busy_until(connection: Connection, region: str) -> Busy:
    until = connection.execute(select(lease.c.until).where(lease.c.region == region)).scalar()
    if until is None:
        return Busy()
    return Busy(
        "Er loopt al een nacht voor deze regio. Zij is klaar of haar beurt is voorbij om "
        f"{until.astimezone():%H:%M:%S}; probeer het daarna opnieuw."
    )


def renew(connection: Connection, region: str, *, holder: str, seconds: int) -> bool:
    """Hold the lease longer; False when somebody else has it by now."""
    renewed = connection.execute(
        text(
            "UPDATE lease SET until = clock_timestamp() + :seconds * interval '1 second'"
            " WHERE region = :region AND holder = :holder"
        ),
        {"region": region, "holder": holder, "seconds": seconds},
    )
    return renewed.rowcount == 1


def release(connection: Connection, region: str, *, holder: str) -> None:
    """Let the lease go, if it is still ours; the fence stays, so that the next one is higher."""
    connection.execute(
        update(lease)
        .where(lease.c.region == region, lease.c.holder == holder)
        .values(until=func.clock_timestamp())
    )


def fence_of(connection: Connection, region: str, *, holder: str) -> int:
    """Give our fence, and keep everybody from taking the lease until this transaction ends.

    Raises Outdated when somebody else holds the lease.
    """
    fence = connection.execute(
        select(lease.c.fence)
        .where(lease.c.region == region, lease.c.holder == holder)
        .with_for_update()
    ).scalar()
    if fence is None:
        raise Outdated
    return int(fence)
