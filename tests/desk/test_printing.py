"""Paper from the desk itself: whose it is, what is written down of it, and what it says."""

import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from icalendar import Calendar
from sqlalchemy import text

from desk import printing
from desk.paper import pdf
from pipelines.sources import text as reader
from store import decisions
from tests.desk.test_letter import words


@pytest.fixture
def pages(monkeypatch):
    """What went to the press, in stead of printing it."""
    kept = []

    def press(html, **_):
        kept.append(html)
        return b"%PDF-1.7"

    monkeypatch.setattr(printing, "printed", press)
    return kept


@pytest.fixture
def mine(engine, busiest):
    """The proposals of the busiest coach, by id."""
    with engine.connect() as connection:
        return connection.execute(
            text(
                "SELECT id, household, dwelling, leaves FROM proposal WHERE coach = :coach"
                " AND corporation = :corporation AND state = 'offered' ORDER BY id"
            ),
            {"coach": busiest[0], "corporation": busiest[1]},
        ).all()


def looks(engine, purpose):
    with engine.connect() as connection:
        return connection.execute(
            text("SELECT what, ids FROM access WHERE purpose = :purpose ORDER BY id"),
            {"purpose": purpose},
        ).all()


@pytest.mark.parametrize(
    ("path", "purpose"), [("brief", printing.LETTER), ("woonplan", printing.WOONPLAN)]
)
def test_paper_is_a_file_with_a_name_of_ours(as_coach, mine, pages, engine, path, purpose):
    answer = as_coach().get(f"/voorstellen/{mine[0].id}/{path}.pdf")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    named = f'attachment; filename="{path}-{mine[0].id}.pdf"'
    assert answer.headers["content-disposition"] == named
    assert next((row.what, list(row.ids)) for row in looks(engine, purpose)) == (
        "person",
        [mine[0].household],
    )
    assert len(pages) == 1


def test_every_letter_of_a_night_says_what_it_must(as_coach, mine, pages):
    coach = as_coach()
    for row in mine:
        assert coach.get(f"/voorstellen/{row.id}/brief.pdf").status_code == 200

    assert len(pages) == len(mine)
    for page in pages:
        said = words(page)
        assert "De huur wordt" in said
        assert "U verliest dus niets." in said
        assert "voorstel-" not in said


def test_the_letter_has_the_number_of_the_coach(as_coach, mine, pages, as_administrator):
    coach, administrator = as_coach(), as_administrator()
    account = f"/beheer/gebruikers/{coach.viewer.user}"
    form = {"naam": "Anneke Bos", "rollen": "coach", "coach": coach.viewer.coach}

    wrong = administrator.post(account, data=form | {"telefoon": "bel mij"})
    right = administrator.post(account, data=form | {"telefoon": "036 123 45 67"})
    coach.get(f"/voorstellen/{mine[0].id}/brief.pdf")

    assert (wrong.status_code, right.status_code) == (400, 303)
    assert "Bel Anneke Bos: 036 123 45 67." in words(pages[-1])


@pytest.mark.parametrize("path", ["brief", "woonplan"])
def test_paper_about_somebody_elses_household_does_not_exist(as_role, mine, pages, path, busiest):
    other = as_role("coach", busiest[1], coach="COACH-ELDERS")
    abroad = as_role("coach", "99999999", coach=busiest[0])
    unknown = other.get(f"/voorstellen/voorstel-0000000000000000/{path}.pdf")

    for client in (other, abroad):
        answer = client.get(f"/voorstellen/{mine[0].id}/{path}.pdf")
        assert (answer.status_code, answer.content) == (404, unknown.content)
    assert pages == []


def test_a_proposal_that_is_over_gives_no_letter(as_coach, mine, engine, pages):
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE proposal SET state = 'superseded' WHERE id = :id"), {"id": mine[0].id}
        )

    assert as_coach().get(f"/voorstellen/{mine[0].id}/brief.pdf").status_code == 409
    assert pages == []


def test_a_press_that_fails_is_told_as_such(as_coach, mine, monkeypatch):
    def broken(_, **__):
        raise pdf.NotPrinted

    monkeypatch.setattr(printing, "printed", broken)
    answer = as_coach().get(f"/voorstellen/{mine[0].id}/brief.pdf")

    assert answer.status_code == 503
    assert "afdrukken is niet gelukt" in answer.text


def test_a_letter_of_the_night_goes_through_the_press(as_coach, mine):
    answer = as_coach().get(f"/voorstellen/{mine[0].id}/brief.pdf")

    assert answer.content.startswith(b"%PDF-1.7")


def sheet_of(answer):
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    headings, *rows = page.values
    return [dict(zip(headings, row, strict=True)) for row in rows]


def test_the_morning_list_leaves_as_a_workbook_without_names(as_coach, mine, engine):
    answer = as_coach().get("/voorstellen.xlsx")
    rows = sheet_of(answer)

    assert {row["Voorstel"] for row in rows} == {one.id for one in mine}
    assert "Naam" not in rows[0]
    assert rows[0]["Streefhuur"] > 100
    assert looks(engine, printing.LIST) == []
    assert re.fullmatch(
        r'attachment; filename="voorstellen-\d{4}-\d\d-\d\d\.xlsx"',
        answer.headers["content-disposition"],
    )


def test_names_leave_only_when_asked_for_and_are_written_down(as_coach, mine, engine):
    rows = sheet_of(as_coach().get("/voorstellen.xlsx?namen=ja"))
    seen = {row.what: set(row.ids) for row in looks(engine, printing.LIST)}

    assert any(row["Naam"] for row in rows)
    assert seen["person"] == {one.household for one in mine}
    assert set(seen) == {"person", "address"}


def test_the_same_list_leaves_as_csv(as_coach, mine, tmp_path):
    coach = as_coach()
    path = tmp_path / "lijst.csv"
    path.write_bytes(coach.get("/voorstellen.csv").content)
    read = [record.cells for record in reader.read(path).records]

    assert [one["Voorstel"] for one in read] == [
        one["Voorstel"] for one in sheet_of(coach.get("/voorstellen.xlsx"))
    ]
    assert len(read) == len(mine)


def test_a_coach_without_households_gets_an_empty_list(as_role):
    nobody = as_role("coach", coach="COACH-NIEUW")

    assert sheet_of(nobody.get("/voorstellen.xlsx")) == []
    assert nobody.get("/agenda.ics").content.count(b"VEVENT") == 0


@pytest.mark.parametrize("path", ["/voorstellen.xlsx", "/voorstellen.csv", "/agenda.ics"])
def test_lists_are_for_coaches(as_planner, as_steward, anonymous, path):
    assert as_planner().get(path).status_code == 403
    assert as_steward().get(path).status_code == 403
    assert anonymous().get(path).status_code in (303, 401)


def test_a_visit_stands_in_the_calendar_until_it_is_called_off(as_coach, mine, engine, busiest):
    coach, now = as_coach(), datetime.now(tz=UTC)
    about = {"by": coach.viewer.user, "corporation": busiest[1]}
    with engine.begin() as connection:
        when = {"moment": now + timedelta(days=2), "minutes": 45, "asked": now}
        visit = decisions.plan_visit(connection, mine[0].id, **when, **about)
    (planned,) = Calendar.from_ical(coach.get("/agenda.ics").content).walk("VEVENT")
    with engine.begin() as connection:
        decisions.cancel_visit(connection, visit, on=now.date(), **about)
    (cancelled,) = Calendar.from_ical(coach.get("/agenda.ics").content).walk("VEVENT")

    assert planned["SUMMARY"] == f"Bezoek ({mine[0].id})"
    assert planned.decoded("DTEND") - planned.decoded("DTSTART") == timedelta(minutes=45)
    assert (planned["STATUS"], cancelled["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert planned["UID"] == cancelled["UID"]
    assert cancelled["SEQUENCE"] > planned["SEQUENCE"]


def test_the_pages_lead_to_what_can_be_printed(as_coach, mine):
    coach = as_coach()
    for page in ("/voorstellen", f"/voorstellen/{mine[0].id}"):
        shown = coach.get(page).text
        files = re.findall(r'href="(/[^"]+\.(?:pdf|xlsx|csv|ics)[^"]*)"', shown)
        assert files
        assert {coach.get(one).status_code for one in files} == {200}
