"""Adoption: what became of proposals, in numbers that are right and never too small."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from data_contracts.words import DeclineReason, ProposalState
from store import adoption, life, marks

SINCE = date(2026, 1, 1)


@pytest.fixture
def offered(engine, busiest):
    """The proposals of the busiest corporation that stand: those of other chains first, by name."""
    with engine.connect() as connection:
        return connection.execute(
            text(
                "SELECT id, position, offered_on FROM proposal WHERE corporation = :of"
                " AND state = 'offered'"
                " ORDER BY row_number() OVER (PARTITION BY chain ORDER BY id), id"
            ),
            {"of": busiest[1]},
        ).all()


def answer(engine, one, state, *, reason=None, on=None):
    with engine.begin() as connection:
        position = connection.scalar(
            text("SELECT position FROM proposal WHERE id = :id"), {"id": one.id}
        )
        return life.answer(
            connection,
            one.id,
            state,
            on=on or one.offered_on,
            expected_position=position,
            reason=reason,
        )


def total(weeks, name):
    return sum(getattr(one, name) or 0 for one in weeks.values())


def counted(engine, of):
    with engine.connect() as connection:
        return adoption.by_week(connection, of, since=SINCE)


def test_offered_read_taken_up_and_declined_are_counted_as_they_happened(engine, offered, busiest):
    assert len(offered) >= 12
    for one in offered[:7]:
        with engine.begin() as connection:
            marks.mark(connection, one.id, who="G-1", corporation=busiest[1])
    for one in offered[:6]:
        answer(engine, one, ProposalState.TAKEN_UP)
    with engine.connect() as connection:
        standing = connection.scalars(
            text("SELECT id FROM proposal WHERE state = 'taken_up' ORDER BY id")
        ).all()
    gone = [one for one in offered[:6] if one.id in standing][:5]
    for one in gone:
        answer(engine, one, ProposalState.DECLINED, reason=DeclineReason.PER_WACHT)

    weeks = counted(engine, busiest[1])

    assert total(weeks, "offered") == len(offered)
    assert total(weeks, "read") == 7
    assert total(weeks, "taken_up") == 6
    assert total(weeks, "declined") == len(gone) == 5
    assert total(weeks, "in_time") == total(weeks, "due") == 6
    with engine.connect() as connection:
        assert adoption.declined(connection, busiest[1], since=SINCE) == {"PER_WACHT": 5}


def test_an_answer_after_its_term_is_due_but_not_in_time(engine, offered, busiest):
    with engine.begin() as connection:
        connection.execute(text("UPDATE proposal SET until = offered_on + 7"))
    late = offered[0].offered_on + timedelta(days=8)
    for one in offered[:6]:
        answer(engine, one, ProposalState.TAKEN_UP, on=late)

    weeks = counted(engine, busiest[1])

    assert (total(weeks, "due"), total(weeks, "in_time")) == (6, 0)


def test_another_corporations_proposals_are_not_counted(engine, offered, busiest):
    with engine.connect() as connection:
        every = connection.scalar(text("SELECT count(*) FROM proposal"))
    assert every > len(offered) == total(counted(engine, busiest[1]), "offered")


@given(cells=st.lists(st.integers(0, 30), max_size=8))
def test_what_was_left_out_cannot_be_had_from_the_total(cells):
    told = adoption.without_few(cells)
    hidden = [at for at, cell in enumerate(told) if cell is None]

    assert all(cell is None or cell == 0 or cell >= adoption.FEWEST for cell in told)
    assert all(told[at] in (None, cell) for at, cell in enumerate(cells))
    others = any(cell >= adoption.FEWEST for cell in cells)
    assert len(hidden) != 1 or not others


def test_the_page_tells_the_totals_and_leaves_out_small_numbers(
    as_administrator, engine, offered, busiest
):
    with engine.begin() as connection:
        connection.execute(text("UPDATE proposal SET offered_on = current_date"))
    for one in offered[:2]:
        answer(engine, one, ProposalState.TAKEN_UP, on=datetime.now(tz=UTC).date())

    page = as_administrator().get("/beheer/gebruik")

    assert page.status_code == 200
    assert f"van {len(offered)} gelezen" in page.text
    assert "minder dan 5" in page.text
    assert "Per verhuiscoach" not in page.text
    assert busiest[0] not in page.text


def test_coaches_are_told_apart_only_where_the_corporation_chose_so(
    as_administrator, desk, busiest, engine
):
    with engine.begin() as connection:
        connection.execute(text("UPDATE proposal SET offered_on = current_date"))
    kept = desk.state.desk
    kept.installation = kept.installation.model_copy(update={"adoption_per_coach": True})

    page = as_administrator().get("/beheer/gebruik").text

    assert "Per verhuiscoach" in page
    assert busiest[0] in page


def test_only_administrators_read_it(as_role, anonymous):
    for role in ("coach", "planner", "steward"):
        assert as_role(role).get("/beheer/gebruik").status_code == 403
    assert anonymous().get("/beheer/gebruik").status_code == 303
