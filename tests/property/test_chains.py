"""Laws of linking, for worlds of any shape in which moves can be linked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matching.chains import link, unlink
from matching.model import Chain, Move


@st.composite
def linkable(draw: st.DrawFn) -> tuple[list[Move], list[str]]:
    """Chains and rings in random order, with some homes left twice and some vacancies left."""
    moves: list[Move] = []
    openings: list[str] = []
    for number in range(draw(st.integers(0, 5))):
        length = draw(st.integers(1, 5))
        ring = length > 1 and draw(st.booleans())
        homes = [f"W{number}-{place}" for place in range(length)]
        last = homes[0] if ring else _left_at_the_end(draw, number, homes, openings)
        leaves = [*homes[1:], last]
        moves += [
            Move(f"H{number}-{place}", homes[place], leaves[place], draw(st.integers(0, 99)))
            for place in range(length)
        ]
        openings += [] if ring else [homes[0]]
    return draw(st.permutations(moves)), openings


def _left_at_the_end(
    draw: st.DrawFn, number: int, homes: list[str], openings: list[str]
) -> str | None:
    return draw(st.sampled_from([None, f"vrij-{number}", homes[0], *homes[1:], *openings]))


@given(linkable())
def test_unlinking_what_was_linked_loses_no_move(world):
    moves, openings = world
    assert set(unlink(link(moves, openings))) == set(moves)
    assert len(unlink(link(moves, openings))) == len(moves)


@given(linkable())
def test_linking_ignores_the_order_of_its_input(world):
    moves, openings = world
    assert link(moves, openings) == link(sorted(moves, key=lambda m: m.household), openings)


@given(linkable())
def test_linking_again_changes_nothing(world):
    chains = link(*world)
    assert link(unlink(chains), world[1]) == chains


@given(linkable(), st.data())
def test_any_prefix_of_an_open_chain_is_a_chain(world, data):
    moves, openings = world
    for chain in link(moves, openings):
        if not chain.ring:
            front = chain.moves[: data.draw(st.integers(1, len(chain.moves)))]
            assert link(front, openings) == (Chain(front),)


@given(linkable())
def test_every_open_chain_begins_in_an_opening(world):
    moves, openings = world
    assert {c.opens for c in link(moves, openings) if not c.ring} <= set(openings)
