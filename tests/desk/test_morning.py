"""My morning: her own proposals, what asks most first, and by which event one changed."""

import html
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, text

from data_contracts.policy import policy_from
from data_contracts.words import ProposalState
from desk.figures import moment
from desk.reading import Filter, morning
from desk.reading.because import because
from desk.reading.morning import fits
from desk.viewer import Role, Viewer
from desk.visits import visiting
from pipelines.on_event import Rematcher
from store import decisions, life, log, marks, reading
from store.tables import access, person, visit
from store.tables import proposal as proposal_table
from store.tenants import reading as reading_as
from tests.desk.conftest import MORNING, ON

POLICY = policy_from()
P = ProposalState


@pytest.fixture
def coach(busiest):
    """The coach with most proposals, as a viewer."""
    name, corporation = busiest
    return Viewer("u-1", corporation, "Proef", frozenset({Role.COACH}), name)


@pytest.fixture
def rows(engine, coach):
    """Her proposals."""
    mine = (proposal_table.c.coach == coach.coach) & (
        proposal_table.c.corporation == coach.corporation
    )
    with engine.connect() as connection:
        found = connection.execute(select(proposal_table).where(mine).order_by("household"))
        return [dict(row) for row in found.mappings()]


def seen(engine, coach, asked=None, *, now=MORNING, limit=500):
    return morning(engine, coach, POLICY, now=now, asked=asked, limit=limit)


def fact(engine, kind, subject, data="{}", *, at=MORNING):
    """Write a fact; give its position."""
    one = ("urn:nld:oin:00000099:systeem:proef", f"{kind}/{subject}", kind, subject, at, data)
    with engine.begin() as connection:
        log.in_turn(connection)
        return next(iter(log.append_few(connection, [one]).values()))


def change(engine, proposal, **fields):
    with engine.begin() as connection:
        connection.execute(
            proposal_table.update().where(proposal_table.c.id == proposal).values(**fields)
        )


def test_a_coach_sees_her_own_households_and_nobody_elses(engine, coach, rows):
    found = seen(engine, coach)
    assert {row.id for row in found.rows} == {row["id"] for row in rows}
    assert found.standing == len(rows) == found.fresh
    other = Viewer("u-2", "geen-corporatie", "Proef", coach.roles, coach.coach)
    assert seen(engine, other).rows == ()
    nobody = Viewer("u-3", coach.corporation, "Proef", coach.roles, None)
    assert seen(engine, nobody).rows == ()


def test_a_household_that_got_another_coach_moves_to_her_list(engine, coach, rows):
    moved = rows[0]["household"]
    with engine.connect() as connection:
        data = connection.execute(
            text("SELECT data FROM state_row WHERE state_table = 'households' AND key = :key"),
            {"key": moved},
        ).scalar_one()
    later = datetime.now(tz=UTC) + timedelta(days=1)
    fact(
        engine,
        "HouseholdRegistered",
        moved,
        data.replace(f'"coach":"{coach.coach}"', '"coach":"COACH-99"'),
        at=later,
    )
    assert moved not in {row.household for row in seen(engine, coach).rows}
    new = Viewer("u-9", coach.corporation, "Proef", coach.roles, "COACH-99")
    assert [row.household for row in seen(engine, new).rows] == [moved]


def test_what_runs_out_of_time_comes_first_then_what_changed_then_what_is_new(engine, coach, rows):
    closing, changed, read_before, yes = (row["id"] for row in rows[:4])
    change(engine, closing, until=ON + timedelta(days=7))
    change(engine, changed, because=[1], at=MORNING)
    with engine.begin() as connection:
        marks.mark(connection, read_before, who=coach.user, corporation=coach.corporation)
    change(engine, yes, state="accepted")
    found = seen(engine, coach)
    order = [row.id for row in found.rows]
    assert order[:2] == [closing, changed]
    assert order[-2:] == [read_before, yes]
    assert found.rows[0].marks == ("fresh", "closing")
    assert (found.closing, found.changed) == (1, 1)
    assert found.rows[0].days_left == 7


def test_eight_days_is_not_running_out_of_time(engine, coach, rows):
    change(engine, rows[0]["id"], until=ON + timedelta(days=8))
    assert seen(engine, coach).closing == 0


def test_a_proposal_is_new_until_this_coach_opened_it(engine, coach, rows):
    with engine.begin() as connection:
        marks.mark(connection, rows[0]["id"], who="een ander", corporation=coach.corporation)
        marks.mark(connection, rows[1]["id"], who=coach.user, corporation=coach.corporation)
    new = {row.id for row in seen(engine, coach, Filter(mark="fresh")).rows}
    assert rows[0]["id"] in new
    assert rows[1]["id"] not in new


def test_the_page_says_by_which_event_a_proposal_changed(engine, coach, rows):
    row = rows[0]
    gone = fact(engine, "DwellingRemoved", row["dwelling"], at=MORNING)
    change(engine, row["id"], state="superseded", at=MORNING, because=[gone])
    (lapsed,) = [one for one in seen(engine, coach).rows if one.id == row["id"]]
    assert lapsed.because == (
        f"Woning {row['dwelling']} is ingetrokken, 22\N{NO-BREAK SPACE}nov 09:30.",
    )
    later = seen(engine, coach, now=MORNING + timedelta(days=2))
    assert row["id"] not in {one.id for one in later.rows}


def test_what_a_night_dropped_is_told_only_to_who_had_read_it(engine, coach, rows):
    read_before, unread = rows[0]["id"], rows[1]["id"]
    with engine.begin() as connection:
        marks.mark(connection, read_before, who=coach.user, corporation=coach.corporation)
    for one in (read_before, unread):
        change(engine, one, state="superseded", at=MORNING)
    found = {row.id: row for row in seen(engine, coach).rows}
    assert unread not in found
    assert found[read_before].because == ("Het plan van de nacht koos anders.",)


def test_of_other_people_and_homes_no_id_is_told():
    facts = [
        reading.LogFact(1, kind, "X-1", MORNING, {"dwelling": "X-1", "household": "X-2"})
        for kind in ("DwellingRemoved", "NoticeGiven", "HouseholdRemoved", "WishWithdrawn")
    ]
    said = because(facts, mine={"H-1"}, homes={"W-1"})
    assert len(said) == 4
    assert not any("X-" in sentence for sentence in said)
    mine = because(facts, mine={"X-1", "X-2"}, homes={"X-1"})
    assert any("woning X-1" in sentence for sentence in mine)


def test_every_kind_of_fact_has_its_sentence():
    from data_contracts.events import KINDS  # noqa: PLC0415 - only here

    unsaid = "Er kwam een nieuw gegeven binnen"
    for kind, what in KINDS.items():
        state = {"state": "declined"} if what.table == "offers" else {}
        (sentence,) = because([reading.LogFact(1, kind, "X-1", MORNING, state)], mine=(), homes=())
        assert sentence[0].isupper()
        assert not sentence.startswith(unsaid), kind


def test_pages_follow_one_another_without_gap_or_double(engine, coach, rows):
    whole = [row.id for row in seen(engine, coach).rows]
    found, after = [], None
    for _ in range(len(rows)):
        page = seen(engine, coach, Filter(after=after), limit=4)
        found += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert found == whole
    change(engine, whole[0], until=None)  # without an end comes last of its kind
    assert seen(engine, coach).rows[-1].until is None or len(whole) > 1


def test_a_filter_keeps_what_it_says(engine, coach, rows):
    whole = seen(engine, coach).rows
    area = whole[0].home.neighbourhood
    inside = seen(engine, coach, Filter(neighbourhood=area)).rows
    assert {row.id for row in inside} == {r.id for r in whole if r.home.neighbourhood == area}
    kind = whole[0].home.kind
    alike = seen(engine, coach, Filter(kind=kind)).rows
    assert {row.id for row in alike} == {row.id for row in whole if row.home.kind == kind}
    change(engine, rows[0]["id"], state="taken_up")
    talking = seen(engine, coach, Filter(state=P.TAKEN_UP)).rows
    assert [row.id for row in talking] == [rows[0]["id"]]
    for value in (rows[1]["id"], rows[1]["household"], rows[1]["dwelling"]):
        assert rows[1]["id"] in {r.id for r in seen(engine, coach, Filter(found=value)).rows}
    assert seen(engine, coach, Filter(found="x' OR true --")).rows == ()


def test_the_day_is_sized_to_hours_a_week():
    assert fits(POLICY, None) == POLICY.coach_proposals_per_week // 5
    assert fits(POLICY, 36) == 7
    assert fits(POLICY, 1) == 1


def test_so_many_as_fit_are_for_today_and_what_is_settled_is_not(engine, coach, rows):
    for row in rows[:2]:
        change(engine, row["id"], state="accepted")
    part_time = Viewer(coach.user, coach.corporation, "Proef", coach.roles, coach.coach, hours=10)
    today = [row for row in seen(engine, part_time).rows if row.today]
    assert len(today) == 2
    assert all(row.state is P.OFFERED for row in today)
    everything = Viewer(coach.user, coach.corporation, "P", coach.roles, coach.coach, hours=60)
    assert not any(r.today for r in seen(engine, everything).rows if r.state is P.ACCEPTED)


def test_the_list_stays_the_callers_own_when_a_step_is_taken(engine, coach, rows):
    with engine.begin() as connection:
        life.answer(
            connection, rows[0]["id"], P.TAKEN_UP, on=ON, expected_position=rows[0]["position"]
        )
    found = seen(engine, coach)
    assert found.waiting == 1
    (row,) = [one for one in found.rows if one.id == rows[0]["id"]]
    assert (row.state_words, row.changed) == ("in gesprek", False)


def test_the_freshness_tells_of_a_failed_night(engine, coach):
    assert seen(engine, coach).freshness.failed is None
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO run (id, kind, region, night, started, status, sentence, summary)"
                " VALUES ('mislukt', 'night', :region, :on, now() + interval '1 day', 'failed',"
                " 'De schijf is vol.', '{}')"
            ),
            {"region": POLICY.region, "on": ON},
        )
    fresh = seen(engine, coach).freshness
    assert (fresh.night, fresh.failed) == (ON, "De schijf is vol.")


def test_the_page_lists_names_of_her_own_with_one_line_of_access(as_coach, engine, rows):
    client = as_coach()
    page = client.get("/voorstellen")
    assert page.status_code == 200
    with engine.connect() as connection:
        names = connection.execute(
            select(person.c.name).where(person.c.household.in_([r["household"] for r in rows]))
        ).scalars()
        lines = connection.execute(
            select(access.c.purpose).where(access.c.who == client.viewer.user)
        ).scalars()
        assert sum(name is not None and name in page.text for name in names) > 5
        assert lines.all() == ["werklijst"]
    for row in rows:
        assert f'href="/voorstellen/{row["id"]}"' in page.text
    assert page.text.count("data-row") == len(rows)


def test_a_name_is_searched_among_her_own_and_never_in_an_address(as_coach, engine, rows):
    client = as_coach()
    with engine.begin() as connection:
        connection.execute(
            person.update()
            .where(person.c.household == rows[0]["household"])
            .values(name="Mevrouw Zoekmij")
        )
    found = client.post("/voorstellen", data={"naam": " zoekMIJ "})
    assert found.status_code == 200
    assert found.text.count("data-row") == 1
    assert rows[0]["id"] in found.text
    assert client.post("/voorstellen", data={"naam": "Nietbestaand"}).text.count("data-row") == 0
    assert client.get("/voorstellen?naam=Zoekmij").text.count("data-row") == len(rows)


def test_strange_words_in_the_address_ask_for_nothing(as_coach, rows):
    client = as_coach()
    for asked in (
        "stand=declined",
        "stand=%00",
        "merk=x",
        "soort=XXX",
        "na=1~infinity",
        "na=9~0000-00-00~x",
        "na=%F0%9F%8F%A0",
    ):
        answer = client.get(f"/voorstellen?{asked}")
        assert answer.status_code == 200, asked
    assert client.get("/voorstellen?zoek=%00").text.count("data-row") == len(rows)
    assert client.get(f"/voorstellen?zoek={'x' * 101}").status_code == 400


def test_what_rests_waits_below_what_is_to_be_discussed(engine, coach, rows):
    held, over = rows[0]["id"], rows[1]["id"]
    change(engine, held, held_until=ON + timedelta(days=3), held_because="ANDERS")
    change(engine, over, held_until=ON, held_because="ANDERS")
    found = {row.id: row for row in seen(engine, coach).rows}
    assert found[held].held_until == ON + timedelta(days=3)
    assert found[over].held_until is None
    assert list(found)[-1] == held
    assert not found[held].today


def test_a_home_that_is_withdrawn_is_told_to_the_coach_whose_proposal_it_ended(
    engine, settings, coach, rows
):
    rematcher = Rematcher(engine, settings)
    rematcher.catch_up()
    stands = [row for row in rows if row["dwelling"].startswith("W-")]  # not being built
    row = next(row for row in stands if row["step"] == 1)
    at = datetime.now(tz=UTC)
    fact(engine, "DwellingRemoved", row["dwelling"], at=at)
    rematcher.catch_up()
    found = seen(engine, coach, now=at)
    (lapsed,) = [one for one in found.rows if one.id == row["id"]]
    assert lapsed.state is P.SUPERSEDED
    assert lapsed.because == (f"Woning {row['dwelling']} is ingetrokken, {moment(at)}.",)
    assert found.freshness.repaired


def planned(engine, row, moment):
    with engine.begin() as connection:
        about = {"minutes": 45, "by": "u-1", "corporation": row["corporation"], "asked": MORNING}
        return decisions.plan_visit(connection, row["id"], moment=moment, **about)


def test_visits_of_today_and_tomorrow_are_told_soonest_first(engine, coach, rows):
    """Also of a household that got this coach since; not what was called off or is later."""
    days = {0: rows[0], 1: rows[1], 2: rows[2]}
    for ahead, row in sorted(days.items(), reverse=True):
        planned(engine, row, MORNING + timedelta(days=ahead, hours=3))
    off = planned(engine, rows[3], MORNING + timedelta(hours=1))
    with engine.begin() as connection:
        connection.execute(visit.update().values(coach="COACH-EERDER"))
        about = {"on": ON, "by": "u-1", "corporation": coach.corporation}
        decisions.cancel_visit(connection, off, **about)
    households = [row["household"] for row in rows]
    with reading_as(engine, coach.corporation) as connection:
        found = visiting(connection, households, now=MORNING)
        of_nobody = visiting(connection, ["H-niemand"], now=MORNING)

    assert [one.household for one in found] == [rows[0]["household"], rows[1]["household"]]
    assert [one.day_words for one in found] == ["vandaag", "morgen"]
    assert f"{found[0].begins:%H:%M} tot {found[0].ends:%H:%M}" == "12:30 tot 13:15"
    assert of_nobody == ()


def test_a_visit_stands_on_the_page_with_the_name_and_the_way_to_its_proposal(
    as_coach, engine, rows
):
    soon = datetime.now(tz=UTC) + timedelta(hours=1)
    with engine.begin() as connection:
        about = {"minutes": 45, "by": "u-1", "corporation": rows[-1]["corporation"]}
        now = datetime.now(tz=UTC)
        decisions.plan_visit(connection, rows[-1]["id"], moment=soon, asked=now, **about)
        name = connection.scalar(
            select(person.c.name).where(person.c.household == rows[-1]["household"])
        )
    page = as_coach().get("/voorstellen").text
    told = page.partition("Uw bezoeken van vandaag en morgen")[2].partition("</table>")[0]
    assert f'href="/voorstellen/{rows[-1]["id"]}">{html.escape(name)}</a>' in told
    assert "45 minuten" in told


def test_a_longer_list_asks_no_more_of_the_database(engine, coach, rows):
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    counts = []
    for limit in (2, len(rows)):
        asked.clear()
        seen(engine, coach, limit=limit)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
