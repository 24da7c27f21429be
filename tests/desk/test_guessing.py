"""Guessing does not pay: what it costs, what it tells, and what a password must be."""

import pytest
from sqlalchemy import text

from store import passwords, tries
from tests.counts import count
from tests.desk.at_the_door import LATER, SECRET, knock, somebody

SENTENCE = "Dit klopt niet, of er is te vaak geprobeerd."


# --- guessing -------------------------------------------------------------------------------


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(database, browser):
    somebody(database)
    unknown = knock(browser(), "bestaatniet", password=LATER)
    wrong = knock(browser(), "anna", password=LATER)
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.text.replace("bestaatniet", "anna") == wrong.text
    assert SENTENCE in wrong.text


def test_an_unknown_name_costs_a_hash_too(browser, monkeypatch):
    weighed = []
    monkeypatch.setattr(passwords, "fits", lambda _, kept: weighed.append(kept) or False)
    knock(browser(), "bestaatniet")
    assert weighed == [None]


def test_ten_thousand_guesses_hardly_reach_the_hash(database, browser, clock, monkeypatch):
    somebody(database)
    weighed = []
    monkeypatch.setattr(passwords, "fits", lambda *given: weighed.append(given) or False)
    guesses = count(ci=200, soak=10_000, of="pogingen om een wachtwoord te raden")
    client = browser()
    for number in range(guesses):
        assert knock(client, password=f"poging {number}").status_code == 401
        clock.on(milliseconds=100_000 // guesses)
    assert 0 < len(weighed) < 20


def test_guessing_many_names_from_one_place_does_not_pay_either(database, clock):
    weighed = 0
    for number in range(10_000):
        with database.begin() as connection:
            asked = {"account": f"naam-{number}", "address": "10.0.0.1"}
            weighed += tries.admitted(connection, asked, at=clock.at)
        clock.on(milliseconds=10)
        if number == 499 and not count(ci=0, soak=1, of="alle 10.000 namen vanaf één plek"):
            break
    assert 0 < weighed < 20


def test_nobody_is_locked_out_for_good(database, browser, clock):
    somebody(database)
    client = browser()
    for _ in range(50):
        knock(client, password=LATER)
        clock.on(seconds=1)
    assert knock(client).status_code == 401
    clock.on(minutes=5)
    assert knock(client).status_code == 303
    assert knock(browser()).status_code == 303


def test_a_thousand_at_once_do_not_slip_through(database, clock):
    with database.begin() as one, database.connect() as other:
        other.execute(text("SET lock_timeout = '50ms'"))
        assert tries.admitted(one, {"account": "anna"}, at=clock.at)
        with pytest.raises(Exception, match="lock timeout"):
            tries.admitted(other, {"account": "anna"}, at=clock.at)


def test_who_waits_for_a_hash_leaves_room_for_others(database, browser, monkeypatch):
    from desk import door  # noqa: PLC0415 - the fixture of that name hides it

    somebody(database)
    monkeypatch.setattr(door, "IN_LINE", type(door.IN_LINE)(0))
    answer = knock(browser())
    assert answer.status_code == 401
    assert "veel mensen" in answer.text


# --- passwords ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "weak",
    [
        "te kort is dit",
        "aaaaaaaaaaaaaaaaaaaa",
        "Welkom1234567890!",
        "W@chtw00rdW@chtw00rd",
        "0123456789012345",
        "qwertyuiopasdfghjkl",
        "anna.proef.anna.proef",
        "Verhuisketen2026!",
        "x" * 200,
    ],
)
def test_a_common_password_is_refused(weak):
    with pytest.raises(passwords.WeakPassword):
        passwords.strong(weak, about="anna.proef Anna Proef")


@pytest.mark.parametrize(
    "good", [SECRET, LATER, "correcte paardenbatterij nietjes", "wq8$kLm2!pZx7Tn"]
)
def test_a_sentence_of_ones_own_is_welcome(good):
    assert passwords.strong(good, about="anna") == good


def test_a_hash_is_argon2id_of_the_agreed_weight():
    kept = passwords.hashed(SECRET)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits(SECRET, kept)
    assert not passwords.fits(LATER, kept)
    assert not passwords.fits(SECRET, None)


def test_an_accent_is_the_same_however_it_was_typed():
    kept = passwords.hashed(passwords.strong("caf\u00e9 aan de haven"))
    assert passwords.fits("cafe\u0301 aan de haven", kept)
