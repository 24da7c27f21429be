"""The log: everything that happened, in the order in which it was committed. Append-only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import text

from data_contracts.events import FACT_COLUMNS, KINDS, TABLES, Kind
from data_contracts.words import VerhuisketenError
from store import bulk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

FactRow = tuple[str, str, str, str, datetime, str]
"""One fact in the order of FACT_COLUMNS."""
TURN = "pg_advisory_xact_lock(hashtext('verhuisketen.log'))"
"""What `in_turn` calls, for who asks it along with other things."""
STAGED = {
    "source": "text",
    "id": "text",
    "kind": "text",
    "subject": "text",
    "at": "int8",
    "data": "text",
    "line": "int8",
    "again": "bool",
}


EMPTIED = "{}"
VANISHES = {
    name: next((n for n, k in KINDS.items() if k == Kind(kind.table, appears=False)), None)
    for name, kind in KINDS.items()
    if kind.appears
}
"""For every kind that says a row is there, the kind that says it is gone (offers have none)."""


class BrokenFacts(VerhuisketenError):
    """Deze feiten missen een kolom of een waarde; zo komen ze het logboek niet in."""


def in_turn(connection: Connection) -> None:
    """Wait until nobody else is appending; ours until the end of this transaction.

    Positions are handed out under this lock only, so their order is the order of commits and a
    reader never skips one that was slow.
    """
    connection.execute(text(f"SELECT {TURN}"))


def append(connection: Connection, facts: pd.DataFrame) -> int:
    """Write facts (columns FACT_COLUMNS) that are new by (source, id); give the log's head.

    A fact that is known stays as it is. One that comes again with other content is kept in
    `conflict`. Call it at READ COMMITTED. Raises BrokenFacts.
    """
    if facts.empty:
        return head(connection)
    if not set(FACT_COLUMNS) <= set(facts.columns) or facts[list(FACT_COLUMNS)].isna().any(
        axis=None
    ):
        raise BrokenFacts
    staged = facts[list(FACT_COLUMNS)].assign(
        at=bulk.microseconds(facts["at"]),
        line=range(len(facts)),
        again=facts.duplicated(["source", "id"]),
    )
    bulk.stage(connection, "new_facts", staged, types=STAGED)
    in_turn(connection)
    written = connection.execute(text(_WRITE)).rowcount
    if written < len(facts):
        connection.execute(text(_KEEP_CONFLICTS))
    return head(connection)


def append_few(connection: Connection, facts: Sequence[FactRow]) -> dict[tuple[str, str], int]:
    """Write a few facts just as `append` does, but in our turn already; give their positions.

    Only of what is new, by (source, id). Their values go along with the statement, without tables
    in between: made for what comes in one by one, where every word with the server counts.
    """
    if not facts:
        return {}
    columns = zip(*facts, strict=True)
    values: dict[str, Any] = dict(zip(FACT_COLUMNS, map(list, columns), strict=True))
    first = {fact[:2]: line for line, fact in reversed(list(enumerate(facts)))}
    values["at"] = [(at - _EPOCH) // timedelta(microseconds=1) for at in values["at"]]
    values["line"] = list(range(len(facts)))
    values["again"] = [first[fact[:2]] < line for line, fact in enumerate(facts)]
    given = _FEW + _WRITE + " RETURNING source, id, position"
    written = {(row[0], row[1]): int(row[2]) for row in connection.execute(text(given), values)}
    if len(written) < len(facts):
        connection.execute(text(_FEW + _KEEP_CONFLICTS), values)
    return written


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ARRAYS = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in STAGED.items())
_FEW = f"WITH new_facts AS (SELECT * FROM unnest({_ARRAYS}) AS f ({', '.join(STAGED)})) "  # noqa: S608 - our own names
_WRITE = (
    "INSERT INTO log (source, id, kind, subject, at, data, digest)"
    " SELECT source, id, kind, subject, moment(at), data,"
    " fact_digest(kind, subject, at, data)"
    " FROM new_facts WHERE NOT again ORDER BY line ON CONFLICT (source, id) DO NOTHING"
)
_KEEP_CONFLICTS = (
    "INSERT INTO conflict (source, id, kind, subject, at, data, digest)"
    " SELECT f.source, f.id, f.kind, f.subject, moment(f.at), f.data,"
    " fact_digest(f.kind, f.subject, f.at, f.data)"
    " FROM new_facts f JOIN log l USING (source, id)"
    " WHERE l.digest <> fact_digest(f.kind, f.subject, f.at, f.data)"
    " ON CONFLICT DO NOTHING"
)


def head(connection: Connection) -> int:
    """Give the highest position in the log, 0 when it is empty."""
    return int(connection.execute(text("SELECT coalesce(max(position), 0) FROM log")).scalar_one())


def read(
    connection: Connection, *, after: int = 0, up_to: int | None = None, batch: int = 50_000
) -> Iterator[pd.DataFrame]:
    """Give the facts after a position, in the order of the log, as tables indexed by position.

    What was forgotten reads as vanished, so that folding the log forgets it too.
    """
    last = head(connection) if up_to is None else up_to
    while after < last:
        facts = _read_batch(connection, after, last, batch)
        if facts.empty:
            return
        yield _forgotten_as_vanished(facts)
        after = int(facts.index[-1])


def nothing() -> pd.DataFrame:
    """Give the facts of a log in which nothing was said."""
    kinds = dict.fromkeys(FACT_COLUMNS, "str") | {"at": "datetime64[us, UTC]"}
    index = pd.Index([], dtype="int64", name="position")
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()}, index=index)


def _forgotten_as_vanished(facts: pd.DataFrame) -> pd.DataFrame:
    emptied = (facts["data"] == EMPTIED) & facts["kind"].isin(VANISHES)
    if not emptied.any():
        return facts
    kinds = facts["kind"].where(~emptied, facts["kind"].map(VANISHES))
    return facts.assign(kind=kinds)[kinds.notna()].astype({"kind": "str"})


def _read_batch(connection: Connection, after: int, last: int, batch: int) -> pd.DataFrame:
    with bulk.cursor(connection) as rows:
        rows.execute(
            "SELECT position, source, id, kind, subject,"
            " (extract(epoch FROM at) * 1000000)::int8, data"
            " FROM log WHERE position > %s AND position <= %s ORDER BY position LIMIT %s",
            (after, last, batch),
            binary=True,
        )
        columns = list(zip(*rows.fetchall(), strict=True)) or [()] * 7
    index = pd.Index(columns[0], dtype="int64", name="position")
    named = dict(zip(FACT_COLUMNS, columns[1:], strict=True))
    values = {
        name: bulk.moments(list(column)).array if name == "at" else pd.array(column, dtype="str")
        for name, column in named.items()
    }
    return pd.DataFrame(values, index=index)


def forget(connection: Connection, households: Sequence[str]) -> int:
    """Empty what the log says about these households; give the number of facts emptied.

    Positions, ids, kinds and digests stay: the log still adds up, it just no longer tells.
    """
    in_turn(connection)
    own = sorted(name for name, kind in KINDS.items() if TABLES[kind.table][1] == "household")
    emptied = connection.execute(
        text("SELECT forget_facts(:own, :households)"), {"own": own, "households": list(households)}
    )
    return int(emptied.scalar_one())
