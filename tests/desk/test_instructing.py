"""Change with open eyes: what a coach asks of the plan is priced first, and then done."""

import re

import pytest
from sqlalchemy import text

from pipelines.on_event import Rematcher
from tests.desk.test_deciding import (  # noqa: F401 - fixtures
    coach,
    desk,
    facts_of,
    first,
    post,
    row_of,
    rows,
)


def page_of(_client, household):
    return f"/huishoudens/{household}/aanwijzingen"


def weigh(client, household, dwelling, wat):
    return client.get(page_of(client, household), params={"woning": dwelling, "wat": wat})


def form_in(shown):
    names = ("woning", "wat", "stand", "eenmalig")
    return {name: re.search(rf'name="{name}" value="([^"]*)"', shown.text)[1] for name in names}


def told(engine):
    with engine.connect() as connection:
        found = connection.execute(text("SELECT * FROM instruction ORDER BY position"))
        return [dict(row) for row in found.mappings()]


def standing_pairs(engine):
    query = text("SELECT household, dwelling FROM proposal WHERE state = 'offered'")
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(query)}


def test_a_move_is_priced_then_forbidden_and_the_plan_does_without(engine, settings, coach, first):  # noqa: F811 - the fixtures that were imported
    household, dwelling = first["household"], first["dwelling"]
    seen = weigh(coach, household, dwelling, "forbid")
    assert seen.status_code == 200
    assert "de rest van het plan" in seen.text
    assert told(engine) == []
    done = coach.post(page_of(coach, household), data=form_in(seen))
    assert (done.status_code, done.headers["location"]) == (303, page_of(coach, household))
    (row,) = told(engine)
    assert (row["asks"], row["by"], row["withdrawn"]) == ("forbid", coach.viewer.user, None)
    ((kind, said),) = facts_of(engine, row["id"])
    assert (kind, said["household"], said["dwelling"]) == ("MoveForbidden", household, dwelling)
    assert "wordt nog bijgewerkt" in coach.get(page_of(coach, household)).text
    assert Rematcher(engine, settings).catch_up().plan is not None
    assert (household, dwelling) not in standing_pairs(engine)
    assert "Het plan volgt dit." in coach.get(page_of(coach, household)).text


@pytest.fixture
def elsewhere(desk, first):  # noqa: F811 - the fixtures that were imported
    """Another home that the household of the first proposal may be put in."""
    options = desk.state.desk.thinking.now().options
    theirs = options[(options["household"] == first["household"]).to_numpy()]
    free = set(desk.state.desk.thinking.now().warm.openings)
    some = [home for home in theirs["dwelling"] if home != first["dwelling"] and home in free]
    return some[0]


def test_a_household_is_put_in_another_home(engine, settings, coach, first, elsewhere):  # noqa: F811 - the fixtures that were imported
    household = first["household"]
    seen = weigh(coach, household, elsewhere, "pin")
    assert "Vraag dit aan het plan" in seen.text, seen.text
    assert coach.post(page_of(coach, household), data=form_in(seen)).status_code == 303
    Rematcher(engine, settings).catch_up()
    assert (household, elsewhere) in standing_pairs(engine)
    shown = coach.get(page_of(coach, household)).text
    assert "Het plan volgt dit." in shown
    name = told(engine)[0]["id"]
    token = re.search(r'name="eenmalig" value="([^"]*)"', shown)[1]
    gone = coach.post(page_of(coach, household), data={"eenmalig": token, "intrekken": name})
    assert gone.status_code == 303
    assert told(engine)[0]["withdrawn"] is not None
    assert [kind for kind, _ in facts_of(engine, name)] == ["MovePinned", "InstructionWithdrawn"]
    assert "nu niets gevraagd" in coach.get(page_of(coach, household)).text


def test_the_same_form_twice_asks_once(engine, coach, first):  # noqa: F811 - the fixtures that were imported
    form = form_in(weigh(coach, first["household"], first["dwelling"], "pin"))
    answers = [coach.post(page_of(coach, first["household"]), data=form) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert len(facts_of(engine, told(engine)[0]["id"])) == 1


def test_what_is_asked_twice_for_one_household_clashes(engine, coach, first, elsewhere):  # noqa: F811 - the fixtures that were imported
    household = first["household"]
    forms = [
        form_in(weigh(coach, household, home, "pin")) for home in (first["dwelling"], elsewhere)
    ]
    met = [coach.post(page_of(coach, household), data=form) for form in forms]
    assert [one.status_code for one in met] == [303, 409]
    assert "Trek die aanwijzing eerst in" in met[1].text
    assert len(told(engine)) == 1


def test_what_was_asked_meanwhile_is_seen_before_it_is_changed(engine, coach, first):  # noqa: F811 - the fixtures that were imported
    household, dwelling = first["household"], first["dwelling"]
    pin, forbid = (form_in(weigh(coach, household, dwelling, wat)) for wat in ("pin", "forbid"))
    assert coach.post(page_of(coach, household), data=pin).status_code == 303
    late = coach.post(page_of(coach, household), data=forbid)
    assert late.status_code == 409
    assert "intussen iets anders" in late.text
    again = form_in(weigh(coach, household, dwelling, "forbid"))
    assert coach.post(page_of(coach, household), data=again).status_code == 303
    assert [row["asks"] for row in told(engine)] == ["forbid"]


def test_what_somebody_went_on_with_is_not_forbidden(coach, first):  # noqa: F811 - the fixtures that were imported
    form = form_in(weigh(coach, first["household"], first["dwelling"], "forbid"))
    post(coach, first["id"], stap="taken_up")
    late = coach.post(page_of(coach, first["household"]), data=form)
    assert late.status_code == 409
    assert "al opgepakt" in late.text


def test_no_pin_goes_against_a_hard_rule(engine, desk, coach, first):  # noqa: F811 - the fixtures that were imported
    """Whatever the page shows, and whatever is posted past it."""
    home = dearest_home(desk)
    shown = weigh(coach, first["household"], home, "pin")
    assert "Dit kan niet" in shown.text
    assert "Vraag dit aan het plan" not in shown.text
    form = {"woning": home, "wat": "pin", "stand": "0", "eenmalig": "a" * 20}
    assert coach.post(page_of(coach, first["household"]), data=form).status_code == 409
    assert told(engine) == []


def dearest_home(desk):  # noqa: F811 - the fixtures that were imported
    """A home whose rent some hard rule refuses."""
    state = desk.state.desk.thinking.now().state
    homes = state.dwellings
    return str(homes.index[homes["target_rent"].argmax()])


def test_a_home_that_nobody_knows_is_looked_for(coach, first):  # noqa: F811 - the fixtures that were imported
    assert "kennen wij niet" in weigh(coach, first["household"], "ZZZ-9", "pin").text
    found = weigh(coach, first["household"], first["dwelling"][:-1], "pin")
    assert "Kies de woning" in found.text or "Gevolg voor de anderen" in found.text


def test_only_their_own_coach_asks_anything(engine, coach, as_coach, as_role, first):  # noqa: F811 - the fixtures that were imported
    own, household = coach.viewer, first["household"]
    form = {"woning": first["dwelling"], "wat": "pin", "stand": "0", "eenmalig": "a" * 20}
    for other in (as_coach("COACH-ELDERS", own.corporation), as_coach(own.coach, "99999999")):
        assert other.get(page_of(other, household)).status_code == 404
        assert other.post(page_of(other, household), data=form).status_code == 404
    for role in ("planner", "steward", "administrator"):
        assert as_role(role).post(page_of(coach, household), data=form).status_code == 403
    assert told(engine) == []
