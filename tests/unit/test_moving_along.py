"""A mother who must live near her daughter may follow her to the other side of town; never alone.

The town is a line: the daughter's home at the usual place, the new quarter five kilometres away.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.around import Change, repair, standing
from matching.candidates import ALONG, candidates, moving_along
from matching.conditions import Together
from matching.explain import why, why_not
from matching.match import Occasion, match
from matching.passed_over import by_themselves
from matching.proximity import walked_minutes
from matching.verify import verify, walks_to_judge
from matching.walking import Network
from tests.brute_force import best_plan
from tests.builders import (
    ON,
    PLACE,
    a_dwelling,
    a_household,
    a_policy,
    a_state,
    a_tie,
    the_rules,
)
from tests.terms_world import moves_of_plan, plan_of, terms_of
from tests.unit.test_walking import streets

OCCASION = Occasion("regio", ON, 1, 7, "proef")
X = PLACE["x"]
QUARTER = {"x": X + 5_000, "neighbourhood": "BU99990102"}


def town(*homes, mother=None, daughter=None, others=(), ties=()):
    """The daughter seeks four rooms; the mother seeks any home within twenty minutes of her."""
    here = [a_dwelling("flat", x=X + 200, kind="GAL"), a_dwelling("dochterhuis", rooms=2)]
    wish = {"min_rooms": 4, "areas": "BU99990102"}
    people = [
        a_household(
            "moeder",
            lives_in="flat",
            registered="2010-06-15",
            **(mother or {"wish": {"max_rooms": 3}}),
        ),
        a_household("dochter", lives_in="dochterhuis", persons=3, **(daughter or {"wish": wish})),
        *others,
    ]
    near = a_tie("T", "moeder", with_household="dochter", must=True, minutes=20, weight=1)
    return a_state(dwellings=[*here, *homes], households=people, ties=[near, *ties])


def for_mother(name="hofje", **differs):
    return a_dwelling(name, features="TUIN", **{**QUARTER, **differs})


def for_daughter(name="gezinshuis", **differs):
    return a_dwelling(name, **{"rooms": 4, **QUARTER, **differs})


def found_by_judge(matched, state, plan=None, **choices):
    return {
        each.rule
        for each in verify(
            matched.plan if plan is None else plan,
            state,
            the_rules(),
            a_policy(**choices),
            options=matched.found.options,
            conditions=matched.conditions,
        )
    }


TOGETHER = {"moeder": "hofje", "dochter": "gezinshuis"}


def test_mother_and_daughter_move_together_to_the_other_side_of_town():
    state = town(for_mother(), for_daughter())
    matched = plan_of(state)

    assert moves_of_plan(matched) == TOGETHER
    assert found_by_judge(matched, state) == set()


@pytest.mark.parametrize(
    "homes",
    [(for_mother(),), (for_mother(), for_daughter(x=X + 9_000))],
    ids=["no home for her daughter", "only one far from hers"],
)
def test_a_mother_never_goes_there_without_her_daughter(homes):
    state = town(*homes)
    matched = plan_of(state)

    assert "moeder" not in moves_of_plan(matched)
    assert found_by_judge(matched, state) == set()


def test_two_who_want_one_home_do_not_both_go_there():
    wish = {"wish": {"areas": "BU99990102"}}
    state = town(a_dwelling("gezinshuis", rooms=3, **QUARTER), daughter=wish)

    assert ALONG not in terms_of(state).options
    assert moves_of_plan(plan_of(state)) == {"dochter": "gezinshuis"}


def test_such_a_home_needs_the_move_of_the_other():
    state = town(for_mother(), for_daughter(), for_daughter("ver", x=X + 9_000))

    asked = terms_of(state).conditions.together

    assert Together("moeder", "hofje", "dochter", ("gezinshuis",), needs=True) in asked


def test_a_home_near_where_the_other_lives_needs_nothing():
    state = town(for_mother("hier", x=X), for_mother(), for_daughter())
    asked = {one.dwelling: one for one in terms_of(state).conditions.together}

    assert not asked["hier"].needs
    assert asked["hier"].allowed == ()
    assert asked["hofje"].needs


def test_the_points_are_those_of_tonight():
    state = town(for_mother(), for_daughter())
    options = terms_of(state).options.set_index(["household", "dwelling"])

    row = options.loc[("moeder", "hofje")]
    assert row["minuten_straks"] > row["minuten_nu"]
    assert row["banden"] < 0 < row["gain"]


ROAD = Network.from_table(
    streets(*(((X + m, PLACE["y"]), (X + m + 100, PLACE["y"]), 100) for m in range(0, 7_000, 100)))
)
"""One straight road: no detour, so twenty minutes are 1,500 metres and not 1,150."""


@pytest.mark.parametrize(("metres", "moves"), [(6_500, True), (6_600, False)])
def test_over_the_streets_the_walk_between_both_new_homes_counts(metres, moves):
    state, policy = town(for_mother(x=X + metres), for_daughter()), a_policy()
    matched = match(state, the_rules(), policy, OCCASION, network=ROAD)
    asked = walks_to_judge(matched.plan, state, policy)
    found = verify(
        matched.plan,
        state,
        the_rules(),
        policy,
        options=matched.found.options,
        network_minutes=walked_minutes(asked, policy=policy, network=ROAD),
        conditions=matched.conditions,
    )

    assert (moves_of_plan(matched) == TOGETHER) == moves
    assert found == ()


def test_no_more_than_so_many_homes_are_added():
    homes = [for_mother(f"hofje-{n}") for n in range(5)]
    state = town(*homes, for_daughter())

    added = terms_of(state, options_per_household=2).options

    assert added[ALONG].sum() == 2


def test_without_a_tie_that_may_move_nothing_changes():
    state = town(for_mother(), for_daughter(), daughter={"wish": None})
    found = candidates(state, the_rules(), a_policy(), ON)

    assert moving_along(state, found.options, the_rules(), a_policy(), ON) is found.options


@pytest.mark.parametrize(
    "refuses",
    [
        {"wish": {"max_rooms": 2}},
        {"wish": {"areas": "BU99990101"}},
        {"consent": False, "consent_date": None},
    ],
    ids=["her wish", "the area she names", "no consent"],
)
def test_every_other_rule_still_holds(refuses):
    assert ALONG not in terms_of(town(for_mother(), for_daughter(), mother=refuses)).options


def test_another_tie_that_must_be_near_still_holds():
    friend = a_tie("V", "moeder", must=True, minutes=20)

    assert ALONG not in terms_of(town(for_mother(), for_daughter(), ties=[friend])).options


@pytest.mark.parametrize(("rooms", "moves"), [(6, True), (5, False)])
def test_of_two_whom_she_must_be_near_both_must_come(rooms, moves):
    attic = a_dwelling("zolder", rooms=1, kind="GAL")
    wish = {"min_rooms": 6, "areas": "BU99990102"}
    friend = a_household("vriendin", lives_in="zolder", persons=5, wish=wish)
    near = a_tie("V", "moeder", with_household="vriendin", must=True, minutes=20, weight=1)
    homes = (for_mother(), for_daughter(), for_daughter("huis", rooms=rooms, area=120))
    state = town(*homes, attic, others=[friend], ties=[near])
    matched = plan_of(state)

    assert ("moeder" in moves_of_plan(matched)) == moves
    assert ("vriendin" in moves_of_plan(matched)) == moves
    assert found_by_judge(matched, state) == set()


def test_a_plan_that_leaves_the_daughter_behind_is_refused():
    state = town(for_mother(), for_daughter())
    matched = plan_of(state)
    chains = tuple(
        chain
        for chain in matched.plan.chains
        if "dochter" not in {m.household for m in chain.moves}
    )

    found = found_by_judge(matched, state, replace(matched.plan, chains=chains))

    assert {"moet_band", "band_verhuist_mee"} <= found


@pytest.mark.parametrize(
    "change",
    [
        Change(forbidden=(("dochter", "gezinshuis"),)),
        Change(withdrawn=("gezinshuis",)),
        Change(renewed=("dochter",)),
    ],
    ids=["declines", "her home is withdrawn", "wishes nothing any more"],
)
def test_when_the_daughter_drops_out_a_repaired_plan_does_not_send_her_mother_alone(change):
    state = town(for_mother(), for_daughter())
    matched = plan_of(state)
    told = {"conditions": matched.conditions}
    before = standing(matched.plan, matched.found.options, matched.found.openings, **told)

    assert len(before.chains) == 2
    assert repair(before, change).chains == ()


def test_why_not_says_of_what_is_proposed_why_it_is():
    state = town(for_mother(), for_daughter())
    plan = plan_of(state).plan
    asked = (the_rules(), a_policy(), ON)

    told = why_not(state, "moeder", "hofje", *asked, plan=plan)
    alone = why_not(state, "moeder", "hofje", *asked)

    assert told == why(plan, "moeder")
    assert [one.criterion for one in alone.reasons] == ["zoekgebied", "moet_band"]


def test_the_explanation_says_that_the_other_moves_too():
    matched = plan_of(town(for_mother(), for_daughter()))

    told = {one.criterion: one.sentence for one in why(matched.plan, "moeder").reasons}

    assert "verhuist in dit plan mee" in told["moet_band"]
    assert "nieuwe woning van iemand" in told["zoekgebied"]
    assert told["banden"].endswith("wie meeverhuist, komt dichterbij.")
    assert all(
        "verhuist in dit plan mee" not in r.sentence for r in why(matched.plan, "dochter").reasons
    )


def test_who_may_come_along_only_is_not_best_placed():
    options = terms_of(town(for_mother(), for_daughter())).options

    assert ("moeder", "hofje") in set(zip(options["household"], options["dwelling"], strict=True))
    assert "hofje" not in set(by_themselves(options)["dwelling"])
    assert "gezinshuis" in set(by_themselves(options)["dwelling"])


@pytest.mark.parametrize("metres", [4_000, 4_999, 5_000, 6_200, 9_000])
def test_the_plan_is_worth_what_the_slow_optimiser_finds(metres):
    state = town(for_mother(x=X + metres), for_mother("hier", x=X + 700), for_daughter())
    matched = plan_of(state)
    policy = a_policy()

    best, _ = best_plan(
        matched.found.options,
        matched.found.openings,
        longest_chain=policy.longest_chain,
        longest_ring=policy.longest_ring,
        acceptance=policy.acceptance_percent / 100,
        conditions=matched.conditions,
    )

    assert matched.plan.receipt.value == round(best)
    assert found_by_judge(matched, state) == set()
