"""What day it is: the one place where the product asks the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = "Europe/Amsterdam"


def today(now: datetime | None = None) -> date:
    """Give the day in Amsterdam, whatever zone the machine is set to; a container knows only UTC.

    `now` (with a zone) is for tests.
    """
    return (now or datetime.now(tz=UTC)).astimezone(ZoneInfo(ZONE)).date()
