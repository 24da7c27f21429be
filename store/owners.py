"""Whose is a home, a household, a notice? What the log says of it, and who said it first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import Cursor

from data_contracts.belonging import KINDS_OF, SAYS_OF, Thing, about
from store import bulk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from data_contracts.belonging import About
    from store.machines import Machine

# An aggregate, and no ORDER BY … LIMIT 1: that may tempt the planner to walk through the whole log.
_SAID = (
    "SELECT w.sort, w.id, (array_agg(l.source ORDER BY l.position))[1],"
    " (array_agg(l.kind ORDER BY l.position DESC) FILTER (WHERE l.data <> '{}'"
    "  AND l.kind = ANY (string_to_array(w.says, ' '))))[1],"
    " (array_agg(l.data ORDER BY l.position DESC) FILTER (WHERE l.data <> '{}'"
    "  AND l.kind = ANY (string_to_array(w.says, ' '))))[1]"
    " FROM unnest(%(sorts)s::text[], %(ids)s::text[], %(kinds)s::text[], %(says)s::text[])"
    "  AS w (sort, id, kinds, says)"
    " JOIN log l ON l.subject = w.id AND l.kind = ANY (string_to_array(w.kinds, ' '))"
    " GROUP BY w.sort, w.id"
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who named a thing first, the corporation it was last said to be of, and what it refers to."""

    organisation: str
    corporation: str | None
    refers: frozenset[Thing]


@dataclass(slots=True)
class Owners:
    """What is known of some things. What the log never named is nobody's, and free to name."""

    known: dict[Thing, Owner]

    def belongs(self, thing: Thing, machine: Machine) -> bool:
        """Whether a system may speak of a thing: it is its own, or nobody's yet.

        The corporation decides where the thing and the key both have one; a thing without (a
        notice) goes by what it refers to; else by the organisation that named it first.
        """
        owner = self.known.get(thing)
        if owner is None:
            return True
        if machine.corporation is None:
            return owner.organisation == machine.organisation
        if owner.corporation is not None:
            return owner.corporation == machine.corporation
        if judged := [other for other in owner.refers if other in self.known]:
            return all(self.belongs(other, machine) for other in judged)
        return owner.organisation == machine.organisation

    def learn(self, organisation: str, told: About) -> None:
        """Take note of a fact that is being written now."""
        before = self.known.get(told.subject)
        self.known[told.subject] = Owner(
            before.organisation if before else organisation,
            told.corporation or (before.corporation if before else None),
            told.refers or (before.refers if before else frozenset()),
        )


def corporations_of(connection: Connection, households: Iterable[str]) -> dict[str, str]:
    """Say which corporation each household is of, as the log said last; the unknown are left out.

    From the log, not from the State that is kept: that one may lag behind a fact of a minute ago.
    """
    with bulk.cursor(connection) as cursor:
        known = _read(ask(cursor, [("households", name) for name in households]))
    return {name: one.corporation for (_, name), one in known.items() if one.corporation}


Asked = Cursor[tuple[str, str, str, str | None, str | None]]
"""The question whose some things are, underway."""


def owners(connection: Connection, things: Iterable[Thing]) -> Owners:
    """Look up whose these things are, and those they refer to."""
    with bulk.cursor(connection) as cursor:
        return answered(ask(cursor, things))


def ask(cursor: Cursor[Any], things: Iterable[Thing]) -> Asked:
    """Ask whose these things are; `answered` reads the answer."""
    wanted = sorted(set(things))
    return cursor.execute(
        _SAID,
        {
            "sorts": [sort for sort, _ in wanted],
            "ids": [id_ for _, id_ in wanted],
            "kinds": [" ".join(KINDS_OF[sort]) for sort, _ in wanted],
            "says": [" ".join(SAYS_OF[sort]) for sort, _ in wanted],
        },
    )


def answered(asked: Asked) -> Owners:
    """Read whose these things are, and look up those they refer to."""
    known = _read(asked)
    beside = {other for owner in known.values() for other in owner.refers} - known.keys()
    return Owners(known | (_read(ask(asked, beside)) if beside else {}))


def _read(asked: Asked) -> dict[Thing, Owner]:
    return {
        (sort, id_): _owner(id_, source, kind, data)
        for sort, id_, source, kind, data in asked.fetchall()
    }


def _owner(id_: str, source: str, kind: str | None, data: str | None) -> Owner:
    organisation = source.partition(":systeem:")[0]
    if kind is None or data is None:
        return Owner(organisation, None, frozenset())
    said = about(kind, id_, json.loads(data))
    return Owner(organisation, said.corporation, said.refers)
