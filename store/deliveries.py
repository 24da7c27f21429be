"""Deliveries and what became of their records: an accounting that balances, and the rejects."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import func, insert, select, text

from store import bulk
from store.tables import delivery
from store.tables import reject as reject_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from data_contracts.feeds import Accounting, Reject

UNREAD = ""
"""The sha256 of a file that could not be read at all."""
NOTHING = {"records": 0, "accepted": 0, "rejected": 0, "duplicates": 0, "blank": 0}
REJECTED = {
    "delivery": "int8",
    "number": "int4",
    "record": "int8",
    "line": "int8",
    "column": "text",
    "code": "text",
    "sentence": "text",
}


def record(  # noqa: PLR0913 - a delivery is booked with all of these
    connection: Connection,
    *,
    run: str | None,
    name: str,
    table: str,
    source: str,
    file: str,
    sha256: str,
    received: datetime,
    accounting: Accounting | None,
    status: str,
    sentence: str,
) -> str:
    """Book a file and give the delivery's name, never used before.

    `status` is taken, waiting (for a person) or refused; `accounting` None for an unreadable file.
    """
    booked = connection.execute(
        insert(delivery)
        .values(
            run=run,
            source=source,
            name=name,
            state_table=table,
            file=file,
            sha256=sha256,
            received=received,
            status=status,
            sentence=sentence,
            **(NOTHING if accounting is None else asdict(accounting)),
        )
        .returning(delivery.c.id)
    )
    return str(booked.scalar_one())


def reject(connection: Connection, booked: str, rejects: Sequence[Reject]) -> None:
    """Keep why records of a delivery were refused: where and why, never what stood there."""
    if not rejects:
        return
    rows = pd.DataFrame([asdict(wrong) for wrong in rejects]).assign(
        delivery=int(booked), number=range(1, len(rejects) + 1)
    )
    bulk.stage(connection, "new_rejects", rows, types=REJECTED)
    connection.execute(
        text(
            'INSERT INTO reject (delivery, number, record, line, "column", code, sentence)'
            ' SELECT delivery, number, record, line, "column", code, sentence FROM new_rejects'
        )
    )


def rejects(connection: Connection, booked: str) -> pd.DataFrame:
    """Give what was refused of a delivery: record, line, column, code, sentence."""
    wanted = [reject_table.c[name] for name in ("record", "line", "column", "code", "sentence")]
    rows = connection.execute(
        select(*wanted)
        .where(reject_table.c.delivery == int(booked))
        .order_by(reject_table.c.number)
    )
    return pd.DataFrame(rows.all(), columns=list(rows.keys()))


def previous_rows(connection: Connection, table: str, source: str) -> int | None:
    """Give how many rows the last file of this kind and source had that went on; None at first."""
    return connection.execute(
        select(delivery.c.accepted)
        .where(
            delivery.c.state_table == table,
            delivery.c.source == source,
            delivery.c.status == "taken",
        )
        .order_by(delivery.c.id.desc())
        .limit(1)
    ).scalar()


def waiting(connection: Connection) -> list[dict[str, Any]]:
    """Give the files that wait for a person: those whose latest delivery was not taken."""
    latest = (
        select(func.max(delivery.c.id)).group_by(delivery.c.state_table, delivery.c.source)
    ).scalar_subquery()
    rows = connection.execute(
        select(delivery)
        .where(delivery.c.id.in_(latest), delivery.c.status != "taken")
        .order_by(delivery.c.id)
    )
    return [dict(row) for row in rows.mappings()]


def latest_rejects(connection: Connection) -> list[dict[str, Any]]:
    """Give what was refused of the latest file of every kind and source, with the file's name."""
    latest = (
        select(func.max(delivery.c.id)).group_by(delivery.c.state_table, delivery.c.source)
    ).scalar_subquery()
    rows = connection.execute(
        select(delivery.c.file, reject_table)
        .join_from(reject_table, delivery)
        .where(delivery.c.id.in_(latest))
        .order_by(reject_table.c.delivery, reject_table.c.number)
    )
    return [dict(row) for row in rows.mappings()]
