"""A chain read whole, through all corporations; and of another's no id is given on.

No corporation sees the proposals of the others (`store.tenants`), but a chain runs through several,
and who signs after whom hangs on all of them. Here, and nowhere else, they are read together.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from matching.carry_out import next_steps, order_of_signatures
from store import course, plans
from store.reading import facts_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sqlalchemy import Connection

    from matching.carry_out import NextStep
    from store.reading import LogFact


@contextmanager
def _whole(connection: Connection) -> Iterator[Connection]:
    """Read for a moment what no corporation sees whole: a chain runs through several of them.

    Only inside this module, which gives on no id of another corporation's.
    """
    role = connection.execute(_OPEN).scalar_one()
    try:
        yield connection
    except BaseException:
        connection.rollback()  # nobody may go on reading whole
        raise
    connection.execute(_BECOME, {"role": role})


_OPEN = text("SELECT current_setting('role'), set_config('role', 'none', true)")
_BECOME = text("SELECT set_config('role', :role, true)")
HIDDEN = "andere-corporatie-"
"""How the id begins that stands for a link of another corporation."""


@dataclass(frozen=True, slots=True)
class Touching:
    """The proposals that hang together with one, whoever's: rows by id, steps, signatures.

    Of another corporation's no id is told: theirs begins with HIDDEN, the same in all three, and
    its row holds `state`, `chain` and `step` only. `homes` tells by (household, dwelling) which row
    it is, for who has the plan at hand.
    """

    rows: Mapping[str, dict[str, Any]]
    homes: Mapping[tuple[str, str], str]
    steps: tuple[NextStep, ...]
    order: tuple[tuple[str, ...], ...]


def touching(
    connection: Connection,
    row: Mapping[str, Any],
    *,
    on: date,
    moves: Iterable[tuple[str, str]] = (),
) -> Touching:
    """Give all that a proposal (its row, found by reading) hangs together with.

    And what became of `moves` (household, dwelling) of its chain that stand no more.
    """
    with _whole(connection) as whole:
        at, known = course.around(whole, [row], on=on)
        known = _lapsed(whole, moves) | known
    foreign = sorted(
        name for name, one in known.items() if one["corporation"] != row["corporation"]
    )
    names = {name: name for name in known}
    names |= {name: f"{HIDDEN}{number}" for number, name in enumerate(foreign, start=1)}
    return Touching(
        rows={names[name]: _told(one, hidden=name in foreign) for name, one in known.items()},
        homes={(one["household"], one["dwelling"]): names[name] for name, one in known.items()},
        steps=tuple(
            replace(
                step,
                proposal=names[step.proposal],
                together=tuple(names[name] for name in step.together),
            )
            for step in next_steps(at)
        ),
        order=tuple(tuple(names[name] for name in group) for group in order_of_signatures(at)),
    )


def _lapsed(connection: Connection, moves: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """Of every move the last proposal, by id; what was offered again is not lapsed."""
    pairs = list(moves)
    given = {"people": [who for who, _ in pairs], "homes": [home for _, home in pairs]}
    rows = connection.execute(_LAST, given).mappings()
    return {row["id"]: dict(row) for row in rows}


_LAST = text(
    "SELECT DISTINCT ON (p.household, p.dwelling) p.* FROM proposal p"
    " JOIN unnest(CAST(:people AS text[]), CAST(:homes AS text[])) AS m (household, dwelling)"
    " USING (household, dwelling) ORDER BY p.household, p.dwelling, p.position DESC"
)


def _told(row: Mapping[str, Any], *, hidden: bool) -> dict[str, Any]:
    return {name: row[name] for name in ("state", "chain", "step")} if hidden else dict(row)


def causes(connection: Connection, row: Mapping[str, Any]) -> dict[int, LogFact]:
    """Give the facts that changed a proposal (its row, found by reading), by position."""
    if not row["because"]:
        return {}
    with _whole(connection) as whole:
        return facts_at(whole, row["because"])


def plan_text(connection: Connection, plan: str) -> str | None:
    """Give the plan (JSON) under which a proposal was offered that was found by reading."""
    with _whole(connection) as whole:
        return plans.by_id(whole, plan)
