"""Who looked at whom, and why: a line in the very transaction of the look, never changed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Text, cast, exc, insert, select
from sqlalchemy.dialects.postgresql import array

from data_contracts.words import VerhuisketenError
from store.database import is_outage
from store.tables import access

if TYPE_CHECKING:
    from sqlalchemy import Connection

SHOWN = ("at", "who", "client", "purpose", "what")


class NotWritten(VerhuisketenError):
    """Wij kunnen nu niet opschrijven wie er kijkt, dus tonen wij niets. Waarschuw de beheerder."""


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks, for which purpose, for which corporation (None: for all), with which client.

    The purpose is one of ours, never typed: no field value of a person stands in it.
    """

    who: str
    purpose: str
    corporation: str | None = None
    client: str = ""


Seen = Mapping[str | None, Sequence[str]]
"""The ids of what was found, by the corporation it is of."""


def note(connection: Connection, look: Look, what: str, seen: Seen) -> None:
    """Write what was looked at: a line per corporation, with the ids of what was found.

    Call it in the transaction that reads: when the line cannot be written, nothing was read.
    """
    note_all(connection, look, {what: seen})


def note_all(connection: Connection, look: Look, seen: Mapping[str, Seen]) -> None:
    """Write what was looked at by what it was, as `note` does, in one go."""
    lines = [
        {
            "who": look.who,
            "purpose": look.purpose,
            "client": look.client,
            "what": what,
            "rows": len(ids),
            "corporation": corporation,
            "ids": list(ids),
        }
        for what, found in seen.items()
        for corporation, ids in found.items()
    ]
    try:
        connection.execute(insert(access), lines)
    except exc.DBAPIError as error:
        if is_outage(error):
            raise
        raise NotWritten from error


def looked(connection: Connection, look: Look, what: str, ids: Sequence[str]) -> None:
    """Write that somebody looked at things of one corporation that are not kept in `store.people`.

    For needs, histories, and whatever else says something of a household.
    """
    note(connection, look, what, {look.corporation: ids})


def looks_at(connection: Connection, name: str, *, most: int = 200) -> tuple[dict[str, Any], ...]:
    """Give who looked at a household or home, the newest first: at, who, client, purpose, what.

    Read it by `store.tenants.reading`: then only lines of one's own corporation are there.
    """
    rows = connection.execute(
        select(*(access.c[column] for column in SHOWN))
        .where(access.c.ids.op("@>")(cast(array([name]), ARRAY(Text))))
        .order_by(access.c.id.desc())
        .limit(most)
    )
    return tuple(dict(row) for row in rows.mappings())
