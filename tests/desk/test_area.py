"""Area exploration at the desk: what a planner sees of a neighbourhood, never of a household."""

import html
import json
import re
from dataclasses import replace

import pytest
from sqlalchemy import text

from data_contracts.words import FacilityKind
from desk.area_map import drawn
from desk.area_said import closed_said, people, range_said, whereabouts
from desk.figures import metres
from desk.thinking import Stand
from matching.area import Shock, explore, own_part, shock
from tests.builders import (
    ON,
    OTHER_CORPORATION,
    a_dwelling,
    a_facility,
    a_household,
    a_policy,
    a_state,
    an_older_household,
    the_rules,
)

HERE = "BU99990000"
pytestmark = pytest.mark.usefixtures("thought")


@pytest.fixture
def planner(as_planner):
    return as_planner()


def test_a_planner_chooses_a_neighbourhood_with_homes_of_her_own(planner, stand, busiest):
    shown = planner.get("/gebied").text
    own = own_part(stand.state, busiest[1]).dwellings["neighbourhood"].value_counts()

    rows = re.findall(r'href="/gebied/(\w+)".*?numeric-column">([\d.]+)<', shown, re.DOTALL)

    assert {name: int(homes) for name, homes in rows} == own.to_dict()


def test_an_area_is_shown_with_its_homes_people_facilities_and_wishes(planner, stand, busiest):
    shown = planner.get(f"/gebied/{HERE}")
    homes = (own_part(stand.state, busiest[1]).dwellings["neighbourhood"] == HERE).sum()

    assert shown.status_code == 200
    assert f"<strong>{homes}</strong>" in shown.text
    for heading in ("Woningen", "Mensen", "Voorzieningen op loopafstand", "Aanbod naast wensen"):
        assert f"<h2>{heading}</h2>" in shown.text
    assert "data-map=" in shown.text


def test_the_shock_says_in_one_sentence_who_falls_outside(planner, stand, busiest):
    own, ways = own_part(stand.state, busiest[1]), stand.ways
    area = explore(own, ways.rules, ways.policy, stand.on, HERE)
    for one in area.facilities:
        shown = planner.get(f"/gebied/{HERE}/voorziening/{one.facility}").text
        found = shock(own, ways.policy, stand.on, one.facility)
        assert closed_said(found, ways.policy.rollator_distance) in shown.replace("&#39;", "'")


def test_only_planners_see_an_area(as_role, anonymous):
    for path in ("/gebied", f"/gebied/{HERE}", f"/gebied/{HERE}/voorziening/V-000003"):
        for role in ("coach", "steward", "administrator"):
            assert as_role(role).get(path).status_code == 403
        assert anonymous().get(path).status_code == 303


def test_an_unknown_neighbourhood_and_a_facility_far_from_it_are_not_found(planner):
    unknown = planner.get("/gebied/BU12345678")
    far = planner.get(f"/gebied/{HERE}/voorziening/V-ver-weg")

    assert (unknown.status_code, far.status_code) == (404, 404)
    assert unknown.content == far.content


def test_a_neighbourhood_of_another_corporation_alone_is_as_one_that_is_not_there(
    planner, monkeypatch
):
    theirs = a_dwelling("W9", neighbourhood="BU99990109", corporation=OTHER_CORPORATION)
    other = a_household("H9", lives_in="W9", corporation=OTHER_CORPORATION)
    state = a_state(dwellings=[theirs], households=[other], facilities=[a_facility()])
    monkeypatch.setattr(Stand, "state", property(lambda _: state))

    there = planner.get("/gebied/BU99990109")
    absent = planner.get("/gebied/BU00000001")

    assert there.status_code == 404
    assert there.content == absent.content
    assert "BU99990109" not in planner.get("/gebied").text


def test_no_person_no_home_and_no_coach_is_on_the_pages(planner, engine, stand):
    with engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM person WHERE name IS NOT NULL")).scalars()
        streets = connection.execute(text("SELECT DISTINCT street FROM address")).scalars()
        secret = [*names, *(one for one in streets if one)]
    secret += [*stand.state.households.index, *stand.state.dwellings.index]
    shown = planner.get(f"/gebied/{HERE}").text + planner.get("/gebied").text

    assert [one for one in secret if one in shown] == []


def test_a_map_draws_squares_and_no_home(stand):
    ways = stand.ways
    area = explore(stand.state, ways.rules, ways.policy, stand.on, HERE)
    shapes = drawn(area)

    assert shapes.count('"Polygon"') == len(area.squares)
    assert shapes.count('"facility"') == len(area.facilities)
    assert "W-" not in shapes


def test_few_people_are_never_told_in_words():
    old = [an_older_household(f"H{at}", lives_in=f"W{at}", wish=None) for at in range(9)]
    homes = [a_dwelling(f"W{at}", floor=2) for at in range(9)]
    state = a_state(dwellings=homes, households=old, facilities=[a_facility()])
    area = explore(state, the_rules(), a_policy(), ON, "BU99990101")

    assert people(area.older) == "niet getoond"
    assert range_said(area) == "niet getoond"
    assert closed_said(shock(state, a_policy(), ON, "F1"), 500) == (
        f"Sluit deze supermarkt, dan hebben 9 woningen geen supermarkt meer binnen {metres(500)}"
        " lopen."
    )


def test_a_range_is_said_as_far_as_it_may_be(stand):
    ways = stand.ways
    area = explore(stand.state, ways.rules, ways.policy, stand.on, HERE)

    assert range_said(replace(area, unsuitable=(None, 30, 40))) == (
        "ongeveer 30, ruim gelezen ongeveer 40"
    )
    assert range_said(replace(area, unsuitable=(10, 20, 30))) == (
        "ongeveer 20, minstens ongeveer 10, ruim gelezen ongeveer 30"
    )


def test_a_facility_that_nobody_misses_says_so():
    none = Shock("F1", FacilityKind.HALTE, (0, 0), 4, 0, 4, None, None, None, (), ())

    assert closed_said(none, 500) == (
        "Sluit deze halte, dan houdt elke woning er een op loopafstand."
    )


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ((1_000, 1_000), "in het midden"),
        ((1_000, 1_300), "300 m ten noorden"),
        ((1_300, 1_300), "400 m ten noordoosten"),
        ((400, 1_000), "600 m ten westen"),
        ((990, 700), "300 m ten zuiden"),
    ],
)
def test_a_place_is_told_from_the_middle(place, said):
    assert whereabouts(place, (1_000, 1_000)).replace("\N{NO-BREAK SPACE}", " ") == said


def test_what_stands_on_a_map_stands_in_a_table_as_well(planner, stand, busiest):
    own, ways = own_part(stand.state, busiest[1]), stand.ways
    area = explore(own, ways.rules, ways.policy, stand.on, HERE)
    closes = max(area.facilities, key=lambda one: one.only)
    found = shock(own, ways.policy, stand.on, closes.facility)
    for path, squares in (
        (f"/gebied/{HERE}", area.squares),
        (f"/gebied/{HERE}/voorziening/{closes.facility}", found.squares),
    ):
        shown = planner.get(path).text
        drawn_ = json.loads(html.unescape(re.search(r'data-map="([^"]*)"', shown).group(1)))
        table = shown.split("De vakken van de kaart als tabel")[1].split("</table>")[0]
        polygons = [f for f in drawn_["features"] if f["geometry"]["type"] == "Polygon"]

        assert len(polygons) == len(squares) == table.count('scope="row"')
        assert sum(one.homes for one in squares) == sum(
            int(homes) for homes in re.findall(r'row".*?numeric-column">(\d+)<', table, re.DOTALL)
        )
    assert sum(one.homes - one.near for one in found.squares) == found.homes
