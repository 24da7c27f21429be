"""One proposal on one screen: what a coach reads of her own case, and nobody else."""

import html
import json
import re
from dataclasses import replace
from datetime import date

import pytest
from pyproj import Transformer
from sqlalchemy import select, text

from data_contracts.places import to_wgs84
from data_contracts.words import Verdict
from desk.map import coarse, geojson
from desk.reading import NotFound
from desk.reading.homes import compared
from desk.reading.people import household_side, stale
from desk.viewer import Role, Viewer
from matching.candidates import nearness, one_pair
from store import marks
from store.tables import access
from store.tables import proposal as proposal_table
from store.tenants import reading as reading_as
from tests.desk.one_night import coach_of, read


@pytest.fixture(scope="module")
def rows(night_engine):
    """Every proposal of the night."""
    with night_engine.connect() as connection:
        found = connection.execute(select(proposal_table).order_by(proposal_table.c.household))
        return [dict(row) for row in found.mappings()]


@pytest.fixture(scope="module")
def views(night_engine, stand, rows):
    """Some of them as their coaches read them, starters among them."""
    starters = [row for row in rows if row["leaves"] is None][:4]
    return [read(night_engine, stand, row) for row in rows[:20] + starters]


def said(page):
    """The text of a page, as it is read aloud."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def of(rows, viewer):
    """The proposals of a coach."""
    mine = (viewer.coach, viewer.corporation)
    return [row for row in rows if (row["coach"], row["corporation"]) == mine]


def test_a_view_tells_the_figures_the_engine_counted(stand, views):
    ways = stand.ways
    for view in views[:8]:
        pair = one_pair(
            stand.state, view.household_id, view.dwelling_id, ways.rules, ways.policy, stand.on
        ).to_dict("records")[0]
        assert view.rent.then == pair["huur"] == view.then.rent
        assert view.near.then == pair["minuten_straks"]
        if view.now is not None:
            assert view.near.now == pair["minuten_nu"]
            assert view.rent.now == pair["huur_nu"]
        near = sum(place.near for place in view.near.facilities)
        assert near == pair["voorzieningen_straks"]


def test_minutes_to_each_tie_add_up_to_what_the_matching_counted(stand, views):
    farthest = stand.ways.policy.farthest_walk
    checked = 0
    for view in views:
        known = [tie for tie in view.near.ties if tie.known]
        assert view.near.then == sum(min(tie.then, farthest) for tie in known)
        if view.now is not None:
            assert view.near.now == sum(min(tie.now, farthest) for tie in known)
        checked += len(known)
    assert checked > len(views)


def test_every_rule_is_told_with_its_source_and_the_law_with_its_year(views):
    view = views[0]
    assert len(view.rules) == 22
    assert all(line.source for line in view.rules)
    law = {line.criterion: line for line in view.rules}["passend_toewijzen"]
    assert "2026" in law.figure
    assert "€" in law.figure
    assert law.url.startswith("https://")


def test_questions_for_the_coach_come_apart(stand, views):
    for view in views:
        assert all(line.verdict is Verdict.ASK for line in view.asks)
    asked = {view.household_id for view in views if view.asks}
    told = {
        one.household
        for one in stand.plan.reasons
        if any(reason.verdict is Verdict.ASK for reason in one.reasons)
    }
    assert asked == told & {view.household_id for view in views}


def test_stairs_and_rent_come_first_and_say_what_is_better(views):
    view = next(view for view in views if view.now and view.then)
    home = replace(view.then, floor=3, lift=False, rent=90_000)
    told = compared(home, replace(home, floor=3, lift=True, rent=80_000))
    assert [row.what for row in told[:2]] == ["Verdieping en lift", "Netto huur per maand"]
    assert (told[0].change, told[0].better) == ("3 trappen minder", True)
    assert told[1].better is True
    assert compared(None, home)[0].now == "onbekend"


@pytest.mark.usefixtures("thought")
def test_the_same_answer_for_unknown_for_another_corporation_and_for_a_colleague(as_coach, rows):
    client = as_coach("COACH-99", rows[0]["corporation"])
    foreign = next(row["id"] for row in rows if row["corporation"] != rows[0]["corporation"])
    colleague = rows[0]["id"]
    for path in ("/voorstellen/{}", "/voorstellen/{}/keten"):
        answers = [client.get(path.format(one)) for one in ("bestaat-niet", foreign, colleague)]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1


@pytest.mark.usefixtures("thought")
def test_only_a_coach_reads_proposals(as_role, rows):
    for role in (Role.PLANNER, Role.STEWARD, Role.ADMINISTRATOR):
        client = as_role(role)
        assert client.get("/voorstellen").status_code == 403
        assert client.get(f"/voorstellen/{rows[0]['id']}").status_code == 403


def test_broken_glass_shows_a_colleagues_case_and_says_so(engine, stand, rows):
    from store import glass  # noqa: PLC0415 - only here

    row = rows[0]
    corporation = row["corporation"]
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO account (id, corporation, login, name, roles)"
                " VALUES ('ander', :corporation, 'ander', 'Ander', '{coach}')"
            ),
            {"corporation": corporation},
        )
        at = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    other = Viewer("ander", corporation, "Ander", frozenset({Role.COACH}), "COACH-XX")

    def look():
        from desk import reading  # noqa: PLC0415 - only here

        with reading_as(engine, corporation) as connection:
            return reading.proposal(connection, stand, other, row["id"])

    with pytest.raises(NotFound):
        look()
    with engine.begin() as connection:
        glass.break_(
            connection,
            row["household"],
            corporation=corporation,
            user="ander",
            reason="Collega is ziek en de afspraak is vandaag.",
            at=at,
        )
    view = look()
    assert not view.own
    assert view.household_id == row["household"]


@pytest.mark.usefixtures("thought")
def test_the_page_shows_name_and_phone_with_a_line_of_access(as_coach, engine, rows):
    client = as_coach()
    row = of(rows, client.viewer)[0]
    answer = client.get(f"/voorstellen/{row['id']}")
    assert answer.status_code == 200
    with engine.connect() as connection:
        who = connection.execute(
            text("SELECT name, phone FROM person WHERE household = :h"), {"h": row["household"]}
        ).one()
        lines = connection.execute(
            select(access.c.what, access.c.ids).where(access.c.who == client.viewer.user)
        ).all()
    assert who.phone in answer.text
    assert {"person", "address"} <= {line.what for line in lines}
    assert any(row["household"] in line.ids for line in lines)


@pytest.mark.usefixtures("thought")
def test_opening_a_proposal_marks_it_once_per_reader(as_coach, engine, rows):
    client = as_coach()
    row = of(rows, client.viewer)[0]
    for _ in range(2):
        client.get(f"/voorstellen/{row['id']}")
    with reading_as(engine, row["corporation"]) as connection:
        (mark,) = marks.of_proposals(connection, [row["id"]], corporation=row["corporation"])
    assert (mark.who, mark.times) == (client.viewer.user, 2)
    assert mark.first < mark.last


@pytest.mark.usefixtures("thought")
def test_the_page_says_what_matters_in_the_order_of_who_moves(as_coach, engine, stand, rows):
    client = as_coach()
    row = of(rows, client.viewer)[0]
    words = said(client.get(f"/voorstellen/{row['id']}").text)
    order = ["Trappen lopen", "Netto huur per maand", "Het huishouden", "De woning nu en straks"]
    order += ["Hoe ver lopen", "De verhuisketen", "Waarom deze woning?"]
    at = [words.index(one) for one in order]
    assert at == sorted(at)
    view = read(engine, stand, row)
    for tie in view.near.ties:
        assert tie.what.capitalize() in words


@pytest.mark.usefixtures("thought")
def test_the_chain_page_tells_plan_b_of_one_link_at_a_time(as_coach, rows):
    client = as_coach()
    row = of(rows, client.viewer)[0]
    whole = client.get(f"/voorstellen/{row['id']}/keten")
    assert "Wie komt er als stap 1 nee zegt?" in whole.text
    part = client.get(
        f"/voorstellen/{row['id']}/keten?stap={row['step']}", headers={"HX-Request": "true"}
    )
    assert part.status_code == 200
    assert "<html" not in part.text
    assert f"Als stap {row['step']} nee zegt (dit huishouden)" in said(part.text)
    assert (
        "staat niet meer"
        in client.get(
            f"/voorstellen/{row['id']}/keten?stap=99", headers={"HX-Request": "true"}
        ).text
    )


def test_the_map_has_coarse_points_only_and_says_what_the_table_says(views):
    for view in views[:5]:
        drawn = json.loads(geojson(view))
        labels = [one["properties"].get("label") for one in drawn["features"]]
        told = {near.what for near in view.near.rows if near.place}
        assert told <= set(labels)
        assert {"Straks", "Nu en straks"} & set(labels)
        for point in drawn["features"]:
            if point["geometry"]["type"] == "Point":
                lon, lat = point["geometry"]["coordinates"]
                assert 3 < lon < 8
                assert 50 < lat < 54
    assert coarse((146_235, 507_874)) == (146_250, 507_850)


def test_a_home_is_never_drawn_where_it_is(views):
    view = next(view for view in views if view.now)
    moved = replace(view.then, place=tuple(axis // 100 * 100 + 1 for axis in view.then.place))
    other = replace(view.then, place=tuple(axis // 100 * 100 + 99 for axis in view.then.place))
    assert geojson(replace(view, then=moved)) == geojson(replace(view, then=other))


def test_what_we_know_gets_a_mark_before_it_is_too_old(stand):
    policy, on = stand.ways.policy, date(2026, 11, 22)
    fresh = {"consent_date": on}
    assert stale(fresh, {"stated": on}, policy, on) == ()
    (soon,) = stale(fresh, {"stated": date(2025, 12, 2)}, policy, on)
    assert "over 10 dagen te oud" in soon
    (late,) = stale({"consent_date": date(2024, 1, 1)}, {"stated": on}, policy, on)
    assert late.startswith("De toestemming is ouder dan 730 dagen")
    assert len(stale({}, {}, policy, on)) == 2


def test_who_is_gone_from_the_state_has_no_side(stand):
    assert household_side(stand.state, "H-bestaat-niet", stand.ways.policy, stand.on) is None


def test_a_starter_comes_from_nowhere_we_know(views):
    starters = [view for view in views if view.now is None]
    assert starters
    for view in starters:
        assert view.rent.now is None
        assert all(row.now is None for row in view.near.rows)


def test_the_walks_belong_to_the_ties_they_are_told_of(stand, rows):
    ways = stand.ways
    for row in rows[:10]:
        told = nearness(
            stand.state, row["household"], row["dwelling"], ways.rules, ways.policy, stand.on
        )
        ties = stand.state.ties
        mine = ties[ties["household"] == row["household"]]
        assert {one.tie for one in told.ties} == set(mine.index)
        for one in told.ties:
            assert one.kind == mine.at[one.tie, "kind"]
            assert one.most == mine.at[one.tie, "minutes"]
            if mine["with_household"].isna()[one.tie]:
                assert one.place == (mine.at[one.tie, "x"], mine.at[one.tie, "y"])


def test_coaches_of_the_night_read_all_their_own(stand, rows, views):
    assert of(rows, coach_of(stand, rows[0]["household"]))
    assert all(view.own for view in views)


def test_the_map_lies_within_a_metre_of_where_the_transformation_puts_it():
    exact = Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True)
    for x in range(20_000, 280_000, 20_000):
        for y in range(310_000, 620_000, 31_000):
            lon, lat = exact.transform(x, y)
            north, east = to_wgs84(x, y)
            assert abs(north - lat) * 111_200 < 1
            assert abs(east - lon) * 70_000 < 1
