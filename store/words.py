"""What a coach writes in own words: kept apart from every fact, read with a line, and forgettable.

A few words, no more, and never a number that may be a burgerservicenummer: what does not belong
here is refused before it is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from data_contracts.bsn import holds_bsn
from data_contracts.mistakes import UNREADABLE
from data_contracts.words import VerhuisketenError
from store.access import Look, note
from store.tables import instruction, visit, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

LONGEST = 300
"""Characters: a remark, not a report about somebody."""


class NotToBeKept(VerhuisketenError):
    """Deze tekst kan hier niet staan. Schrijf het korter en zonder persoonlijke nummers."""


def screened(said: str) -> str:
    """Give the words as they may be kept. Raises NotToBeKept, which never repeats them."""
    text = " ".join(said.split())
    if not text:
        raise NotToBeKept("Schrijf in een paar woorden wat er is.")
    if len(text) > LONGEST:
        raise NotToBeKept(f"Houd het kort: hoogstens {LONGEST} tekens.")
    if UNREADABLE.search(text):
        raise NotToBeKept("Er staat een onleesbaar teken in de tekst. Haal het weg.")
    if holds_bsn(text):
        raise NotToBeKept(
            "In de tekst staat een nummer dat een burgerservicenummer kan zijn. Haal het weg: zo'n "
            "nummer bewaren wij niet."
        )
    return text


def keep(
    connection: Connection,
    *,
    corporation: str,
    household: str,
    about: str,
    subject: str,
    said: str,
    by: str,
) -> None:
    """Keep the words about one thing; what stood there goes. Raises NotToBeKept."""
    text = screened(said)
    forget_about(connection, corporation, about, subject)
    connection.execute(
        insert(words).values(
            corporation=corporation,
            household=household,
            about=about,
            subject=subject,
            said=text,
            by=by,
        )
    )


def forget_about(connection: Connection, corporation: str, about: str, subject: str) -> None:
    """Let go of the words about one thing."""
    c = words.c
    connection.execute(
        delete(words).where(c.corporation == corporation, c.about == about, c.subject == subject)
    )


def read(
    connection: Connection, subjects: Sequence[str], look: Look, *, about: str
) -> dict[str, str]:
    """Give the words about these things, by thing; the look is written down with it."""
    c = words.c
    chosen = select(c.subject, c.said, c.household, c.corporation).where(
        c.about == about, c.subject.in_(sorted(set(subjects)))
    )
    if look.corporation is not None:
        chosen = chosen.where(c.corporation == look.corporation)
    rows = connection.execute(chosen).all()
    seen: dict[str | None, list[str]] = {} if rows else {look.corporation: []}
    for row in rows:
        seen.setdefault(row.corporation, []).append(row.household)
    note(connection, look, words.name, seen)
    return {row.subject: row.said for row in rows}


def forget(connection: Connection, household: str) -> None:
    """Let go of everything that was written, planned and asked about a household."""
    for table in (words, visit, instruction):
        connection.execute(delete(table).where(table.c.household == household))


def rows_of(connection: Connection, household: str) -> list[dict[str, Any]]:
    """Give what is kept about a household without what it says: about what, by whom, when."""
    c = words.c
    chosen = select(c.about, c.subject, c.by, c.at).where(c.household == household).order_by(c.id)
    return [dict(row) for row in connection.execute(chosen).mappings()]
