"""Side conditions as rows: the very plans that keep the conditions keep the rows."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from matching.conditions import (
    NONE,
    Budget,
    Conditions,
    Group,
    ImpossibleConditions,
    Mix,
    Share,
    Together,
)
from matching.rows import Rows, barred, kept_bonus, rows_of
from tests.brute_force import Piece, broken, facts_of, moves_in, pieces_of, plans_of
from tests.worlds import KINDS, a_world

COLUMNS = ["household", "dwelling", "leaves", "gain"]


def table(*rows, **columns):
    """Rows of household, dwelling, leaves, and columns that a condition reads."""
    told = pd.DataFrame([(*row, 1) for row in rows], columns=COLUMNS)
    return told.assign(**columns)


HOMES = table(("an", "w1", None), ("an", "w2", None), ("bo", "w1", "w3"), ("bo", "w2", "w3"))


def row_named(rows, name):
    """One row as (limit, {position: coefficient})."""
    number = rows.names.index(name)
    mine = rows.row == number
    coefficients = zip(rows.arc[mine].tolist(), rows.coefficient[mine].tolist(), strict=True)
    return int(rows.limit[number]), dict(coefficients)


# Laws


def plans(world):
    """Every plan of a world, and the same moves as if all were made in one go."""
    facts = facts_of(world.options)
    limits = (world.longest_chain, world.longest_ring, Fraction(str(world.acceptance)))
    for plan in plans_of(pieces_of(list(facts), set(world.openings), *limits)):
        yield plan, (Piece(tuple(moves_in(plan)), ring=True, worth=Fraction(0)),)


def worth_at(plan, chance):
    """Of every move of a plan what it is worth there."""
    return {
        move: move.gain * chance ** (len(piece.moves) if piece.ring else place)
        for piece in plan
        for place, move in enumerate(piece.moves, start=1)
    }


def rows_kept(rows, plan, at, chance):
    """Whether a plan stays under the limit of every row; `at`: where a move stands."""
    worth = {at[move]: points for move, points in worth_at(plan, chance).items()}
    total = [Fraction(0)] * len(rows)
    triplets = zip(rows.row.tolist(), rows.arc.tolist(), rows.coefficient.tolist(), strict=True)
    for row, arc, coefficient in triplets:
        if arc in worth:
            total[row] += coefficient * (worth[arc] if rows.by_worth[row] else 1)
    return all(summed <= limit for summed, limit in zip(total, rows.limit.tolist(), strict=True))


def conditions_kept(plan, at_once, facts, world):
    """Whether a plan keeps all conditions; the mix only when all is done."""
    chance = Fraction(str(world.acceptance))
    said = [name for name in broken(plan, facts, world.conditions, chance) if "mix" not in name]
    return not said and not any("mix" in n for n in broken(at_once, facts, world.conditions))


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_keeps_the_conditions_just_when_it_keeps_the_rows_and_has_no_barred_move(kind):
    for seed in range(12):
        world = a_world(seed, kind)
        facts, shut = facts_of(world.options), barred(world.options, world.conditions)
        at = {move: number for number, move in enumerate(facts)}
        rows = rows_of(world.options, world.conditions)
        for plan, at_once in plans(world):
            open_ = not any(shut[at[move]] for move in moves_in(plan))
            kept = open_ and rows_kept(rows, plan, at, Fraction(str(world.acceptance)))
            assert kept == conditions_kept(plan, at_once, facts, world), (seed, plan)


def test_the_bonus_of_a_plan_is_what_the_kept_proposals_would_have_cost():
    for seed in range(20):
        world = a_world(seed, "shown")
        at = {move: number for number, move in enumerate(facts_of(world.options))}
        bonus = kept_bonus(world.options, world.conditions)
        for plan, _ in plans(world):
            made = {(move.household, move.dwelling) for move in moves_in(plan)}
            kept = len(made & set(world.conditions.seen))
            assert sum(bonus[at[move]] for move in moves_in(plan)) == (
                kept * world.conditions.change_cost
            )


# One row at a time


def test_no_conditions_are_no_rows():
    assert len(rows_of(HOMES, NONE)) == 0
    assert not barred(HOMES, NONE).any()
    assert not kept_bonus(HOMES, NONE).any()


def test_a_pinned_move_must_be_made():
    rows = rows_of(HOMES, Conditions(pinned=(("bo", "w2"),)))
    assert row_named(rows, "pin|bo|w2") == (-1, {3: -1})


def test_a_pinned_move_that_nobody_may_make_is_impossible_and_the_message_names_it():
    with pytest.raises(ImpossibleConditions, match="huishouden bo naar woning w9") as told:
        rows_of(HOMES, Conditions(pinned=(("bo", "w9"),)))
    assert "Laat haar los" in str(told.value)


def test_forbidden_moves_are_barred_and_no_others():
    shut = barred(HOMES, Conditions(forbidden=(("an", "w1"), ("bo", "w9"), ("cas", "w1"))))
    assert shut.tolist() == [True, False, False, False]


def test_who_has_enough_proposals_keeps_those_and_gets_no_other():
    seen = (("an", "w1"), ("bo", "w1"), ("bo", "w2"))
    assert barred(HOMES, Conditions(seen=seen, most_open=2)).tolist() == [False] * 4
    assert barred(HOMES, Conditions(seen=seen, most_open=1)).tolist() == [False, True, False, False]
    assert not barred(HOMES, Conditions(seen=seen)).any()


def test_a_proposal_that_was_shown_is_worth_what_dropping_it_would_cost():
    bonus = kept_bonus(HOMES, Conditions(seen=(("bo", "w1"), ("an", "w7")), change_cost=15))
    assert bonus.tolist() == [0, 0, 15, 0]


def test_a_budget_counts_its_column_where_it_is_told_to():
    told = HOMES.assign(minutes=[60, 0, -5, 30], coach=["anne", "anne", "anne", None])
    conditions = Conditions(
        budgets=(Budget("uren", "minutes", 90), Budget("anne", "minutes", 45, ("coach", "anne")))
    )
    rows = rows_of(told, conditions)
    assert row_named(rows, "budget|uren") == (90, {0: 60, 2: -5, 3: 30})
    assert row_named(rows, "budget|anne") == (45, {0: 60, 2: -5})


def test_a_share_counts_the_worth_of_a_corporations_own_households():
    told = HOMES.assign(corporation=["noord", "noord", "zuid", None])
    rows = rows_of(told, Conditions(shares=(Share("noord", 12),)))
    assert row_named(rows, "share|noord") == (-12, {0: -1, 1: -1})
    assert rows.by_worth.tolist() == [True]


def test_a_tie_that_moves_too_may_stay_or_go_near():
    rows = rows_of(HOMES, Conditions(together=(Together("an", "w1", "bo", ("w2",)),)))
    assert row_named(rows, "together|an|w1|bo") == (1, {0: 1, 2: 1})


def test_a_tie_that_is_needed_must_go_near():
    asked = Together("an", "w1", "bo", ("w2",), needs=True)
    rows = rows_of(HOMES, Conditions(together=(asked,)))
    assert row_named(rows, "together|an|w1|bo") == (0, {0: 1, 3: -1})


def test_a_group_moves_as_one_into_one_complex():
    told = HOMES.assign(complex=["a", "b", "a", None])
    rows = rows_of(told, Conditions(groups=(Group("samen", ("an", "bo")),)))
    assert row_named(rows, "group|samen|bo|+") == (0, {0: -1, 1: -1, 2: 1, 3: 1})
    assert row_named(rows, "group|samen|bo|-") == (0, {0: 1, 1: 1, 2: -1, 3: -1})
    assert row_named(rows, "near|samen|an|bo|a") == (0, {0: 1, 2: -1})
    assert row_named(rows, "near|samen|an|bo|b") == (0, {1: 1})
    assert row_named(rows, "near|samen|bo|an|woning w2") == (0, {3: 1})


def test_a_home_without_complex_is_not_near_a_complex_that_bears_its_name():
    told = HOMES.assign(complex=["w2", "w2", None, None])
    rows = rows_of(told, Conditions(groups=(Group("samen", ("an", "bo")),)))
    alone = [row_named(rows, name)[1] for name in rows.names if name.startswith("near|samen|bo|an")]
    assert sorted(map(sorted, alone)) == [[2], [3]]


def test_a_group_may_live_as_many_metres_apart_as_told_and_never_in_one_home():
    told = HOMES.assign(x=[0, 300, 0, 300], y=[0, 400, 0, 400])
    for metres, near in ((500, {0: 1, 3: -1}), (499, {0: 1})):
        rows = rows_of(told, Conditions(groups=(Group("samen", ("an", "bo"), metres),)))
        assert row_named(rows, "near|samen|an|bo|w1") == (0, near)


def test_a_mix_counts_who_enters_and_who_leaves_and_holds_at_every_moment():
    told = HOMES.assign(
        resident=["VRAGEND", "VRAGEND", "VRAGEND", "DRAGEND"],
        complex=["a", None, "a", "a"],
        leaves_complex=[None, "a", "a", None],
    )
    rows = rows_of(told, Conditions(mixes=(Mix("a", "VRAGEND", now=3, least=2, most=5),)))
    assert row_named(rows, "mix|a|VRAGEND|most") == (2, {0: 1, 1: -1})
    assert row_named(rows, "mix|a|VRAGEND|least") == (1, {0: -1, 1: 1})
    assert rows.always.all()


@pytest.mark.parametrize(("now", "room"), [(7, (0, 5)), (1, (4, 0)), (3, (2, 1))])
def test_a_mix_outside_its_band_may_not_get_worse_but_may_mend(now, room):
    told = HOMES.assign(resident="VRAGEND", complex="a", leaves_complex=None)
    rows = rows_of(told, Conditions(mixes=(Mix("a", "VRAGEND", now=now, least=2, most=5),)))
    assert tuple(rows.limit.tolist()) == room


# Tables of rows


def some_rows():
    asked = Together("an", "w1", "bo", ("w2",))
    return rows_of(HOMES, Conditions(pinned=(("bo", "w2"),), together=(asked,)))


def test_rows_over_other_moves_are_numbered_by_those():
    moved = some_rows().over(np.array([3, 2, 0]))
    assert row_named(moved, "pin|bo|w2") == (-1, {0: -1})
    assert row_named(moved, "together|an|w1|bo") == (1, {1: 1, 2: 1})


def test_rows_without_the_moves_that_they_need_are_impossible():
    with pytest.raises(ImpossibleConditions):
        some_rows().over(np.array([0, 1, 2]))


def test_some_of_the_rows_and_others_put_together_are_all_of_them_again():
    rows = some_rows()
    one, other = rows.only(np.array([True, False])), rows.only(np.array([False, True]))
    again = one.and_rows(other)
    assert again.names == rows.names
    assert all(row_named(again, name) == row_named(rows, name) for name in rows.names)


def test_no_rows_over_any_moves_are_no_rows():
    assert len(Rows().over(np.array([2, 0]))) == 0
