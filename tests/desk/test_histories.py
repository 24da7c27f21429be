"""The history of a home and a household, and who looked: own corporation only, and no names."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from sqlalchemy import text

from data_contracts.events import KINDS
from desk.happened import APPEARED, OF_KIND, VANISHED
from store import life, log
from store.database import snapshot


@pytest.fixture
def case(engine, busiest):
    """A proposal of the busiest coach: household, home now, home proposed, corporation."""
    with engine.connect() as connection:
        return connection.execute(
            text(
                "SELECT id, household, leaves, dwelling, corporation, position FROM proposal"
                " WHERE coach = :coach AND corporation = :of AND leaves IS NOT NULL"
                " AND state = 'offered' ORDER BY id LIMIT 1"
            ),
            {"coach": busiest[0], "of": busiest[1]},
        ).one()


@pytest.fixture
def theirs(engine, busiest):
    """A household and a home of another corporation."""
    with engine.connect() as connection:
        return tuple(
            connection.scalar(
                text(
                    "SELECT key FROM state_row WHERE state_table = :of"
                    " AND data::jsonb ->> 'corporation' <> :own ORDER BY key LIMIT 1"
                ),
                {"of": of, "own": busiest[1]},
            )
            for of in ("households", "dwellings")
        )


def tell(engine, kind, subject, data):
    at = datetime.now(tz=UTC)
    row = {"source": "urn:nld:oin:00000099000000001000:systeem:proef", "id": f"{kind}-{subject}"}
    row |= {"kind": kind, "subject": subject, "at": pd.Timestamp(at), "data": data}
    with engine.begin() as connection:
        log.in_turn(connection)
        log.append(connection, pd.DataFrame([row]))


def test_a_steward_reads_what_happened_to_a_home_and_what_was_proposed(as_steward, case, engine):
    tell(engine, "NoticeGiven", "OPZ-1", f'{{"dwelling":"{case.leaves}","notice":"OPZ-1"}}')
    tell(engine, "NoticeWithdrawn", "OPZ-1", "{}")
    page = as_steward().get(f"/woningen/{case.leaves}")

    assert page.status_code == 200
    for said in (
        "Woning geregistreerd.",
        "Huurovereenkomst",
        "Huur opgezegd.",
        "Opzegging ingetrokken.",
    ):
        assert said in page.text
    assert page.text.index("Opzegging ingetrokken.") < page.text.index("Huur opgezegd.")
    assert "zou deze woning verlaten" in page.text


def test_a_coach_reads_of_a_home_but_not_who_lives_there(as_coach, case):
    page = as_coach().get(f"/woningen/{case.leaves}")

    assert page.status_code == 200
    assert "huishoudencode:" not in page.text


def test_what_became_of_a_proposal_is_told_step_by_step(as_steward, case, engine):
    with engine.begin() as connection:
        life.answer(
            connection,
            case.id,
            life._P.TAKEN_UP,
            on=datetime.now(tz=UTC).date(),
            expected_position=case.position,
        )
    page = as_steward().get(f"/huishoudens/{case.household}").text

    assert page.index("Voorgesteld.") < page.index("In gesprek.")


def test_a_steward_hears_that_needs_changed_but_not_into_what(as_steward, as_coach, case, engine):
    with snapshot(engine) as connection:
        data = connection.scalar(
            text("SELECT data FROM state_row WHERE state_table = 'households' AND key = :key"),
            {"key": case.household},
        )
    changed = data.replace('"mobility":"', '"mobility":"ROLSTOEL","was":"')
    assert changed != data
    tell(engine, "HouseholdRegistered", case.household, changed)

    steward = as_steward().get(f"/huishoudens/{case.household}").text
    coach = as_coach().get(f"/huishoudens/{case.household}").text

    assert "mobiliteit" in steward
    assert "gebruikt een rolstoel" not in steward
    assert "gebruikt een rolstoel" in coach


def test_a_coach_reads_of_own_households_only_until_the_glass_is_broken(
    as_coach, busiest, case, engine, desk
):
    from store import glass  # noqa: PLC0415 - only here

    other = as_coach("COACH-99", busiest[1])
    nowhere = other.get("/huishoudens/H-BESTAAT-NIET")
    assert other.get(f"/huishoudens/{case.household}").content == nowhere.content
    with engine.begin() as connection:
        glass.break_(
            connection,
            case.household,
            corporation=busiest[1],
            user=other.viewer.user,
            reason="Mijn collega is ziek en er is een afspraak.",
            at=desk.state.desk.clock(),
        )

    assert other.get(f"/huishoudens/{case.household}").status_code == 200


def test_another_corporations_things_are_as_things_that_are_not_there(
    as_steward, as_administrator, theirs
):
    household, dwelling = theirs
    for client, address, nowhere in (
        (as_steward(), f"/huishoudens/{household}", "/huishoudens/H-NERGENS"),
        (as_steward(), f"/woningen/{dwelling}", "/woningen/W-NERGENS"),
        (as_administrator(), f"/huishoudens/{household}/gekeken", "/huishoudens/H-NERGENS/gekeken"),
    ):
        found = client.get(address)
        assert found.status_code == 404
        assert found.content == client.get(nowhere).content


def test_no_name_is_on_either_page(as_steward, case, engine):
    steward = as_steward()
    shown = steward.get(f"/huishoudens/{case.household}").text
    shown += steward.get(f"/woningen/{case.leaves}").text
    with engine.connect() as connection:
        person = connection.execute(
            text("SELECT name, phone FROM person WHERE household = :key"), {"key": case.household}
        ).one()
        street = connection.scalar(
            text("SELECT street FROM address WHERE dwelling = :key"), {"key": case.leaves}
        )
    assert [told for told in (*person, street) if told and told in shown] == []


def test_who_looked_is_told_to_the_administrator_with_why_and_when(
    as_administrator, as_steward, case
):
    steward = as_steward()
    steward.get(f"/huishoudens/{case.household}")
    page = as_administrator().get(f"/huishoudens/{case.household}/gekeken")

    assert page.status_code == 200
    assert steward.viewer.name in page.text
    assert "de geschiedenis van een huishouden" in page.text


def test_a_household_nobody_looked_at_says_so(as_administrator, busiest, engine):
    with engine.connect() as connection:
        unseen = connection.scalar(
            text(
                "SELECT household FROM person p WHERE corporation = :of AND NOT EXISTS"
                " (SELECT FROM access a WHERE a.ids @> ARRAY[p.household]) LIMIT 1"
            ),
            {"of": busiest[1]},
        )
    page = as_administrator().get(f"/huishoudens/{unseen}/gekeken")

    assert "Nog niemand keek" in page.text


def test_every_kind_of_fact_can_be_read_aloud():
    unsaid = [
        name
        for name, kind in KINDS.items()
        if kind.table not in ("offers", "complexes", "facilities")
        and name not in OF_KIND
        and kind.table not in (APPEARED if kind.appears else VANISHED)
    ]
    assert unsaid == []


def test_a_history_is_found_by_an_index_however_long_the_log(engine):
    from store import histories  # noqa: PLC0415 - only here

    with engine.connect() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(
            text(
                "EXPLAIN SELECT subject FROM log WHERE (data::jsonb ->> 'dwelling') = 'W'"  # noqa: S608 - our own
                f" AND kind IN ({histories.in_words(histories.OF_DWELLINGS)})"
            )
        ).scalars()
        assert "log_of_dwelling" in " ".join(plan)
