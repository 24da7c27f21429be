"""Paper from the desk itself: whose it is, what is written down of it, and what it says."""

import pytest
from sqlalchemy import text

from desk import printing
from desk.app import application  # noqa: F401 - the router stands in the application
from desk.paper import pdf
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
