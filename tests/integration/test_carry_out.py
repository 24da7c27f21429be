"""A chain is carried out in the database: in order, together where it must be, and undone."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from data_contracts.words import DeclineReason, ProposalState
from store import course, life
from store import state as state_store
from store.undo import undo
from tests.builders import a_dwelling, a_notice, a_tenancy
from tests.chains_in_store import (
    a_ring,
    answer,
    doubles,
    folded,
    house,
    publish,
    rows_of,
    states,
    tell,
    told,
)
from tests.plans_for_store import ON, a_chain

P = ProposalState
YES = (P.TAKEN_UP, P.ACCEPTED)
NO = {"reason": DeclineReason.HUU}


@pytest.fixture
def three(database):
    """A chain of three who all accepted."""
    chain = a_chain("H1", "H2", "H3")
    house(database, chain)
    publish(database, "A", chain)
    for who in ("H1", "H2", "H3"):
        answer(database, who, *YES)
    return database


def take_back(database, household):
    row = rows_of(database)[household]
    with database.begin() as connection:
        return undo(connection, row["id"], on=ON, expected_position=row["position"])


def fall_back(database):
    with database.begin() as connection:
        return life.fall_back(connection, on=ON)


@pytest.mark.parametrize("saved", [False, True], ids=["from the log", "from the kept State"])
def test_signatures_go_from_front_to_back(three, saved):
    if saved:
        with three.begin() as connection:
            state_store.catch_up(connection)
    with pytest.raises(life.NotAllowed, match="vorige in de keten getekend"):
        answer(three, "H2", P.SIGNED)
    for who in ("H1", "H2", "H3"):
        answer(three, who, P.SIGNED)
    with pytest.raises(life.NotAllowed, match="nog niet verhuisd"):
        answer(three, "H3", P.MOVED)
    for who in ("H1", "H2", "H3"):
        answer(three, who, P.MOVED)
    assert set(states(three).values()) == {"moved"}
    assert not doubles(told(three))


def test_a_refusal_lets_what_hung_on_it_lapse_and_says_by_which_fact(three):
    answer(three, "H1", P.SIGNED)
    position = answer(three, "H2", P.DECLINED, **NO)
    assert states(three) == {"H1": "signed", "H2": "declined", "H3": "superseded"}
    assert rows_of(three)["H3"]["because"] == [position]


def test_an_expired_link_lets_what_hung_on_it_lapse(database):
    chain, other = a_chain("H1", "H2", "H3"), a_chain("H4", opens="elders")
    house(database, chain, other)
    publish(database, "A", chain, until=ON)
    publish(database, "B", chain, other, until=ON + timedelta(days=9))
    answer(database, "H3", *YES)
    with database.begin() as connection:
        assert life.expire(connection, ON + timedelta(days=1)) == 2
    assert states(database) == dict.fromkeys(("H1", "H2"), "expired") | {
        "H3": "superseded",
        "H4": "offered",
    }
    after = rows_of(database)
    assert after["H3"]["because"] == [after["H1"]["position"], after["H2"]["position"]]


def test_a_ring_signs_and_moves_as_one(database):
    ring = a_ring("H1", "H2", "H3")
    house(database, ring)
    publish(database, "A", ring)
    answer(database, "H1", *YES)
    answer(database, "H2", *YES)
    with pytest.raises(life.NotAllowed, match="woningruil"):
        answer(database, "H1", P.SIGNED)
    answer(database, "H3", *YES)
    answer(database, "H2", P.SIGNED)
    assert set(states(database).values()) == {"signed"}
    answer(database, "H1", P.MOVED)
    assert set(states(database).values()) == {"moved"}
    take_back(database, "H3")
    assert set(states(database).values()) == {"signed"}
    take_back(database, "H2")
    assert set(states(database).values()) == {"accepted"}


def test_a_home_under_notice_may_be_signed_for_and_entered_when_the_tenant_is_out(database):
    chain = a_chain("H1")
    house(database, chain)
    tell(
        database,
        ("TenancyStarted", a_tenancy("leeg", "opzegger")),
        ("NoticeGiven", a_notice("leeg", given="2026-06-01", ends="2026-07-15")),
    )
    publish(database, "A", chain)
    answer(database, "H1", *YES, P.SIGNED)
    with pytest.raises(life.NotAllowed, match="opzegde"):
        answer(database, "H1", P.MOVED)
    row = rows_of(database)["H1"]
    with database.begin() as connection:
        later = ON + timedelta(days=30)
        life.answer(connection, row["id"], P.MOVED, on=later, expected_position=row["position"])


def test_a_home_that_is_let_to_somebody_else_is_not_taken_up(database):
    chain = a_chain("H1")
    house(database, chain)
    publish(database, "A", chain)
    tell(database, ("TenancyStarted", a_tenancy("leeg", "ander", start="2026-08-01")))
    with pytest.raises(life.NotAllowed, match="niet vrij"):
        answer(database, "H1", P.TAKEN_UP)
    assert fall_back(database) == [rows_of(database)["H1"]["id"]]


def test_who_signed_for_a_home_that_is_withdrawn_keeps_the_old_one_and_the_next_wait(three):
    answer(three, "H1", P.SIGNED)
    answer(three, "H2", P.SIGNED)
    tell(three, ("DwellingRemoved", "leeg"))
    with pytest.raises(life.NotAllowed, match="ingetrokken"):
        answer(three, "H1", P.MOVED)
    fall_back(three)
    assert states(three) == {"H1": "superseded", "H2": "signed", "H3": "accepted"}
    with pytest.raises(life.NotAllowed, match="nog niet verhuisd"):
        answer(three, "H2", P.MOVED)
    with pytest.raises(life.NotAllowed, match="andere woning krijgen"):
        answer(three, "H3", P.SIGNED)
    other = a_chain("H1", opens="ander")
    tell(three, ("DwellingRegistered", a_dwelling("ander", status="LEE")))
    publish(three, "B", other)
    answer(three, "H1", *YES, P.SIGNED, P.MOVED)
    answer(three, "H2", P.MOVED)
    answer(three, "H3", P.SIGNED)


def test_when_somebody_dies_the_chain_goes_on_behind(three):
    tell(three, ("HouseholdRemoved", "H1"))
    fall_back(three)
    assert states(three) == {"H1": "superseded", "H2": "accepted", "H3": "accepted"}
    answer(three, "H2", P.SIGNED)


def test_who_moved_lives_in_the_new_home_before_the_corporation_says_so(three):
    for step in (P.SIGNED, P.MOVED):
        answer(three, "H1", step)
    other = a_chain("H9", opens="leeg")
    tell(three, ("TenancyStarted", a_tenancy("thuis-H9", "H9")))
    publish(three, "B", other)
    assert states(three)["H9"] == "superseded"  # the home is not free: it lapsed at once
    with pytest.raises(life.NotAllowed):
        answer(three, "H9", P.TAKEN_UP)


def test_an_old_notice_does_not_free_a_home_that_somebody_moved_into(database):
    chain, other = a_chain("H1"), a_chain("H9")
    house(database, chain, other)
    notice = a_notice("leeg", given="2026-05-01", ends="2026-06-01")
    tell(database, ("TenancyStarted", a_tenancy("leeg", "opzegger")), ("NoticeGiven", notice))
    publish(database, "A", chain)
    answer(database, "H1", *YES, P.SIGNED, P.MOVED)
    publish(database, "B", other)
    assert states(database)["H9"] == "superseded"
    with pytest.raises(life.NotAllowed):
        answer(database, "H9", P.TAKEN_UP)


def test_the_order_of_signatures_is_told(three):
    mine = rows_of(three)
    with three.connect() as connection:
        order = course.order_of_signatures(connection, mine["H2"]["id"], on=ON)
        steps = course.next_steps(connection, mine["H2"]["id"], on=ON)
    assert order == tuple((mine[who]["id"],) for who in ("H1", "H2", "H3"))
    opened = {(step.proposal, step.state) for step in steps if step.open}
    assert (mine["H1"]["id"], P.SIGNED) in opened
    assert (mine["H2"]["id"], P.SIGNED) not in opened


def test_a_step_is_taken_back_and_taken_again(three):
    before = states(three)
    take_back(three, "H3")
    take_back(three, "H3")
    assert states(three) == before | {"H3": "offered"}
    answer(three, "H3", *YES)
    assert states(three) == before
    assert folded(told(three)) == {r["id"]: r["state"] for r in rows_of(three).values()}
    with three.connect() as connection:
        ids = connection.execute(
            text("SELECT id FROM log WHERE subject = :id ORDER BY position"),
            {"id": rows_of(three)["H3"]["id"]},
        ).scalars()
        said = [name.split("/", 1)[1] for name in ids]
        assert connection.scalar(text("SELECT count(*) FROM conflict")) == 0
    assert said == [
        *("offered", "taken_up", "accepted", "taken_up/2", "offered/2", "taken_up/3", "accepted/2")
    ]


def test_a_step_is_not_taken_back_once_another_has_acted(three):
    with pytest.raises(life.NotAllowed, match="hierna al een stap"):
        take_back(three, "H1")
    answer(three, "H3", P.DECLINED, **NO)
    with pytest.raises(life.NotAllowed, match="hierna al een stap"):
        take_back(three, "H2")


def test_a_refusal_taken_back_lets_what_hung_on_it_stand_again(three):
    before = states(three)
    answer(three, "H1", P.DECLINED, **NO)
    assert set(states(three).values()) == {"declined", "superseded"}
    take_back(three, "H1")
    assert states(three) == before
    assert all(row["reason"] is None for row in rows_of(three).values())
    answer(three, "H1", P.SIGNED)


def test_a_refusal_cannot_be_taken_back_once_the_home_went_to_another(three):
    answer(three, "H1", P.DECLINED, **NO)
    other = a_chain("H9", opens="leeg")
    tell(three, ("TenancyStarted", a_tenancy("thuis-H9", "H9")))
    publish(three, "B", other)
    with pytest.raises(life.NotAllowed, match="ander voorstel"):
        take_back(three, "H1")


def test_an_offer_has_no_step_to_take_back(database):
    publish(database, "A", a_chain("H1"))
    with pytest.raises(life.NotAllowed, match="geen stap"):
        take_back(database, "H1")


def test_a_move_that_the_corporation_confirmed_cannot_be_taken_back(three):
    for step in (P.SIGNED, P.MOVED):
        answer(three, "H1", step)
    tell(three, ("TenancyStarted", a_tenancy("leeg", "H1", start=str(ON))))
    with pytest.raises(life.NotAllowed, match="administratie"):
        take_back(three, "H1")


def test_a_home_that_nobody_lives_in_for_another_reason_may_be_entered(three):
    tell(three, ("TenancyEnded", "H1-thuis-H1"))
    answer(three, "H2", P.SIGNED, P.MOVED)
