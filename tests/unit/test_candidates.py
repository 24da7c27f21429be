"""Who could move where: what opens, who seeks, and that nobody is looked at in vain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from matching.candidates import UnknownHere, candidates, one_pair, openings, these_pairs
from matching.criteria import NO, RULES
from matching.state import State
from tests.builders import (
    ON,
    a_dwelling,
    a_household,
    a_newbuild,
    a_notice,
    a_policy,
    a_state,
    a_tenancy,
    a_tie,
    an_offer,
    an_older_household,
    the_rules,
)

EMPTY = a_dwelling("W", status="LEE")
LET = a_dwelling("W", status="VEH")
DEMOLITION = {"works": "K", "kind": "SLOOP", "start": "2028-01-01"}


def found(state: State, **choices: Any) -> pd.DataFrame:
    return candidates(state, the_rules(), a_policy(**choices), ON).options


def pairs(state: State, **choices: Any) -> list[tuple[str, str]]:
    options = found(state, **choices)
    return list(zip(options["household"], options["dwelling"], strict=True))


@pytest.mark.parametrize(
    "tables",
    [
        {"dwellings": [EMPTY]},
        {"dwellings": [{**EMPTY, "available": "2026-10-13"}]},
        {"dwellings": [LET], "tenancies": [a_tenancy("W", "V")], "notices": [a_notice("W")]},
        {"dwellings": [LET], "notices": [a_notice("W", status="AAN", ends="2026-10-13")]},
        {"newbuild": [a_newbuild("W")]},
        {"dwellings": [EMPTY], "offers": [an_offer("V", "W", state="taken_up")]},
        {"dwellings": [EMPTY], "offers": [an_offer("V", "W", state="declined")]},
        {"dwellings": [EMPTY], "tenancies": [a_tenancy("W", "V", end="2026-06-15")]},
    ],
)
def test_a_home_that_comes_free_opens_a_chain(tables: dict[str, Any]) -> None:
    assert list(openings(a_state(**tables), a_policy(), ON).index) == ["W"]


@pytest.mark.parametrize(
    "tables",
    [
        {"dwellings": [LET]},
        {"dwellings": [EMPTY], "tenancies": [a_tenancy("W", "V")]},
        {"dwellings": [EMPTY], "tenancies": [a_tenancy("W", "V", start="2026-07-01")]},
        {"dwellings": [{**EMPTY, "available": "2026-10-14"}]},
        {"dwellings": [LET], "notices": [a_notice("W", status="AFG")]},
        {"dwellings": [LET], "notices": [a_notice("W", status="GEA")]},
        {"dwellings": [LET], "notices": [a_notice("W", ends="2026-10-14")]},
        {
            "dwellings": [LET],
            "notices": [a_notice("W", given="2020-01-01", ends="2020-02-01")],
            "tenancies": [a_tenancy("W", "V", start="2020-03-01")],
        },
        {"dwellings": [a_dwelling("W", status="UIT")], "notices": [a_notice("W")]},
        {"newbuild": [a_newbuild("W", completed="2026-10-14")]},
        {"newbuild": [a_newbuild("W")], "tenancies": [a_tenancy("W", "V", start="2026-08-01")]},
        {"dwellings": [EMPTY], "works": [{**DEMOLITION, "dwelling": "W"}]},
        {"dwellings": [EMPTY], "offers": [an_offer("V", "W", state="accepted")]},
        {"dwellings": [EMPTY], "offers": [an_offer("V", "W", state="signed")]},
        {"dwellings": [EMPTY], "offers": [an_offer("V", "W", state="moved")]},
    ],
)
def test_a_home_that_does_not_come_free_opens_nothing(tables: dict[str, Any]) -> None:
    assert openings(a_state(**tables), a_policy(), ON).empty


def test_an_opening_says_the_day_on_which_it_comes_free() -> None:
    homes = [EMPTY, a_dwelling("X", status="VEH")]
    free = openings(a_state(dwellings=homes, notices=[a_notice("X")]), a_policy(), ON)
    assert free.dt.strftime("%Y-%m-%d").to_dict() == {"W": "2026-06-15", "X": "2026-07-15"}


def a_street() -> State:
    """An empty step-free flat, an older woman in a family home, a family in a flat, a starter."""
    return a_state(
        dwellings=[
            a_dwelling("leeg", access="NUL"),
            a_dwelling("huis", kind="EIN", rooms=4, floor=0),
            a_dwelling("flat", floor=3),
            a_dwelling("elders", status="VEH"),
        ],
        households=[
            an_older_household("mevrouw", lives_in="huis"),
            a_household("gezin", persons=4, lives_in="flat"),
            a_household("starter"),
        ],
    )


def test_homes_of_those_who_would_leave_can_be_entered_others_cannot() -> None:
    assert set(pairs(a_street())) == {
        ("mevrouw", "leeg"),
        ("gezin", "huis"),
        ("starter", "leeg"),
        ("starter", "flat"),
    }


def test_an_option_says_which_home_is_left() -> None:
    leaves = found(a_street()).groupby("household")["leaves"].first()
    assert leaves["mevrouw"] == "huis"
    assert pd.isna(leaves["starter"])


def test_options_are_sorted_and_worth_something() -> None:
    options = found(a_street())
    keys = pd.MultiIndex.from_frame(options[["household", "dwelling"]])
    assert keys.is_monotonic_increasing
    assert keys.is_unique
    assert (options["gain"] > 0).all()
    assert options.index.equals(pd.RangeIndex(len(options)))


def test_a_home_in_which_somebody_stays_is_not_entered() -> None:
    state = a_street()
    shared = pd.concat([state.tenancies, tenancy_of("zus", "flat")])
    state = State({**state.tables, "tenancies": shared})
    assert ("starter", "flat") not in pairs(state)


@pytest.mark.parametrize("start", ["2015-01-01", "2026-09-01"])
def test_who_leaves_another_behind_frees_nothing_yet_does_not_move_to_the_same_home(
    start: str,
) -> None:
    state = a_street()
    other = a_state(
        dwellings=[a_dwelling("huis")], tenancies=[a_tenancy("huis", "zus", start=start)]
    )
    both = pd.concat([state.tenancies, other.tenancies])
    state = State({**state.tables, "tenancies": both})
    option = found(state).set_index("household").loc["mevrouw"]
    assert (option["dwelling"], pd.isna(option["leaves"])) == ("leeg", True)
    own = one_pair(state, "mevrouw", "huis", the_rules(), a_policy(), ON).iloc[0]
    assert own["eigen_woning"] == NO


@pytest.mark.parametrize("status", ["UIT", "ADM"])
def test_a_home_that_is_not_let_again_is_not_entered_when_its_tenant_leaves(status: str) -> None:
    state = a_state(
        dwellings=[a_dwelling("leeg"), a_dwelling("oud", status=status)],
        households=[a_household("H", lives_in="oud"), a_household("starter")],
    )
    assert set(pairs(state)) == {("H", "leeg"), ("starter", "leeg")}


def tenancy_of(household: str, dwelling: str) -> pd.DataFrame:
    made = a_state(dwellings=[a_dwelling(dwelling)], tenancies=[a_tenancy(dwelling, household)])
    return made.tenancies


@pytest.mark.parametrize("offered", ["accepted", "signed", "moved"])
def test_who_accepted_a_home_does_not_seek_again(offered: str) -> None:
    person = a_household("H", wish={"stated": "2026-05-01"})
    offer = an_offer("H", "X", state=offered, on="2026-06-01")
    homes = [EMPTY, a_dwelling("X")]
    assert not pairs(a_state(dwellings=homes, households=[person], offers=[offer]))


def test_who_moved_and_then_states_a_new_wish_seeks_again() -> None:
    person = a_household("H", wish={"stated": "2026-06-02"})
    offer = an_offer("H", "X", state="moved", on="2026-06-01")
    assert pairs(a_state(dwellings=[EMPTY], households=[person], offers=[offer])) == [("H", "W")]


def test_moves_with_a_question_are_left_out_when_the_policy_says_so() -> None:
    state = a_state(dwellings=[a_dwelling("W", min_age=40)], households=[a_household("H")])
    assert pairs(state) == [("H", "W")]
    assert pairs(state, propose_asks=False) == []


def test_an_empty_state_gives_no_options_but_all_columns() -> None:
    columns = list(found(a_street()).columns)
    for state in (State(), a_state(dwellings=[EMPTY]), a_state(households=[a_household("H")])):
        options = found(state)
        assert options.empty
        assert list(options.columns) == columns
        assert (options.dtypes == found(a_street()).dtypes).all()


def test_one_pair_says_the_same_as_the_options() -> None:
    state = a_street()
    for row in found(state).itertuples():
        alone = one_pair(state, row.household, row.dwelling, the_rules(), a_policy(), ON)
        assert list(alone.iloc[0][1:5].fillna("-")) == [
            row.dwelling,
            "-" if pd.isna(row.leaves) else row.leaves,
            row.gain,
            row.asks,
        ]


@pytest.mark.parametrize(("household", "dwelling"), [("wie", "leeg"), ("gezin", "waar")])
def test_an_unknown_pair_says_so(household: str, dwelling: str) -> None:
    with pytest.raises(UnknownHere, match="kennen wij niet"):
        one_pair(a_street(), household, dwelling, the_rules(), a_policy(), ON)


def a_town(seed: int, *, homes: int = 120, people: int = 60) -> State:
    """A made-up town of ten by ten kilometres with all sorts of wishes and ties."""
    dice = np.random.default_rng(seed)

    def place() -> dict[str, int]:
        return {
            "x": int(dice.integers(140_000, 150_000)),
            "y": int(dice.integers(480_000, 490_000)),
        }

    def wish() -> dict[str, Any]:
        areas = ["", "BU99990101", "WK999902", "BU99990103|WK999902"]
        return {"areas": str(dice.choice(areas, p=[0.7, 0.1, 0.1, 0.1]))}

    dwellings = [
        a_dwelling(
            f"W{n:03d}",
            **place(),
            rooms=int(dice.integers(2, 5)),
            **({"district": "WK999902", "neighbourhood": "BU99990201"} if n % 3 == 0 else {}),
        )
        for n in range(homes)
    ]
    households = [
        a_household(
            f"H{n:03d}",
            persons=int(dice.integers(1, 4)),
            wish=wish(),
            registered=f"20{int(dice.integers(10, 26)):02d}-03-01",
            **({"lives_in": f"W{n:03d}"} if n % 3 else {}),
        )
        for n in range(people)
    ]
    ties = [
        a_tie(f"T{n:03d}", f"H{n % people:03d}", **place(), minutes=40, must=bool(n % 7 == 0))
        for n in range(people)
    ]
    return a_state(dwellings=dwellings, households=households, ties=ties)


def test_the_size_of_a_run_does_not_matter() -> None:
    state = a_town(1)
    asked = (state, the_rules(), a_policy(), ON)
    whole = candidates(*asked)
    for run in (1, 500):
        part = candidates(*asked, run=run)
        pd.testing.assert_frame_equal(part.options, whole.options)
        assert part.counts == whole.counts


def test_the_order_of_rows_does_not_matter() -> None:
    state = a_town(2)
    turned = State({name: table.iloc[::-1] for name, table in state.tables.items()})
    pd.testing.assert_frame_equal(found(turned), found(state))


def test_blocking_misses_nobody_and_judges_few() -> None:
    state = a_town(3)
    policy = a_policy(options_per_household=500)
    result = candidates(state, the_rules(), policy, ON)
    every = [(h, d) for h in state.households.index for d in state.dwellings.index]

    judged = these_pairs(state, every, the_rules(), policy, ON)
    allowed = (judged[[rule.name for rule in RULES]] != NO).all(axis=1) & (judged["gain"] > 0)
    expected = judged[allowed].sort_values(["household", "dwelling"], ignore_index=True)
    pd.testing.assert_frame_equal(result.options, expected)
    assert len(expected) > 100
    assert result.counts["judged"] < len(every) / 2


def test_of_each_household_only_the_best_stay() -> None:
    state = a_town(4)
    every = found(state, options_per_household=500)
    few = candidates(state, the_rules(), a_policy(options_per_household=3), ON)
    assert few.options.groupby("household").size().max() == 3
    assert few.counts["pruned"] == len(every) - len(few.options) > 0
    third = every.groupby("household")["gain"].apply(lambda gains: gains.nlargest(3).min())
    assert (few.options["gain"] >= few.options["household"].map(third.to_dict())).all()


def test_alike_households_do_not_all_keep_the_same_few_of_alike_homes() -> None:
    state = a_state(
        dwellings=[a_dwelling(f"W{n:02d}") for n in range(40)],
        households=[a_household(f"H{n:02d}") for n in range(10)],
    )
    assert found(state, options_per_household=2)["dwelling"].nunique() > 10


def test_what_was_refused_is_counted_by_the_first_rule_that_did() -> None:
    state = a_state(
        dwellings=[a_dwelling("W", rooms=6), a_dwelling("X", access="ZON")],
        households=[an_older_household("H")],
    )
    counts = candidates(state, the_rules(), a_policy(), ON).counts
    assert (counts["judged"], counts["kamers"], counts["toegankelijkheid"]) == (2, 1, 1)


def test_progress_is_told_in_seekers_done() -> None:
    told: list[tuple[int, int]] = []
    candidates(
        a_town(5), the_rules(), a_policy(), ON, progress=lambda *done: told.append(done), run=3_000
    )
    assert told[-1] == (60, 60)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
