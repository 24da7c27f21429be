"""Somebody to sign in as, at the desk of a demo: made-up people, one password, no second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from store import passwords, users
from store.tables import proposal

if TYPE_CHECKING:
    from sqlalchemy import Connection

PEOPLE = {
    "coach": ("coach", "Voorbeeldcoach"),
    "beleid": ("planner", "Voorbeeldbeleid"),
    "gegevens": ("steward", "Voorbeeldgegevens"),
    "beheer": ("administrator", "Voorbeeldbeheer"),
}
"""By login: the role, and the name on the screen."""
PHONE = "06-00000000"
"""Made up, as those of the households of the example region are: they all begin with 06-00."""


def people(connection: Connection) -> str | None:
    """Make an account for every role at the corporation with most proposals; give their password.

    A demo that is run again gives them another. None where nothing was proposed.
    """
    most = (
        select(proposal.c.coach, proposal.c.corporation)
        .where(proposal.c.state == "offered", proposal.c.coach.is_not(None))
        .where(proposal.c.corporation.is_not(None))
        .group_by(proposal.c.coach, proposal.c.corporation)
        .order_by(func.count().desc(), proposal.c.coach, proposal.c.corporation)
    )
    busiest = connection.execute(most.limit(1)).first()
    if busiest is None:
        return None
    password = passwords.made_up()
    for login, (role, name) in PEOPLE.items():
        known = users.by_login(connection, busiest.corporation, login)
        if known is not None:
            users.set_password(connection, known[0], password, by="demo")
            continue
        users.add(
            connection,
            corporation=busiest.corporation,
            login=login,
            name=name,
            roles=[role],
            password=password,
            coach=busiest.coach if role == "coach" else None,
            phone=PHONE if role == "coach" else None,
            factor_needed=False,
        )
    return password
