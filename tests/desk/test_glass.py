"""Breaking the glass: a reason first, one household, one day, and a line that stays."""

import pytest
from sqlalchemy import text

from store import glass

REASON = "ik neem vandaag waar voor een collega"


@pytest.fixture
def anothers(engine, busiest):
    """A household of one's own corporation without one's own coach."""
    with engine.begin() as connection:
        return connection.scalar(
            text(
                "SELECT key FROM state_row WHERE state_table = 'households' AND NOT gone"
                " AND data::jsonb ->> 'corporation' = :mine"
                " AND data::jsonb ->> 'coach' IS NULL ORDER BY key LIMIT 1"
            ),
            {"mine": busiest[1]},
        )


def where(household):
    return f"/huishoudens/{household}/breek-glas"


def test_a_reason_opens_one_household_for_one_coach(as_coach, engine, desk, anothers):
    coach = as_coach()
    assert coach.get(where(anothers)).status_code == 200
    asked = {"reden": REASON, "naar": f"/huishoudens/{anothers}"}
    answer = coach.post(where(anothers), data=asked)
    assert (answer.status_code, answer.headers["location"]) == (303, asked["naar"])
    at = desk.state.desk.clock()
    with engine.connect() as connection:
        opened = glass.opened(connection, user=coach.viewer.user, at=at)
        assert opened == {anothers}
        assert glass.opened(connection, user=coach.viewer.user, at=at + glass.LASTS) == set()
        assert glass.broken(connection, anothers, user=coach.viewer.user, at=at)
        assert not glass.broken(connection, anothers, user="G-ander", at=at)
        (told,) = glass.report(connection, coach.viewer.corporation, household=anothers)
        assert (told["id"], told["reason"]) == (coach.viewer.user, REASON)
        line = connection.execute(
            text("SELECT who, purpose, what, ids FROM access ORDER BY id DESC LIMIT 1")
        ).one()
    assert tuple(line) == (coach.viewer.user, "glas gebroken", "glass", [anothers])


@pytest.mark.parametrize("reason", ["", "kort", "   \n  \t ", "x" * 501, f"{REASON} 111222333"])
def test_without_a_reason_it_stays_shut(as_coach, engine, anothers, reason):
    coach = as_coach()
    answer = coach.post(where(anothers), data={"reden": reason, "naar": "/"})
    assert answer.status_code == 400
    with engine.connect() as connection:
        assert glass.report(connection, coach.viewer.corporation) == ()


def test_another_corporation_has_no_household_here(as_coach, engine, busiest):
    with engine.connect() as connection:
        theirs = connection.scalar(
            text("SELECT household FROM person WHERE corporation <> :mine LIMIT 1"),
            {"mine": busiest[1]},
        )
    coach = as_coach()
    there = coach.post(where(theirs), data={"reden": REASON})
    absent = coach.post(where("H-bestaat-niet"), data={"reden": REASON})
    assert there.status_code == absent.status_code == 404
    assert there.content == absent.content
    with engine.connect() as connection:
        assert glass.report(connection, busiest[1]) == ()


def test_the_administrator_sees_who_broke_it_and_why(as_coach, as_administrator, anothers):
    as_coach().post(where(anothers), data={"reden": f"{REASON} <b>"})
    page = as_administrator().get("/beheer/glas").text
    assert f"{REASON} &lt;b&gt;" in page
    assert anothers in page


def test_after_it_one_goes_nowhere_else(as_coach, anothers):
    asked = {"reden": REASON, "naar": "https://elders.example/"}
    assert as_coach().post(where(anothers), data=asked).headers["location"] == "/"


def test_who_broke_the_glass_reads_the_proposal_and_decides_nothing(
    as_coach, desk, engine, busiest
):
    desk.state.desk.thinking.look()
    colleague = as_coach("COACH-INVAL", busiest[1])
    with engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT id, household, position FROM proposal WHERE coach = :coach"
                " AND corporation = :corporation AND state = 'offered' ORDER BY id LIMIT 1"
            ),
            {"coach": busiest[0], "corporation": busiest[1]},
        ).one()
    page = f"/voorstellen/{row.id}"
    assert colleague.get(page).status_code == 404
    colleague.post(where(row.household), data={"reden": REASON, "naar": page})

    seen = colleague.get(page)
    assert seen.status_code == 200
    assert "Dit is een huishouden van een collega" in seen.text
    assert f'action="{page}/stap"' not in seen.text
    other = colleague.get(f"{page}/alternatieven")
    assert other.status_code == 200
    assert "aanwijzingen" not in seen.text + other.text
    step = {"stap": "taken_up", "stand": str(row.position), "eenmalig": "k" * 24}
    assert colleague.post(f"{page}/stap", data=step).status_code == 404
