"""Deliveries and what became of their records: an accounting that balances, and the rejects."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import func, insert, select, text, update

from data_contracts.events import KINDS
from store import bulk, log
from store.database import Outage
from store.tables import delivery, delivery_share
from store.tables import reject as reject_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from data_contracts.feeds import Accounting, Reject

Row = dict[str, Any]
"""A delivery as it was booked: the columns of its table."""
UNREAD = ""
"""The sha256 of a file that could not be read at all."""
UNCHANGED = "Gelijk aan de vorige levering; niet opnieuw gelezen."
NOTHING = {"records": 0, "accepted": 0, "rejected": 0, "duplicates": 0, "blank": 0}
REJECTED = {
    "delivery": "int8",
    "number": "int4",
    "record": "int8",
    "line": "int8",
    "column": "text",
    "code": "text",
    "sentence": "text",
    "corporation": "text",
}
_REJECT_COLUMNS = 'number, record, line, "column", code, sentence, corporation'


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
    reader: str = "",
) -> str:
    """Book a file and give the delivery's name, never used before.

    `status` is taken, waiting (for a person) or refused; `accounting` None for an unreadable file;
    `reader` is the version of the readers that read it.
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
            reader=reader,
            received=received,
            status=status,
            sentence=sentence,
            **(NOTHING if accounting is None else asdict(accounting)),
        )
        .returning(delivery.c.id)
    )
    return str(booked.scalar_one())


def finish(connection: Connection, booked: str, *, position: int, facts: int) -> None:
    """Book what a delivery gave: how many facts, and where the log stood after them."""
    connection.execute(
        update(delivery).where(delivery.c.id == int(booked)).values(position=position, facts=facts)
    )


def booked(connection: Connection, *, run: str | None, table: str, file: str) -> Row | None:
    """Give what this run booked of a file, if it did: whoever starts again books nothing twice."""
    found = connection.execute(
        select(delivery)
        .where(delivery.c.run == run, delivery.c.state_table == table, delivery.c.file == file)
        .order_by(delivery.c.id.desc())
        .limit(1)
    ).mappings()
    return next((dict(row) for row in found), None)


def latest_taken(connection: Connection, *, table: str, source: str) -> Row | None:
    """Give the last delivery of this kind and source that was taken."""
    found = connection.execute(
        select(delivery)
        .where(
            delivery.c.state_table == table,
            delivery.c.source == source,
            delivery.c.status == "taken",
        )
        .order_by(delivery.c.id.desc())
        .limit(1)
    ).mappings()
    return next((dict(row) for row in found), None)


def unchanged(
    connection: Connection, *, table: str, source: str, sha256: str, reader: str
) -> Row | None:
    """Give the last delivery that was taken, if reading this file again could say nothing new.

    That is so when its bytes and the readers are the same, and nobody has said anything about any
    row of this table since. Take `log.in_turn` first, if that must stay so.
    """
    last = latest_taken(connection, table=table, source=source)
    if last is None or (last["sha256"], last["reader"]) != (sha256, reader) or not reader:
        return None
    kinds = [name for name, kind in KINDS.items() if kind.table == table]
    said = connection.execute(
        text("SELECT EXISTS (SELECT FROM log WHERE position > :after AND kind = ANY (:kinds))"),
        {"after": last["position"], "kinds": kinds},
    )
    return None if said.scalar_one() else last


def book_again(
    connection: Connection, last: Row, *, run: str | None, file: str, received: datetime
) -> None:
    """Book a file like the earlier one it equals: the same accounting and rejects, no facts."""
    differs = {"run": run, "file": file, "received": received, "sentence": UNCHANGED, "facts": 0}
    here = {"position": log.head(connection)}
    row = {name: what for name, what in last.items() if name != "id"} | differs | here
    again = connection.execute(insert(delivery).values(row).returning(delivery.c.id)).scalar_one()
    connection.execute(
        text(
            f"INSERT INTO reject (delivery, {_REJECT_COLUMNS})"  # noqa: S608 - our own names
            f" SELECT :again, {_REJECT_COLUMNS} FROM reject WHERE delivery = :last"
        ),
        {"again": again, "last": last["id"]},
    )
    connection.execute(
        text(
            "INSERT INTO delivery_share (delivery, corporation, accepted, rejected)"
            " SELECT :again, corporation, accepted, rejected FROM delivery_share"
            " WHERE delivery = :last"
        ),
        {"again": again, "last": last["id"]},
    )


@contextmanager
def alone(engine: Engine) -> Iterator[bool]:
    """Say whether we are the only one at the watched folder; so it stays until the end.

    Whoever dies or falls asleep halfway loses his turn: the database takes it back. Nothing rests
    on that but the order of files and double work, since no claim is booked twice.
    """
    with engine.connect() as connection:
        asked = text("SELECT pg_try_advisory_xact_lock(hashtext('verhuisketen.watch'))")
        yield bool(connection.execute(asked).scalar_one())
        with suppress(Outage):  # the turn was taken back: then there is nothing to give back
            connection.rollback()


def reject(
    connection: Connection,
    booked: str,
    rejects: Sequence[Reject],
    *,
    corporations: Mapping[int, str] | None = None,
) -> None:
    """Keep why records of a delivery were refused: where and why, never what stood there.

    `corporations` says by record whose it is, where that is known.
    """
    if not rejects:
        return
    rows = pd.DataFrame([asdict(wrong) for wrong in rejects]).assign(
        delivery=int(booked), number=range(1, len(rejects) + 1)
    )
    whose = {record: of for record, of in (corporations or {}).items() if of}
    rows["corporation"] = [whose.get(wrong.record) for wrong in rejects]
    bulk.stage(connection, "new_rejects", rows, types=REJECTED)
    connection.execute(
        text(
            f"INSERT INTO reject (delivery, {_REJECT_COLUMNS})"  # noqa: S608 - our own names
            f" SELECT delivery, {_REJECT_COLUMNS} FROM new_rejects"
        )
    )


def share(
    connection: Connection, booked: str, *, accepted: Mapping[str, int], rejected: Mapping[str, int]
) -> None:
    """Book how many rows of a delivery are of which corporation; '' is of nobody we know."""
    rows = [
        {
            "delivery": int(booked),
            "corporation": corporation,
            "accepted": accepted.get(corporation, 0),
            "rejected": rejected.get(corporation, 0),
        }
        for corporation in sorted(accepted.keys() | rejected.keys())
    ]
    if rows:
        connection.execute(insert(delivery_share), rows)


def share_as_before(connection: Connection, booked: str, *, table: str, source: str) -> None:
    """Book a file that could not be read as being of whoever the one before it was of."""
    connection.execute(
        text(
            "INSERT INTO delivery_share (delivery, corporation, accepted, rejected)"
            " SELECT :booked, corporation, 0, 0 FROM delivery_share WHERE delivery = ("
            "  SELECT max(s.delivery) FROM delivery_share s JOIN delivery d ON d.id = s.delivery"
            "  WHERE d.state_table = :table AND d.source = :source)"
        ),
        {"booked": int(booked), "table": table, "source": source},
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
    last = latest_taken(connection, table=table, source=source)
    return None if last is None else int(last["accepted"])


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
