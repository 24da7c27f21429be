"""Appointments for the calendar of a coach: iCalendar, without anybody's name or address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PRODUCT = "-//Verhuisketen//Afspraken//NL"


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit about a proposal. `said` is when it was planned or called off, as the fact says.

    `position` is that fact's in the log: of what calendars hear of a visit, the highest counts.
    """

    visit: str
    proposal: str
    begins: datetime
    minutes: int
    said: datetime
    position: int
    cancelled: bool = False


def agenda(appointments: Iterable[Appointment], *, address: str) -> bytes:
    """Write appointments as iCalendar (RFC 5545); equal appointments give equal bytes.

    `address` is where the desk is reached: an event leads to its proposal, and says no more.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for one in sorted(appointments, key=lambda a: (a.begins, a.visit)):
        calendar.add_component(_event(one, address))
    return bytes(calendar.to_ical())


def _event(one: Appointment, address: str) -> Event:
    event = Event()
    event.add("uid", f"{one.visit}@verhuisketen")
    event.add("dtstamp", one.said)
    event.add("sequence", one.position)
    event.add("dtstart", one.begins)
    event.add("dtend", one.begins + timedelta(minutes=one.minutes))
    event.add("summary", f"Bezoek ({one.proposal})")
    event.add("url", f"{address.rstrip('/')}/voorstellen/{one.proposal}")
    event.add("class", "CONFIDENTIAL")
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    return event
