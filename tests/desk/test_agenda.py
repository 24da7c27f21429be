from dataclasses import replace
from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from desk.paper.agenda import Appointment, agenda

AT = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
SAID = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
VISIT = Appointment("bezoek-1", "voorstel-0a1b", AT, 60, SAID, 7)
DESK = "https://desk.example.org/"


def events(appointments):
    return Calendar.from_ical(agenda(appointments, address=DESK)).walk("VEVENT")


def test_a_visit_stands_in_the_calendar_without_a_name():
    (event,) = events([VISIT])

    assert event["SUMMARY"] == "Bezoek (voorstel-0a1b)"
    assert event["URL"] == "https://desk.example.org/voorstellen/voorstel-0a1b"
    assert event.decoded("DTSTART") == AT
    assert event.decoded("DTSTAMP") == SAID
    assert "LOCATION" not in event


def test_a_changed_visit_replaces_the_one_before():
    (before,) = events([VISIT])
    (after,) = events([replace(VISIT, position=9, cancelled=True)])

    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")


def test_the_same_visits_in_another_order_give_the_same_bytes():
    other = replace(VISIT, visit="bezoek-2")

    assert agenda([VISIT, other], address=DESK) == agenda([other, VISIT], address=DESK)


def test_nothing_can_be_smuggled_into_a_calendar():
    odd = replace(VISIT, proposal="x\r\nATTENDEE:mailto:a@example.org")

    with pytest.raises(ValueError, match="CR or LF"):
        agenda([odd], address=DESK)
