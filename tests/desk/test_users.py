"""The administrator's pages: making users, changing them, letting them go; never another's."""

import re

import pytest
from sqlalchemy import text

from desk.sessions import PLAIN
from store import sessions, users

HERE = "/beheer/gebruikers"
FORM = {
    "naam": "Cor Coach",
    "gebruikersnaam": "cor",
    "rollen": "coach",
    "coach": "COACH-01",
    "uren": "24",
    "buurten": "bu00340101, BU00340102",
}


def password_in(answer):
    return re.search(r"utrecht-code\">([^<]+)<", answer.text)[1]


def made(administrator, **differs):
    answer = administrator.post(HERE, data=FORM | differs)
    assert answer.status_code == 200, answer.text
    return answer


def found(engine, corporation, login="cor"):
    with engine.connect() as connection:
        known = users.by_login(connection, corporation, login)
        return None if known is None else known[0]


def test_a_user_comes_in_with_the_password_that_was_shown_once(as_administrator, anonymous, engine):
    administrator = as_administrator()
    answer = made(administrator)
    cor = found(engine, administrator.viewer.corporation)
    assert (cor.name, cor.roles, cor.coach, cor.hours) == ("Cor Coach", {"coach"}, "COACH-01", 24)
    assert cor.areas == ("BU00340101", "BU00340102")
    assert cor.must_change
    assert cor.factor_needed
    client = anonymous()
    password = password_in(answer)
    came = client.post("/aanmelden", data={"gebruikersnaam": "cor", "wachtwoord": password})
    assert came.headers["location"] == "/aanmelden/wachtwoord"
    assert password not in administrator.get(HERE).text
    assert "Cor Coach" in administrator.get(HERE).text


@pytest.mark.parametrize(
    ("differs", "sentence"),
    [
        ({"rollen": ""}, "minstens één rol"),
        ({"rollen": "baas"}, "minstens één rol"),
        ({"uren": "veel"}, "Uren per week"),
        ({"uren": "61"}, "Uren per week"),
        ({"gebruikersnaam": "met spatie"}, "gebruikersnaam"),
        ({"naam": " "}, "naam"),
        ({"gebruikersnaam": "<script>alert(1)</script>"}, "gebruikersnaam"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(as_administrator, engine, differs, sentence):
    administrator = as_administrator()
    answer = administrator.post(HERE, data=FORM | differs)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "<script>alert" not in answer.text
    assert found(engine, administrator.viewer.corporation) is None


def test_a_login_is_taken_once_in_a_corporation_and_free_in_another(
    as_administrator, engine, busiest
):
    administrator = as_administrator()
    made(administrator)
    again = administrator.post(HERE, data=FORM)
    assert again.status_code == 400
    assert "al in gebruik" in again.text
    with engine.connect() as connection:
        other = connection.scalar(
            text("SELECT corporation FROM person WHERE corporation <> :mine LIMIT 1"),
            {"mine": busiest[1]},
        )
    made(as_administrator(other))


def test_who_gets_another_role_is_out_and_comes_in_with_it(as_administrator, as_role, engine):
    administrator, coach = as_administrator(), as_role("coach")
    name = coach.viewer.user
    page = administrator.get(f"{HERE}/{name}")
    assert page.status_code == 200
    to = {"naam": "Proef", "rollen": ["planner", "coach"], "uren": ""}
    assert administrator.post(f"{HERE}/{name}", data=to).status_code == 303
    assert coach.get("/account").status_code == 303
    with engine.connect() as connection:
        changed = users.user(connection, coach.viewer.corporation, name)
        line = connection.execute(
            text("SELECT who, purpose, ids FROM access ORDER BY id DESC LIMIT 1")
        ).one()
    assert changed.roles == {"planner", "coach"}
    assert tuple(line) == (administrator.viewer.user, "gebruiker gewijzigd", [name])


def test_who_may_no_longer_sign_in_is_out_at_once(as_administrator, as_role):
    administrator, steward = as_administrator(), as_role("steward")
    assert steward.get("/account").status_code == 200
    assert administrator.post(f"{HERE}/{steward.viewer.user}/uit").status_code == 303
    assert steward.get("/account").status_code == 303
    assert "kan niet aanmelden" in administrator.get(HERE).text
    assert administrator.post(f"{HERE}/{steward.viewer.user}/aan").status_code == 303
    assert steward.get("/account").status_code == 303


def test_an_administrator_does_not_lock_the_door_behind_herself(as_administrator):
    administrator = as_administrator()
    me = f"{HERE}/{administrator.viewer.user}"
    assert administrator.post(f"{me}/uit").status_code == 400
    assert administrator.post(me, data={"naam": "Ik", "rollen": "coach"}).status_code == 400
    assert administrator.get(HERE).status_code == 200


def test_who_lost_a_telephone_begins_anew(as_administrator, engine, desk):
    administrator = as_administrator()
    mine = administrator.viewer.corporation
    made(administrator)
    cor = found(engine, mine)
    with engine.begin() as connection:
        users.set_factor(connection, cor, "JBSWY3DPEHPK3PXP", by="test")
        at = desk.state.desk.clock()
        token = sessions.begin(connection, mine, cor.id, at=at, stage="whole")
    answer = administrator.post(f"{HERE}/{cor.id}/nieuw-begin")
    assert answer.status_code == 200
    assert len(password_in(answer)) > 20
    again = found(engine, mine)
    assert again.must_change
    assert not again.factor
    with engine.begin() as connection:
        assert sessions.holder(connection, token, at=at) is None


def test_another_corporations_users_are_not_there(as_administrator, as_role, engine, busiest):
    with engine.connect() as connection:
        other = connection.scalar(
            text("SELECT corporation FROM person WHERE corporation <> :mine LIMIT 1"),
            {"mine": busiest[1]},
        )
    theirs = as_role("coach", other)
    administrator = as_administrator()
    assert theirs.viewer.user not in administrator.get(HERE).text
    for path, given in (("", FORM), ("/uit", {}), ("/aan", {}), ("/nieuw-begin", {})):
        address = f"{HERE}/{theirs.viewer.user}{path}"
        assert administrator.post(address, data=given).status_code == 404
    assert theirs.get("/account").status_code == 200
    assert PLAIN in theirs.cookies
