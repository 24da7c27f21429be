"""What became of proposals, in numbers: offered, read, taken up, changed, answered, and in time.

From the facts of the log and the marks of reading, for one corporation. No household is in it, and
a coach only where the corporation chose so.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection, Row

FEWEST = 5
"""Fewer than so many are not told: too close to who they are."""

_MINE = """
WITH mine AS (
    SELECT p.id, p.household, p.dwelling, p.coach, p.state, p.reason, p.until, p.offered_on,
        date_trunc('week', p.offered_on)::date AS week
    FROM proposal p WHERE p.corporation = :corporation AND p.offered_on >= :since
), steps AS (
    SELECT m.id,
        bool_or(l.data::jsonb ->> 'state' = 'taken_up') AS taken_up,
        bool_or(l.data::jsonb ->> 'state' = 'accepted') AS accepted,
        min((l.data::jsonb ->> 'on')::date) FILTER (WHERE l.data::jsonb ->> 'state'
            IN ('taken_up', 'accepted', 'declined')) AS answered
    FROM mine m JOIN log l ON l.subject = m.id AND l.kind = 'ProposalAnswered' AND l.data <> '{}'
    GROUP BY m.id
), changed AS (
    SELECT DISTINCT m.id FROM mine m JOIN log l ON (l.data::jsonb ->> 'household') = m.household
        AND l.kind IN ('MoveForbidden', 'MovePinned') AND l.at::date >= m.offered_on
), told AS (
    SELECT m.*, s.taken_up, s.accepted, s.answered,
        EXISTS (SELECT FROM opened o WHERE o.proposal = m.id) AS read,
        EXISTS (SELECT FROM changed c WHERE c.id = m.id) AS changed,
        d.data::jsonb ->> 'district' AS district
    FROM mine m LEFT JOIN steps s USING (id)
    LEFT JOIN LATERAL (SELECT h.data FROM state_row h WHERE h.key = m.dwelling AND NOT h.gone
        AND h.state_table IN ('dwellings', 'newbuild') ORDER BY h.state_table LIMIT 1) d ON true
)
SELECT GROUPED AS name, count(*) AS offered,
    count(*) FILTER (WHERE state = 'superseded') AS superseded,
    count(*) FILTER (WHERE read) AS read,
    count(*) FILTER (WHERE taken_up) AS taken_up,
    count(*) FILTER (WHERE changed) AS changed,
    count(*) FILTER (WHERE accepted) AS accepted,
    count(*) FILTER (WHERE state = 'declined') AS declined,
    count(*) FILTER (WHERE state = 'expired') AS expired,
    count(*) FILTER (WHERE answered IS NOT NULL OR state = 'expired') AS due,
    count(*) FILTER (WHERE answered <= coalesce(until, answered)) AS in_time
FROM told GROUP BY 1 ORDER BY 1
"""
_GROUPS = {"week": "week", "district": "coalesce(district, '')", "coach": "coalesce(coach, '')"}


@dataclass(frozen=True, slots=True)
class Counts:
    """Proposals of one week, district or coach. `due`: answered, or too late; `in_time` of those.

    None where there were too few to tell.
    """

    offered: int | None
    superseded: int | None
    read: int | None
    taken_up: int | None
    changed: int | None
    accepted: int | None
    declined: int | None
    expired: int | None
    due: int | None
    in_time: int | None


NAMES = tuple(field.name for field in fields(Counts))


def by_week(connection: Connection, corporation: str, *, since: date) -> dict[date, Counts]:
    """Count what became of the proposals of a corporation, by the week they were offered in."""
    rows = _counted(connection, corporation, since, "week")
    return dict(zip([row.name for row in rows], _without_few(rows), strict=True))


def by_district(connection: Connection, corporation: str, *, since: date) -> dict[str, Counts]:
    """Count likewise by the district (CBS) of the home that was proposed; '' where unknown."""
    rows = _counted(connection, corporation, since, "district")
    return dict(zip([row.name for row in rows], _without_few(rows), strict=True))


def by_coach(connection: Connection, corporation: str, *, since: date) -> dict[str, Counts]:
    """Count likewise by coach; only for a corporation that chose to look so."""
    rows = _counted(connection, corporation, since, "coach")
    return dict(zip([row.name for row in rows], _without_few(rows), strict=True))


def declined(connection: Connection, corporation: str, *, since: date) -> dict[str, int | None]:
    """Count the refusals that stand by reason, most first; None where too few to tell."""
    rows = connection.execute(
        text(
            "SELECT reason, count(*) AS times FROM proposal WHERE corporation = :corporation"
            " AND offered_on >= :since AND state = 'declined' GROUP BY 1 ORDER BY 2 DESC, 1"
        ),
        {"corporation": corporation, "since": since},
    ).all()
    kept = without_few([row.times for row in rows])
    return dict(zip([row.reason for row in rows], kept, strict=True))


def _counted(
    connection: Connection, corporation: str, since: date, group: str
) -> Sequence[Row[tuple[object, ...]]]:
    asked = _MINE.replace("GROUPED", _GROUPS[group])
    found = connection.execute(text(asked), {"corporation": corporation, "since": since})
    return found.all()


def _without_few(rows: Sequence[Row[tuple[object, ...]]]) -> list[Counts]:
    columns = [without_few([getattr(row, name) for row in rows]) for name in NAMES]
    return [Counts(*cells) for cells in zip(*columns, strict=True)]


def without_few(cells: Sequence[int]) -> tuple[int | None, ...]:
    """Leave out of a column what is too small to tell, and one more where the total would tell it.

    None is not small: that there were none says nothing of anybody.
    """
    hidden = {at for at, cell in enumerate(cells) if 0 < cell < FEWEST}
    if len(hidden) == 1:
        others = [(cell, at) for at, cell in enumerate(cells) if cell >= FEWEST]
        hidden |= {min(others)[1]} if others else set()
    return tuple(None if at in hidden else cell for at, cell in enumerate(cells))
