"""Moves become chains and rings."""

from __future__ import annotations

import pandas as pd
import pytest

from matching.chains import link, moves_of, unlink
from matching.model import BrokenChain, Chain, Move


def a_move(household: str, to: str, leaves: str | None = None, gain: int = 1) -> Move:
    return Move(household, to, leaves, gain)


def test_moves_that_free_one_another_are_one_chain():
    last, first, middle = a_move("C", "W2"), a_move("A", "leeg", "W1"), a_move("B", "W1", "W2")
    assert link([last, first, middle]) == (Chain((first, middle, last)),)


def test_a_chain_opens_with_its_vacancy_and_closes_with_what_stays_free():
    (chain,) = link([a_move("B", "W1", "W2"), a_move("A", "leeg", "W1")])
    assert (chain.opens, chain.closes) == ("leeg", "W2")


def test_households_that_swap_are_a_ring_that_begins_with_the_first_home():
    (ring,) = link([a_move("B", "W2", "W1"), a_move("A", "W1", "W2")])
    assert ring.ring
    assert [move.to for move in ring.moves] == ["W1", "W2"]


def test_a_home_that_is_itself_an_opening_begins_its_own_chain():
    first, second = a_move("A", "leeg", "opgezegd"), a_move("B", "opgezegd", "W2")
    assert link([first, second], ["leeg", "opgezegd"]) == (Chain((first,)), Chain((second,)))


def test_a_swap_through_an_opening_is_an_open_chain():
    chains = link([a_move("A", "W1", "leeg"), a_move("B", "leeg", "W1")], ["leeg"])
    assert [chain.ring for chain in chains] == [False]


def test_of_two_that_leave_one_home_the_shorter_chain_goes_on():
    long = [a_move("A", "leeg-1", "W1"), a_move("B", "W1", "gedeeld")]
    short, onward = a_move("C", "leeg-2", "gedeeld"), a_move("D", "gedeeld")
    assert link([*long, short, onward]) == (Chain(tuple(long)), Chain((short, onward)))


def test_two_in_one_home_are_refused():
    with pytest.raises(BrokenChain, match="dezelfde woning"):
        link([a_move("A", "leeg"), a_move("B", "leeg")])


def test_a_household_that_moves_twice_is_refused():
    with pytest.raises(BrokenChain, match="tweemaal"):
        link([a_move("A", "leeg-1"), a_move("A", "leeg-2")])


def test_a_home_that_nobody_leaves_is_refused_when_the_openings_are_known():
    with pytest.raises(BrokenChain, match="Niemand laat woning W1 achter"):
        link([a_move("A", "W1", "W2")], ["leeg"])


def test_no_moves_are_no_chains():
    assert link([]) == ()


def test_rows_of_options_become_moves_and_a_missing_home_left_is_a_starter():
    table = pd.DataFrame(
        {
            "household": ["A", "B"],
            "dwelling": ["leeg", "W1"],
            "leaves": pd.Series(["W1", None], dtype="str"),
            "gain": [7, 3],
        }
    )
    assert moves_of(table) == (Move("A", "leeg", "W1", 7), Move("B", "W1", None, 3))


def test_unlinking_gives_the_moves_in_the_order_of_the_chain():
    moves = (a_move("A", "leeg", "W1"), a_move("B", "W1"))
    assert unlink(link(reversed(moves))) == moves
