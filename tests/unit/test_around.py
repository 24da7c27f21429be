"""Around a plan: what a decline, a withdrawn home, a vacancy or a wish does to it, and no more."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from data_contracts.rules import rules_on
from matching.around import Change, OtherOptions, alternatives, margin, plan_b, price, repair
from matching.around import standing as taken_up
from matching.around.facts import facts_of
from matching.around.standing import standing_of
from matching.certificate import bound_of
from matching.chains import link, moves_of, unlink
from matching.conditions import NONE, Budget, Conditions, ImpossibleConditions
from matching.match import Occasion, match
from matching.model import PLAN, Move
from matching.optimise import Limits, choose
from tests.builders import ON, a_dwelling, a_household, a_policy, a_state, an_older_household

THREE = Limits(3, 0)


def warm(rows, openings, limits=THREE, *, conditions=NONE):
    """The plan chosen from these rows, kept warm."""
    table = rows if isinstance(rows, pd.DataFrame) else options(*rows)
    choice = choose(table, openings, limits, seed=1, conditions=conditions)
    chains = link(moves_of(choice.moves), openings=frozenset(openings))
    facts = facts_of(table, openings, limits, conditions=conditions, seed=1)
    return standing_of(facts, chains, certificate=choice.certificate)


def options(*rows):
    return pd.DataFrame(rows, columns=["household", "dwelling", "leaves", "gain"], dtype=object)


def goes(repaired):
    return {move.household: move.to for move in unlink(repaired.chains)}


STREET = (
    ("mevrouw", "hofje", "eengezins", 90),
    ("buurvrouw", "hofje", "bovenwoning", 70),
    ("gezin", "eengezins", "flat", 60),
    ("stel", "eengezins", "zolder", 50),
    ("starter", "flat", None, 20),
    ("student", "zolder", None, 10),
)


@pytest.fixture
def street():
    """One vacancy; mevrouw goes to it, the family to her house, the starter to their flat."""
    return warm(STREET, ["hofje"])


def test_when_the_second_household_declines_the_first_still_goes(street):
    repaired = repair(street, Change(forbidden=(("gezin", "eengezins"),)))
    assert goes(repaired) == {"mevrouw": "hofje", "stel": "eengezins", "student": "zolder"}
    assert (repaired.value, repaired.bound, repaired.loss_at_most) == (150, 150, 0)


def test_when_the_first_household_declines_its_home_does_not_come_free(street):
    assert goes(repair(street, Change(forbidden=(("mevrouw", "hofje"),)))) == {"buurvrouw": "hofje"}


def test_nobody_enters_a_home_that_is_withdrawn(street):
    repaired = repair(street, Change(withdrawn=("flat",)))
    assert goes(repaired) == {"mevrouw": "hofje", "gezin": "eengezins"}


def test_a_new_vacancy_is_filled_and_who_left_it_no_longer_counts(street):
    gone = Change(renewed=("stel",), vacated=("zolder",))
    assert goes(repair(street, gone))["student"] == "zolder"


def test_a_household_that_wishes_otherwise_goes_where_it_gains_most(street):
    wish = Change(renewed=("student",), options=options(("student", "eengezins", None, 99)))
    assert goes(repair(street, wish)) == {"mevrouw": "hofje", "student": "eengezins"}


def test_what_was_acted_on_stays_whatever_else_changes(street):
    done = (("mevrouw", "hofje"), ("gezin", "eengezins"))
    better = options(("buurvrouw", "hofje", "bovenwoning", 999))
    repaired = repair(street, Change(pinned=done, options=better))
    assert goes(repaired) == {"mevrouw": "hofje", "gezin": "eengezins", "starter": "flat"}


def test_a_front_that_a_side_condition_does_not_allow_alone_is_let_go():
    table = options(*STREET).assign(minutes=[30, 10, -20, 5, 5, 5])
    hours = Conditions(budgets=(Budget("coach", "minutes", 15),))
    street = warm(table, ["hofje"], conditions=hours)
    assert set(goes(street)) == {"mevrouw", "gezin", "starter"}
    repaired = repair(street, Change(forbidden=(("gezin", "eengezins"),)))
    assert goes(repaired) == {"buurvrouw": "hofje"}


def test_a_repair_can_be_repaired_again(street):
    once = repair(street, Change(forbidden=(("gezin", "eengezins"),)))
    twice = repair(once.standing, Change(forbidden=(("student", "zolder"),)))
    assert goes(twice) == {"mevrouw": "hofje", "stel": "eengezins"}
    thrice = repair(twice.standing, Change(forbidden=(("mevrouw", "hofje"),)))
    assert goes(thrice) == {"buurvrouw": "hofje"}


def test_who_was_held_to_a_move_that_falls_may_go_elsewhere(street):
    held = repair(street, Change(pinned=(("buurvrouw", "hofje"),)))
    assert goes(held) == {"buurvrouw": "hofje"}
    free = repair(held.standing, Change(forbidden=(("buurvrouw", "hofje"),)))
    assert goes(free) == {"mevrouw": "hofje", "gezin": "eengezins", "starter": "flat"}
    assert free.loss_at_most == 0
    assert free.standing.facts.conditions.pinned == ()


def test_the_front_of_a_repaired_chain_is_not_held_for_ever(street):
    once = repair(street, Change(forbidden=(("gezin", "eengezins"),)))
    assert once.standing.facts.conditions.pinned == ()
    assert price(once.standing, Change(pinned=(("buurvrouw", "hofje"),))).points == 150 - 70


def test_a_move_that_cannot_be_cannot_be_pinned(street):
    with pytest.raises(ImpossibleConditions):
        price(street, Change(pinned=(("student", "hofje"),)))


def test_plan_b_names_who_would_come_instead(street):
    move = next(m for m in unlink(street.chains) if m.household == "gezin")
    told = plan_b(street, move)
    assert told.move == Move("stel", "eengezins", "zolder", 50)
    assert told.price.points == 170 - 150


def test_plan_b_is_nobody_where_nobody_else_may_come(street):
    move = next(m for m in unlink(street.chains) if m.household == "starter")
    assert plan_b(street, move).move is None
    assert plan_b(street, move).price.points == 20


def test_a_price_says_what_becomes_of_older_people_minutes_and_family_homes():
    table = options(*STREET).assign(
        older_to_suitable=[1, 0, 0, 0, 0, 0],
        minutes_change=[-12, 3, 0, 0, 0, 0],
        family_home_freed=[1, 0, 0, 0, 0, 0],
    )
    told = price(warm(table, ["hofje"]), Change(pinned=(("buurvrouw", "hofje"),)))
    assert (told.points, told.moves) == (100, -2)
    assert (told.older_to_suitable, told.family_homes_freed) == (-1, -1)
    assert told.minutes_to_ties == 15


def test_alternatives_leave_out_what_is_proposed_and_what_cannot_be():
    rows = (*STREET, ("mevrouw", "maan", "eengezins", 500), ("mevrouw", "flat", "eengezins", 5))
    told = alternatives(warm(rows, ["hofje"]), "mevrouw")
    assert told == ()
    rows = (*STREET, ("starter", "eengezins", None, 30))
    (only,) = alternatives(warm(rows, ["hofje"]), "starter")
    assert (only.move.to, only.price.points) == ("eengezins", 170 - 120)


def test_a_margin_is_what_the_prices_prove(street):
    told = margin(street, "buurvrouw", "hofje")
    assert told.possible
    assert told.loses == street.value - street.bound + told.below
    assert told.loses <= 100
    assert margin(street, "student", "hofje") is None


def test_a_plan_is_not_taken_up_with_the_options_of_another(street):
    other = facts_of(options(*STREET[1:]), ["hofje"], THREE, conditions=NONE, seed=1)
    with pytest.raises(OtherOptions):
        standing_of(other, street.chains, certificate=street.certificate())


def test_a_stored_plan_is_taken_up_with_its_stored_options(tmp_path):
    state = a_state(
        dwellings=[a_dwelling("leeg", access="NUL"), a_dwelling("oud", floor=3, rooms=3)],
        households=[an_older_household("mw-a", lives_in="oud", pays=50_000), a_household("dhr-b")],
    )
    made = match(state, rules_on(ON), a_policy(), Occasion("proef", ON, 1, 7, "proef"))
    made.found.options.to_parquet(tmp_path / "options.parquet")
    plan = PLAN.validate_json(PLAN.dump_json(made.plan))
    table = pd.read_parquet(tmp_path / "options.parquet")
    stored = taken_up(plan, table, made.found.openings, conditions=made.conditions)
    assert (stored.value, stored.bound) == (plan.receipt.value, plan.receipt.bound)
    assert goes(repair(stored, Change(forbidden=(("mw-a", "leeg"),)))) == {"dhr-b": "leeg"}


def region(name, *, people=170, vacant=26, seed=5):
    """A market of some two thousand moves: too large to be solved again whole."""
    dice = np.random.default_rng(seed)
    homes = [f"{name}w{i}" for i in range(people)] + [f"{name}o{i}" for i in range(vacant)]
    rows = [
        (f"{name}h{h}", homes[d], f"{name}w{h}", int(dice.integers(1, 400)))
        for h in range(people)
        for d in dice.choice(len(homes), 11, replace=False)
    ]
    return options(*rows), homes[people:]


@pytest.fixture(scope="module")
def country():
    """Two regions that share nothing."""
    (here, vacant), (there, empty) = region("a"), region("b", seed=6)
    return warm(pd.concat([here, there], ignore_index=True), [*vacant, *empty])


def a_longest(plan, name):
    return max(
        (c for c in plan.chains if c.key.startswith(name)), key=lambda c: (len(c.moves), c.key)
    )


def test_a_decline_in_one_region_leaves_every_chain_of_another_as_it_was(country):
    moves = a_longest(country, "a").moves
    repaired = repair(country, Change(forbidden=((moves[1].household, moves[1].to),)))
    elsewhere = {chain for chain in country.chains if chain.key.startswith("b")}
    assert elsewhere <= set(repaired.kept) <= set(repaired.chains)
    assert len(repaired.kept) < len(country.chains)


@pytest.mark.parametrize("kind", ["declined", "withdrawn", "gone", "pinned", "wish"])
def test_a_repaired_region_is_a_plan_with_a_bound_that_holds(country, kind):
    moves = a_longest(country, "b").moves
    declined = (moves[1].household, moves[1].to)
    table = country.facts.options
    row = table[table["household"] == moves[0].household].iloc[[0]]
    change = {
        "declined": Change(forbidden=(declined,)),
        "withdrawn": Change(withdrawn=(moves[1].to,)),
        "gone": Change(renewed=(moves[1].household,), vacated=(moves[1].leaves,)),
        "pinned": Change(pinned=((row["household"].iloc[0], row["dwelling"].iloc[0]),)),
        "wish": Change(renewed=(moves[0].household,), options=row.assign(gain=800)),
    }[kind]
    after = repair(country, change).standing
    made = unlink(after.chains)
    assert len({move.household for move in made}) == len({move.to for move in made}) == len(made)
    assert max(len(chain.moves) for chain in after.chains) <= 3
    assert {chain.opens for chain in after.chains} <= set(after.facts.openings)
    rows = after.facts.table()
    known = set(zip(rows["household"], rows["dwelling"], rows["gain"], strict=True))
    assert {(move.household, move.to, move.gain) for move in made} <= known
    assert after.value == sum(move.gain for move in made) <= after.bound
    assert after.bound == bound_of(
        rows,
        after.facts.openings,
        after.certificate(),
        longest_chain=3,
        longest_ring=0,
        conditions=after.facts.conditions,
    )
    assert declined not in {(m.household, m.to) for m in made} or kind in {"pinned", "wish"}


def test_a_repair_of_a_region_is_close_to_a_plan_made_anew(country):
    move = a_longest(country, "a").moves[0]
    repaired = repair(country, Change(forbidden=((move.household, move.to),)))
    told = repaired.standing.facts
    anew = choose(told.options, told.openings, THREE, seed=1, conditions=told.conditions)
    assert anew.bound - repaired.value <= anew.bound // 1_000
    assert repaired.value <= anew.bound


def test_the_order_of_the_options_does_not_change_a_repair(country):
    change = Change(withdrawn=(a_longest(country, "a").moves[1].to,))
    order = np.random.default_rng(1).permutation(len(country.facts.options))
    facts = facts_of(
        country.facts.options.iloc[order],
        country.facts.openings[::-1],
        THREE,
        conditions=NONE,
        seed=1,
    )
    shuffled = standing_of(facts, country.chains, certificate=country.certificate())
    assert repair(shuffled, change).chains == repair(country, change).chains


def test_the_price_in_a_region_lies_between_what_the_prices_prove(country):
    moves = a_longest(country, "a").moves
    for one, other in pairwise(moves):
        told = price(country, Change(forbidden=((one.household, one.to),)))
        assert told.at_least <= told.points <= told.at_most
        assert told.points >= 0
        assert plan_b(country, other).price.points >= 0
