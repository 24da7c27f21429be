"""Breaking the glass: looking, for a reason, at a household that another coach goes to see.

It opens one household for one account, for a working day, and is written down for good: who is
asked "who looked at me?" can answer, and so can the administrator.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, text

from data_contracts.bsn import holds_bsn
from data_contracts.words import VerhuisketenError
from store.access import Look, looked
from store.tables import account, glass

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

LASTS = timedelta(hours=10)
SHORTEST, LONGEST = 15, 500


class NoReason(VerhuisketenError):
    """Schrijf in een zin waarom u dit huishouden wilt zien. Schrijf niets over ziekte."""


def break_(
    connection: Connection,
    household: str,
    *,
    corporation: str,
    user: str,
    reason: str,
    at: datetime,
) -> None:
    """Open a household for an account for a day. Raises NoReason.

    Find the household by `store.tenants.reading` first: this says of no other corporation's.
    """
    why = " ".join(reason.split())
    if not SHORTEST <= len(why) <= LONGEST:
        raise NoReason
    if holds_bsn(why):
        raise NoReason("Schrijf geen burgerservicenummer op. Haal het weg en probeer het opnieuw.")
    connection.execute(
        insert(glass).values(
            corporation=corporation,
            account=user,
            household=household,
            reason=why,
            at=at,
            until=at + LASTS,
        )
    )
    look = Look(user, "glas gebroken", corporation)
    looked(connection, look, "glass", [household])


def broken(connection: Connection, household: str, *, user: str, at: datetime) -> bool:
    """Whether an account may look at a household now because it broke the glass."""
    found = select(glass.c.id).where(
        glass.c.household == household,
        glass.c.account == user,
        glass.c.at <= at,
        glass.c.until > at,
    )
    return connection.execute(found.limit(1)).first() is not None


def opened(connection: Connection, *, user: str, at: datetime) -> frozenset[str]:
    """Give the households that are open to an account now because it broke the glass."""
    found = select(glass.c.household).where(
        glass.c.account == user, glass.c.at <= at, glass.c.until > at
    )
    return frozenset(connection.execute(found).scalars())


def report(
    connection: Connection, corporation: str, *, household: str | None = None, most: int = 200
) -> tuple[dict[str, Any], ...]:
    """Give who broke the glass, the newest first: at, until, household, name, reason."""
    rows = select(
        glass.c.at, glass.c.until, glass.c.household, glass.c.reason, account.c.name, account.c.id
    ).join_from(glass, account, glass.c.account == account.c.id)
    rows = rows.where(glass.c.corporation == corporation)
    if household is not None:
        rows = rows.where(glass.c.household == household)
    found = connection.execute(rows.order_by(glass.c.id.desc()).limit(most))
    return tuple(dict(row) for row in found.mappings())


def is_ours(connection: Connection, household: str, corporation: str) -> bool:
    """Whether a household is one of a corporation's, as the State says last."""
    whose = text(
        "SELECT data::jsonb ->> 'corporation' FROM state_row"
        " WHERE state_table = 'households' AND key = :household AND NOT gone"
    )
    return connection.execute(whose, {"household": household}).scalar() == corporation
