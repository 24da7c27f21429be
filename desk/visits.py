"""Whom a coach goes to see today and tomorrow, at the top of her morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from store import decisions
from store.today import ZONE, today

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from store.database import Connection

DAYS = 2
"""Today, and tomorrow: what somebody may still have to get ready for."""


@dataclass(frozen=True, slots=True)
class Visiting:
    """A visit that is planned: when by the clock in Amsterdam, how long, to whom without a name."""

    proposal: str
    household: str
    begins: datetime
    minutes: int
    on: date

    @property
    def day_words(self) -> str:
        """Say whether it is today."""
        return "vandaag" if self.begins.date() == self.on else "morgen"

    @property
    def ends(self) -> datetime:
        """When she is out again."""
        return self.begins + timedelta(minutes=self.minutes)


def visiting(
    connection: Connection, households: Sequence[str], *, now: datetime
) -> tuple[Visiting, ...]:
    """Give the visits to these households today and tomorrow, soonest first.

    In a transaction of `store.tenants.reading`.
    """
    zone, on = ZoneInfo(ZONE), today(now)
    since, until = (
        datetime.combine(on + timedelta(days=days), time(), tzinfo=zone) for days in (0, DAYS)
    )
    return tuple(
        Visiting(
            proposal=row["proposal"],
            household=row["household"],
            begins=row["moment"].astimezone(zone),
            minutes=row["minutes"],
            on=on,
        )
        for row in decisions.visits_to(connection, households, since=since, until=until)
    )
