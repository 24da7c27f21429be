"""The State as folded so far, kept beside the log so that a night need not begin at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sqlalchemy import text

from data_contracts.events import FACT_COLUMNS, KINDS, TABLES, appeared
from data_contracts.words import VerhuisketenError
from matching.state import State, project
from store import bulk, log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

STAGED = {
    "table": "text",
    "key": "text",
    "source": "text",
    "at": "int8",
    "gone": "bool",
    "data": "text",
}
AT_ONCE = 500_000
"""Facts folded at once: every fold goes through the whole State, so few large ones are fastest."""


class Behind(VerhuisketenError):
    """Iemand anders heeft de toestand intussen verder bijgewerkt; begin opnieuw met die."""


def load(connection: Connection) -> tuple[State, int]:
    """Give the State after every fact in the log, and the log's position it stands at.

    It is what was last saved, with whatever the log has gained since folded onto it. Where the
    log must not grow meanwhile, take `log.in_turn` first.
    """
    saved = _stand(connection)  # first: rows saved meanwhile are then only folded twice
    return since(connection, project(_facts(_saved_rows(connection))), saved)


def since(connection: Connection, state: State, position: int) -> tuple[State, int]:
    """Fold what the log has gained after a position onto the State that stands there."""
    head = log.head(connection)
    for facts in log.read(connection, after=position, up_to=head, batch=AT_ONCE):
        state = project(facts, state)
    return state, max(position, head)


def _saved_rows(connection: Connection) -> pd.DataFrame:
    with bulk.cursor(connection) as rows:
        rows.execute(
            "SELECT state_table, key, source, (extract(epoch FROM at) * 1000000)::int8, gone, data"
            " FROM state_row",
            binary=True,
        )
        columns = list(zip(*rows.fetchall(), strict=True)) or [()] * len(STAGED)
    return pd.DataFrame(dict(zip(STAGED, map(list, columns), strict=True)))


def _stand(connection: Connection) -> int:
    return connection.execute(text("SELECT position FROM state_stand")).scalar() or 0


def _facts(said: pd.DataFrame) -> pd.DataFrame:
    """Say rows of versions as facts again: folding them gives the same State."""
    appears = said["table"].map({name: appeared(name) for name in TABLES})
    gone = {kind.table: name for name, kind in KINDS.items() if not kind.appears}
    kind = appears.where(~said["gone"].astype("bool"), said["table"].map(gone))
    return pd.DataFrame(
        {
            "source": said["source"],
            "id": said["key"],
            "kind": kind,
            "subject": said["key"],
            "at": bulk.moments(said["at"].tolist()),
            "data": said["data"],
        }
    ).astype(dict.fromkeys(FACT_COLUMNS, "str") | {"at": "datetime64[us, UTC]"})


def save(connection: Connection, after: State, position: int) -> None:
    """Keep what the log told since the last save, and the position the State stands at.

    `after` holds every fact up to `position`. Raises Behind when the kept State stands further.
    """
    connection.execute(text("LOCK TABLE state_stand IN SHARE ROW EXCLUSIVE MODE"))
    saved = _stand(connection)
    if saved > position:
        raise Behind
    _write(connection, _told(connection, after, saved, position))
    _stands_at(connection, position)


def _stands_at(connection: Connection, position: int) -> None:
    connection.execute(
        text(
            "INSERT INTO state_stand (one, position) VALUES (true, :position)"
            " ON CONFLICT (one) DO UPDATE SET position = excluded.position"
        ),
        {"position": position},
    )


def _told(connection: Connection, after: State, saved: int, position: int) -> pd.DataFrame:
    """Take the rows the log spoke of between two positions, whoever wrote that."""
    with bulk.cursor(connection) as rows:
        rows.execute(
            "SELECT DISTINCT kind, subject FROM log WHERE position > %s AND position <= %s",
            (saved, position),
            binary=True,
        )
        kinds, subjects = list(zip(*rows.fetchall(), strict=True)) or [(), ()]
    spoken = pd.Series(subjects, index=[KINDS[kind].table for kind in kinds], dtype="str")
    return pd.concat(
        {
            name: _rows_of(after.said[name], pd.Index(keys).unique())
            for name, keys in spoken.groupby(level=0)
        }
        or {"": next(iter(after.said.values())).iloc[:0]},
        names=["table"],
    )


def _rows_of(said: pd.DataFrame, keys: pd.Index) -> pd.DataFrame:
    at = said.index.get_indexer(keys)
    return said.iloc[np.sort(at[at >= 0])]


def _write(connection: Connection, versions: pd.DataFrame) -> None:
    if versions.empty:
        return
    rows = versions.reset_index()
    rows = rows.assign(at=bulk.microseconds(rows["at"]))
    bulk.stage(connection, "new_state", rows, types=STAGED)
    connection.execute(
        text(
            "INSERT INTO state_row (state_table, key, source, at, gone, data)"
            ' SELECT "table", key, source, moment(at), gone, data'
            " FROM new_state ON CONFLICT (state_table, key) DO UPDATE SET"
            " source = excluded.source, at = excluded.at,"
            " gone = excluded.gone, data = excluded.data"
        )
    )


def rebuild(connection: Connection) -> State:
    """Fold the whole log anew; what was forgotten is gone."""
    state = State()
    for facts in log.read(connection, batch=AT_ONCE):
        state = project(facts, state)
    return state


def replace(connection: Connection, state: State, position: int) -> None:
    """Keep this State instead of whatever was kept: for whoever folded the whole log anew."""
    connection.execute(text("LOCK TABLE state_stand IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(text("DELETE FROM state_row"))
    connection.execute(text("DELETE FROM state_stand"))
    _write(connection, state.versions)
    _stands_at(connection, position)


def forget(connection: Connection, households: Sequence[str]) -> None:
    """Empty what the kept State says of these households, as `log.forget` does in the log."""
    connection.execute(
        text(
            "WITH theirs AS (SELECT state_table, key FROM state_row WHERE data <> '{}' AND ("
            " (state_table = ANY (:own) AND key = ANY (:households))"
            " OR (data LIKE '%household\":\"%' AND ("
            "  data::jsonb ->> 'household' = ANY (:households)"
            "  OR data::jsonb ->> 'with_household' = ANY (:households))))),"
            " dropped AS (DELETE FROM state_row s USING theirs t WHERE s.state_table = 'offers'"
            "  AND (s.state_table, s.key) = (t.state_table, t.key))"
            " UPDATE state_row s SET gone = true, data = '{}' FROM theirs t"
            " WHERE s.state_table <> 'offers'"
            " AND (s.state_table, s.key) = (t.state_table, t.key)"
        ),
        {
            "own": sorted(name for name, (_, key) in TABLES.items() if key == "household"),
            "households": list(households),
        },
    )


def catch_up(connection: Connection) -> tuple[State, int]:
    """Give the State after every fact in the log, and keep it."""
    log.in_turn(connection)
    state, position = load(connection)
    if _stand(connection) < position:
        save(connection, state, position)
    return state, position
