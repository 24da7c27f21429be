"""What the coach's pages read: her proposals, what was said last of people and homes, and why.

Functions that say `reading` are called in a transaction of `store.tenants.reading`; the others read
the log and the State, where ids are known already.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from data_contracts.events import appeared, vanished
from store.tables import STANDING, log
from store.tables import proposal as proposal_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection


_OWN = text(
    "WITH stand AS (SELECT coalesce((SELECT position FROM state_stand), 0) AS position),"
    " news AS (SELECT DISTINCT ON (l.subject) l.subject AS key, l.at,"
    "  l.kind = 'HouseholdRemoved' OR l.data = '{}' AS gone, l.data FROM log l, stand"
    "  WHERE l.position > stand.position AND l.kind IN ('HouseholdRegistered', 'HouseholdRemoved')"
    "  ORDER BY l.subject, l.at DESC, gone DESC),"
    " said AS (SELECT s.key FROM state_row s LEFT JOIN news n USING (key)"
    "   WHERE s.state_table = 'households' AND s.data::jsonb ->> 'coach' = :coach"
    "   AND s.data::jsonb ->> 'corporation' = :corporation AND NOT s.gone"
    "   AND (n.key IS NULL OR n.at < s.at)"
    "  UNION ALL SELECT n.key FROM news n LEFT JOIN state_row s"
    "   ON s.state_table = 'households' AND s.key = n.key"
    "   WHERE n.data::jsonb ->> 'coach' = :coach AND (s.key IS NULL OR n.at >= s.at)"
    "   AND n.data::jsonb ->> 'corporation' = :corporation AND NOT n.gone)"
    " SELECT key FROM said ORDER BY key"
)
_LATEST = text(
    "WITH stand AS (SELECT coalesce((SELECT position FROM state_stand), 0) AS position),"
    " asked AS (SELECT * FROM unnest(CAST(:tables AS text[]), CAST(:keys AS text[]))"
    "  AS a (state_table, key)),"
    " kinds AS (SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:of AS text[]),"
    "  CAST(:goes AS bool[])) AS k (kind, state_table, goes)),"
    " said AS ("
    "  SELECT state_table, key, at, gone, data FROM state_row JOIN asked USING (state_table, key)"
    "  UNION ALL SELECT a.state_table, a.key, l.at, k.goes OR l.data = '{}', l.data"
    "   FROM stand, asked a JOIN kinds k USING (state_table)"
    "   JOIN log l ON l.subject = a.key AND l.kind = k.kind WHERE l.position > stand.position)"
    " SELECT DISTINCT ON (state_table, key) state_table, key, gone, data FROM said"
    ' ORDER BY state_table, key, at DESC, gone DESC, data COLLATE "C" DESC'
)
_MINE = (
    "WITH mine AS (SELECT p.id, p.region, p.plan, p.chain, p.step, p.household, p.dwelling,"
    "  p.leaves, p.state, p.reason, p.offered_on, p.until, p.at, p.position, p.because,"
    "  p.presented, p.held_until, coalesce(p.held_until > :today, false) AS held,"
    "  o.first AS opened, coalesce(p.until, '9999-12-31') AS last_day,"
    "  p.state IN ('offered', 'taken_up') AND p.until <= :soon AS closing,"
    "  p.at >= :since AND p.because <> '{}' AS changed,"
    "  p.state = 'offered' AND o.first IS NULL AS fresh"
    " FROM proposal p LEFT JOIN opened o"
    "  ON o.corporation = p.corporation AND o.proposal = p.id AND o.who = :who"
    " WHERE p.corporation = :corporation AND p.household = ANY (:households)"
    "  AND (p.state = ANY (:standing)"
    "   OR p.state = 'superseded' AND p.at >= :since"
    "    AND (o.first IS NOT NULL OR p.because <> '{}'))),"
    " ranked AS (SELECT *, CASE WHEN closing THEN 0 WHEN changed THEN 1 WHEN held THEN 6"
    "  WHEN fresh THEN 2 WHEN state = 'taken_up' THEN 3 WHEN state = 'offered' THEN 4"
    "  WHEN state = 'accepted' THEN 5 WHEN state = 'signed' THEN 6 ELSE 7 END AS rank FROM mine),"
    " placed AS (SELECT *, row_number() OVER (ORDER BY rank, last_day, id) AS place FROM ranked)"
)
_CHOSEN = (
    " WHERE (CAST(:states AS text[]) IS NULL OR state = ANY (:states))"
    " AND (CAST(:homes AS text[]) IS NULL OR dwelling = ANY (:homes))"
    " AND (CAST(:found AS text) IS NULL OR id = :found OR household = :found"
    "  OR dwelling = :found OR leaves = :found)"
    " AND (CAST(:people AS text[]) IS NULL OR household = ANY (:people))"
    " AND (CAST(:mark AS text) IS NULL OR CASE :mark WHEN 'closing' THEN closing"
    "  WHEN 'changed' THEN changed WHEN 'fresh' THEN fresh ELSE false END)"
)
_PAGE = text(
    f"{_MINE} SELECT * FROM placed{_CHOSEN} AND (rank, last_day, id) >"  # noqa: S608 - our own words
    " (:rank, CAST(:last_day AS date), :id) ORDER BY rank, last_day, id LIMIT :limit"
)
_COUNTS = text(
    f"{_MINE} SELECT count(*) FILTER (WHERE state <> 'superseded') AS standing,"  # noqa: S608 - ours
    " count(*) FILTER (WHERE fresh) AS fresh, count(*) FILTER (WHERE closing) AS closing,"
    " count(*) FILTER (WHERE changed) AS changed,"
    " count(*) FILTER (WHERE state = 'taken_up') AS waiting,"
    " array_agg(DISTINCT dwelling) AS dwellings FROM placed"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of her proposals a coach wants to see: None is no limit.

    `homes` and `people` are ids; `found` an id of a proposal, household or home; `mark` is closing,
    changed or fresh; `after` where the page before ended (rank, last day as ISO, id).
    """

    states: tuple[str, ...] | None = None
    homes: tuple[str, ...] | None = None
    people: tuple[str, ...] | None = None
    found: str | None = None
    mark: str | None = None
    after: tuple[int, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose morning: who looks (an opaque id), of which corporation, with which households.

    What happened since `since` is news; what ends on `soon` or before is running out of time; what
    is held until after `today` waits.
    """

    who: str
    corporation: str
    households: tuple[str, ...]
    since: datetime
    soon: date
    today: date


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of her proposals there are, and to which homes."""

    standing: int
    fresh: int
    closing: int
    changed: int
    waiting: int
    dwellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogFact:
    """A fact as the log tells it; `data` is empty where it was forgotten or says nothing more."""

    position: int
    kind: str
    subject: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InForce:
    """The plan in force: its night, when it was last published, and why the last night failed."""

    plan: str
    night: date
    published: datetime
    repaired: bool
    failed: str | None


def own_households(connection: Connection, coach: str, corporation: str) -> tuple[str, ...]:
    """Name the households of a coach as they are now, by id."""
    rows = connection.execute(_OWN, {"coach": coach, "corporation": corporation})
    return tuple(rows.scalars())


def mine(
    connection: Connection, whose: Whose, asked: Asked, *, limit: int
) -> tuple[dict[str, Any], ...]:
    """Give a page of a coach's proposals (reading), what asks most first; `place` counts them all.

    Those that stand, and those that lapsed since yesterday by a fact or after she had read them.
    """
    rank, last_day, name = asked.after or (-1, "0001-01-01", "")
    rows = connection.execute(
        _PAGE,
        _given(whose)
        | {
            "states": None if asked.states is None else list(asked.states),
            "homes": None if asked.homes is None else list(asked.homes),
            "people": None if asked.people is None else list(asked.people),
            "found": asked.found,
            "mark": asked.mark,
            "rank": rank,
            "last_day": last_day,
            "id": name,
            "limit": limit,
        },
    )
    return tuple(dict(row) for row in rows.mappings())


def counts(connection: Connection, whose: Whose) -> Counts:
    """Count a coach's proposals (reading), and name the homes they lead to."""
    row = connection.execute(_COUNTS, _given(whose)).one()
    return Counts(
        row.standing,
        row.fresh,
        row.closing,
        row.changed,
        row.waiting,
        tuple(sorted(row.dwellings or ())),
    )


def _given(whose: Whose) -> dict[str, Any]:
    return {
        "who": whose.who,
        "corporation": whose.corporation,
        "households": list(whose.households),
        "since": whose.since,
        "soon": whose.soon,
        "today": whose.today,
        "standing": list(STANDING),
    }


def found(connection: Connection, proposal: str) -> dict[str, Any] | None:
    """Give the row of a proposal (reading), None when this corporation has none by this id."""
    chosen = select(proposal_table).where(proposal_table.c.id == proposal)
    row = connection.execute(chosen).mappings().first()
    return None if row is None else dict(row)


def by_ids(connection: Connection, proposals: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give the rows of these proposals (reading), those of this corporation, by id."""
    chosen = select(proposal_table).where(proposal_table.c.id.in_(sorted(set(proposals))))
    return {row["id"]: dict(row) for row in connection.execute(chosen).mappings()}


def latest(connection: Connection, table: str, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give what was said last of these rows of a State table, by key; what is gone is left out."""
    return latest_of(connection, {table: keys})[table]


def latest_of(
    connection: Connection, asked: Mapping[str, Iterable[str]]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Give what was said last of these rows of several State tables: by table, as `latest` does."""
    rows = [(table, key) for table, keys in asked.items() for key in sorted(set(keys))]
    found: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in asked}
    if not rows:
        return found
    kinds = [(kind(table), table, goes) for table in asked for kind, goes in _SAY]
    said = connection.execute(
        _LATEST,
        {
            "tables": [table for table, _ in rows],
            "keys": [key for _, key in rows],
            "kinds": [kind for kind, _, _ in kinds],
            "of": [table for _, table, _ in kinds],
            "goes": [goes for _, _, goes in kinds],
        },
    )
    for row in said:
        if not row.gone:
            found[row.state_table][row.key] = json.loads(row.data)
    return found


_SAY = ((appeared, False), (vanished, True))
"""The kinds of fact that say something of a row, and whether it goes."""


def facts_at(connection: Connection, positions: Iterable[int]) -> dict[int, LogFact]:
    """Give the facts at these positions of the log."""
    asked = sorted(set(positions))
    if not asked:
        return {}
    columns = [log.c[name] for name in ("position", "kind", "subject", "at", "data")]
    chosen = select(*columns).where(log.c.position.in_(asked))
    return {
        row.position: LogFact(row.position, row.kind, row.subject, row.at, json.loads(row.data))
        for row in connection.execute(chosen)
    }


def in_force(connection: Connection, region: str) -> InForce | None:
    """Give the plan in force for a region; None before the first night."""
    row = connection.execute(_IN_FORCE, {"region": region}).first()
    if row is None:
        return None
    failed = None if row.status not in ("failed", "refused") else row.sentence
    return InForce(row.id, row.night, row.published, row.repairs is not None, failed)


_IN_FORCE = text(
    "SELECT p.id, p.night, p.published, p.repairs, n.status, n.sentence"
    " FROM current_plan c JOIN plan p ON p.id = c.plan LEFT JOIN LATERAL ("
    "  SELECT r.status, r.sentence FROM run r WHERE r.region = c.region AND r.kind = 'night'"
    "  AND r.status <> 'running' ORDER BY r.started DESC, r.id LIMIT 1) n ON true"
    " WHERE c.region = :region"
)
