"""Mutants by a fact: one thing about a mover, or about the home it enters, breaks one rule."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from data_contracts.words import Feature
from tests.builders import a_tie
from tests.mutants.world import one_of

DAY = timedelta(days=1)
LAW = "passend_toewijzen"
NOBODYS = "00000099000000009000"
"""A corporation that lets no home here."""


def _one(world, dice):
    return one_of(dice, world.moves)


def consent_withdrawn(world, dice):
    return world.put("households", _one(world, dice).household, consent=False), "toestemming"


def consent_a_day_too_old(world, dice):
    day = world.on - timedelta(days=world.policy.consent_fresh_days) - DAY
    return world.put("households", _one(world, dice).household, consent_date=day), "toestemming"


def wish_a_day_too_old(world, dice):
    day = world.on - timedelta(days=world.policy.wish_fresh_days) - DAY
    return world.put("wishes", _one(world, dice).household, stated=day), "wens_geldig"


def wish_that_ended_yesterday(world, dice):
    day = world.on - DAY
    return world.put("wishes", _one(world, dice).household, valid_until=day), "wens_geldig"


def wish_withdrawn(world, dice):
    return world.drop("wishes", [_one(world, dice).household]), "wens_geldig"


def will_not_move(world, dice):
    return world.put("households", _one(world, dice).household, willingness="NEE"), "wens_geldig"


def a_room_too_few(world, dice):
    move = _one(world, dice)
    rooms = int(world.home(move.to)[1]["rooms"])
    return world.put("wishes", move.household, min_rooms=rooms + 1), "kamers"


def a_room_too_many(world, dice):
    move = _one(world, dice)
    rooms = int(world.home(move.to)[1]["rooms"])
    return world.put("wishes", move.household, max_rooms=rooms - 1, min_rooms=None), "kamers"


def more_people_than_rooms(world, dice):
    move = _one(world, dice)
    rooms = int(world.home(move.to)[1]["rooms"])
    known = world.policy.occupancy
    crowd = next((o.persons for o in known if not o.min_rooms <= rooms <= o.max_rooms), None)
    return crowd and (world.put("households", move.household, persons=crowd), "kamers")


def a_square_metre_too_small(world, dice):
    move = _one(world, dice)
    area = int(world.home(move.to)[1]["area"])
    return world.put("wishes", move.household, min_area=area + 1), "oppervlakte"


def home_without_the_access_needed(world, dice):
    move = _one(world, dice)
    if world.home(move.to)[1]["access"] == "RUI":
        return None
    return world.put("households", move.household, access_needed="RUI"), "toegankelijkheid"


def need_removed_from_the_home(world, dice):
    move = _one(world, dice)
    home = world.home(move.to)[1]
    has = set((home["features"] or "").split("|"))
    need = next(one for one in sorted(map(str, Feature)) if one not in has)
    return world.put("households", move.household, features_needed=need), "kenmerken"


def a_floor_too_high(world, dice):
    move = _one(world, dice)
    climbs = world.policy.highest_floor_without_lift
    highest = climbs[world.row("households", move.household)["mobility"]]
    table, _ = world.home(move.to)
    return world.put(table, move.to, floor=highest + 1, lift=False), "etage_zonder_lift"


def a_floor_higher_than_asked(world, dice):
    move = _one(world, dice)
    floor = int(world.home(move.to)[1]["floor"])
    return world.put("wishes", move.household, max_floor=floor - 1), "etage_zonder_lift"


def a_year_too_young(world, dice):
    move = _one(world, dice)
    born = world.row("households", move.household)["birth_year"]
    if born is None:
        return None
    table, age = world.home(move.to)[0], world.on.year - int(born)
    return world.put(table, move.to, min_age=age + 1, age_use="SEL"), "leeftijdslabel"


def too_many_for_the_label(world, dice):
    move = _one(world, dice)
    persons, table = _persons(world, move), world.home(move.to)[0]
    if persons == 1:
        return world.put(table, move.to, min_persons=2, persons_use="SEL"), "huishoudlabel"
    return world.put(table, move.to, max_persons=persons - 1, persons_use="SEL"), "huishoudlabel"


def a_cent_over_the_wish(world, dice):
    move = _one(world, dice)
    rents = [int(world.home(move.to)[1]["target_rent"]), *world.lives_in(move.household)["rent"]]
    return world.put("wishes", move.household, max_rent=min(rents) - 1), "huur_binnen_wens"


def a_cent_over_the_aftoppingsgrens(world, dice):
    move = _one(world, dice)
    table, _ = world.home(move.to)
    name = "laag" if _persons(world, move) <= 2 else "hoog"
    limit = world.rules.value(LAW, f"aftoppingsgrens_{name}")
    who = {"income": "PASSEND", "income_year": world.on.year, "exception_54a": False}
    poor = world.put("households", move.household, **who)
    return poor.put(table, move.to, target_rent=limit + 1, daeb=True), LAW


def income_over_the_daeb_limit(world, dice):
    move = _one(world, dice)
    who = {"income": "BOVEN", "income_year": world.on.year}
    rich = world.put("households", move.household, **who)
    return rich.put(world.home(move.to)[0], move.to, daeb=True), "daeb_inkomen"


def the_wrong_corporation(world, dice):
    if world.policy.pool == "region":
        return None
    household = _one(world, dice).household
    return world.put("households", household, corporation=NOBODYS), "eigen_corporatie"


def works_in_the_way(world, dice):
    move = _one(world, dice)
    works = {"works": "spelbreker", "dwelling": move.to, "kind": "RENOVATIE"}
    return world.add("works", **works, start=str(world.on), end=None), "werkzaamheden"


def a_tie_a_minute_too_far(world, dice):
    """A tie straight north, just further than may be walked in the most minutes of the tie."""
    move = _one(world, dice)
    home = world.home(move.to)[1]
    pace = world.policy.metres_per_minute[world.row("households", move.household)["mobility"]]
    apart = (10 * pace * 100) // world.policy.detour_percent + 1
    place = {"x": int(home["x"]), "y": int(home["y"]) + apart}
    tie = a_tie("spelbreker", move.household, minutes=10, must=True) | place
    return world.add("ties", **tie), "moet_band"


def a_home_that_was_declined(world, dice):
    move = _one(world, dice)
    return world.add("offers", **_offer(world, move.household, move.to, "declined")), "afgewezen"


def another_area_asked(world, dice):
    return world.put("wishes", _one(world, dice).household, areas="BU00000000"), "wens_gebied"


def outside_the_search_radius(world, dice):
    """Nothing the household knows is within the radius of its new home."""
    move = _one(world, dice)
    if world.lives_in(move.household).empty:
        return None
    table, home = world.home(move.to)
    ties = world.state.ties
    alone = world.drop("ties", list(ties.index[ties["household"] == move.household]))
    alone = alone.put("wishes", move.household, areas="")
    return alone.put(table, move.to, x=int(home["x"]) + 200_000), "zoekgebied"


def another_kind_asked(world, dice):
    move = _one(world, dice)
    other = "EIN" if world.home(move.to)[1]["kind"] != "EIN" else "GAL"
    return world.put("wishes", move.household, kinds=other), "wens_soort"


def a_vacancy_that_is_none(world, dice):
    """The first home of a chain does not come free: out of letting, or never finished."""
    home = one_of(dice, [chain for chain in world.plan.chains if not chain.ring]).moves[0].to
    table, _ = world.home(home)
    if table == "newbuild":
        late = world.on + timedelta(days=world.policy.horizon_days + 1)
        return world.put(table, home, completed=late), "begint_met_leegstand"
    return world.put(table, home, status="UIT"), "begint_met_leegstand"


def a_vacancy_that_was_promised(world, dice):
    home = one_of(dice, [chain for chain in world.plan.chains if not chain.ring]).moves[0].to
    offer = _offer(world, "een-ander", home, "accepted")
    return world.add("offers", **offer), "begint_met_leegstand"


def a_freed_home_that_was_promised(world, dice):
    later = [move for chain in world.plan.chains for move in chain.moves[1:]]
    if not later:
        return None
    offer = _offer(world, "een-ander", one_of(dice, later).to, "signed")
    return world.add("offers", **offer), "woning_komt_vrij"


def somebody_who_accepted_another_home(world, dice):
    offer = _offer(world, _one(world, dice).household, "elders", "accepted")
    return world.add("offers", **offer), "lopend_voorstel"


def somebody_who_lives_elsewhere_now(world, dice):
    """The tenancy is over, so that nothing comes free."""
    move = one_of(dice, [move for move in world.moves if move.leaves])
    lets = list(world.lives_in(move.household).index)
    return world.drop("tenancies", lets), "verlaat_eigen_woning"


def another_who_stays_in_the_home(world, dice):
    move = one_of(dice, [move for move in world.moves if move.leaves])
    lease = {"tenancy": "blijft", "dwelling": move.leaves, "household": "wie-blijft"}
    stay = world.add("tenancies", **lease, start="2010-01-01", end=None, rent=60_000)
    return stay, "verlaat_eigen_woning"


def somebody_nobody_knows(world, dice):
    return world.drop("households", [_one(world, dice).household]), "onbekend"


def a_move_that_a_coach_forbade(world, dice):
    move = _one(world, dice)
    asked = _instruction(world, move.household, move.to, "forbid")
    return world.add("instructions", **asked), "aanwijzing"


def a_pin_that_is_passed_over_in_silence(world, dice):
    asked = _instruction(world, _one(world, dice).household, "elders", "pin")
    return world.add("instructions", **asked), "aanwijzing"


def _instruction(world, household, dwelling, asks):
    named = {"instruction": "spelbreker", "household": household, "dwelling": dwelling}
    return {**named, "asks": asks, "on": str(pd.Timestamp(world.on).date())}


def _persons(world, move):
    return int(world.row("households", move.household)["persons"])


def _offer(world, household, dwelling, state):
    named = {"proposal": f"spelbreker-{household}", "household": household, "dwelling": dwelling}
    life = {"plan": "P0", "chain": "C0", "position": 1, "state": state}
    return {**named, **life, "on": str(pd.Timestamp(world.on).date())}


OPERATORS = (
    consent_withdrawn,
    consent_a_day_too_old,
    wish_a_day_too_old,
    wish_that_ended_yesterday,
    wish_withdrawn,
    will_not_move,
    a_room_too_few,
    a_room_too_many,
    more_people_than_rooms,
    a_square_metre_too_small,
    home_without_the_access_needed,
    need_removed_from_the_home,
    a_floor_too_high,
    a_floor_higher_than_asked,
    a_year_too_young,
    too_many_for_the_label,
    a_cent_over_the_wish,
    a_cent_over_the_aftoppingsgrens,
    income_over_the_daeb_limit,
    the_wrong_corporation,
    works_in_the_way,
    a_tie_a_minute_too_far,
    a_home_that_was_declined,
    another_area_asked,
    outside_the_search_radius,
    another_kind_asked,
    a_vacancy_that_is_none,
    a_vacancy_that_was_promised,
    a_freed_home_that_was_promised,
    somebody_who_accepted_another_home,
    a_move_that_a_coach_forbade,
    a_pin_that_is_passed_over_in_silence,
    somebody_who_lives_elsewhere_now,
    another_who_stays_in_the_home,
    somebody_nobody_knows,
)
