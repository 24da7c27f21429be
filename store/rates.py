"""How often somebody may call in a minute, counted in the database: by all processes together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

_RESERVE = text(
    "WITH old AS (DELETE FROM api_use WHERE ctid = ANY (ARRAY(SELECT ctid FROM api_use"
    "  WHERE minute < now() - interval '1 hour' LIMIT 100 FOR UPDATE SKIP LOCKED)))"
    " INSERT INTO api_use AS u (who, minute, calls)"
    " VALUES (:who, date_trunc('minute', now()), :calls)"
    " ON CONFLICT (who, minute) DO UPDATE SET calls = u.calls + excluded.calls"
    " RETURNING u.calls, extract(epoch FROM u.minute + interval '1 minute' - now())::float8"
)


def reserve(connection: Connection, who: str, calls: int, *, most: int) -> tuple[int, float]:
    """Count calls of this minute beforehand; give how many are left of them, and its seconds.

    `most` is what anybody may call in a minute. The minute is the database's. Whoever calls on
    although there is nothing left counts on too, and starts afresh in the next minute.
    """
    counted, seconds = connection.execute(_RESERVE, {"who": who, "calls": calls}).one()
    return max(0, min(calls, most - counted + calls)), float(seconds)
