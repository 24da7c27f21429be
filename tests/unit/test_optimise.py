"""What `choose` promises about its tables, its ties and its proof."""

import numpy as np
import pandas as pd
import pytest

from matching.certificate import BrokenCertificate, bound_of, rings_of
from matching.model import Certificate, Status
from matching.optimise import ImpossibleLimits, Limits, UnusableOptions, choose


def table(*rows):
    return pd.DataFrame(rows, columns=["household", "dwelling", "leaves", "gain"])


def chosen(choice):
    return sorted(zip(choice.moves["household"], choice.moves["dwelling"], strict=True))


CHAIN = table(("an", "o1", "w1", 5), ("bo", "w1", "w2", 7), ("cas", "w2", None, 3))


def test_a_chain_goes_on_into_the_homes_it_frees():
    choice = choose(CHAIN, ["o1"], Limits(5, 0), seed=1)
    assert (choice.value, choice.bound, choice.status) == (15, 15, Status.PROVEN)


def test_a_chain_is_no_longer_than_allowed():
    assert chosen(choose(CHAIN, ["o1"], Limits(2, 0), seed=1)) == [("an", "o1"), ("bo", "w1")]


def test_rows_come_back_as_they_were():
    rows = CHAIN.assign(note=["x", "y", "z"]).set_axis([7, 3, 9])
    moves = choose(rows, ["o1"], Limits(5, 0), seed=1).moves
    assert moves.equals(rows)


@pytest.mark.parametrize(("rows", "openings"), [(CHAIN[:0], ["o1"]), (CHAIN, []), (CHAIN[:0], [])])
def test_nothing_to_choose_from_gives_an_empty_choice_that_says_so(rows, openings):
    choice = choose(rows, openings, Limits(5, 3), seed=1)
    assert (len(choice.moves), choice.value, choice.bound) == (0, 0, 0)
    assert choice.status is Status.EMPTY
    assert list(choice.moves.columns) == list(rows.columns)


def test_a_table_without_rows_needs_no_columns():
    choice = choose(pd.DataFrame(), ["o1"], Limits(5, 3), seed=1)
    assert (len(choice.moves), choice.value, choice.status) == (0, 0, Status.EMPTY)


def test_labels_of_rows_may_be_of_any_kind_and_rows_may_come_twice():
    rows = pd.concat([CHAIN, CHAIN]).set_axis(pd.MultiIndex.from_product([["x", "y"], range(3)]))
    choice = choose(rows, ["o1"], Limits(5, 0), seed=1)
    assert choice.value == 15
    assert set(choice.moves.index) <= set(rows.index)


RING = table(("an", "w2", "w1", 4), ("bo", "w3", "w2", 4), ("cas", "w1", "w3", 4))


@pytest.mark.parametrize(("longest", "value"), [(0, 0), (2, 0), (3, 12), (5, 12)])
def test_rings_need_no_vacancy_but_may_not_be_too_long(longest, value):
    assert choose(RING, [], Limits(4, longest), seed=1).value == value


def test_a_ring_of_n_counts_its_sum_n_chances_over():
    assert choose(RING, [], Limits(0, 3, 0.5), seed=1).value == round(12 / 8)


def test_two_households_that_leave_one_home_make_room_for_one():
    rows = table(("an", "o1", "w1", 1), ("ab", "o2", "w1", 1), ("bo", "w1", None, 5))
    more = table(("cas", "w1", None, 5))
    choice = choose(pd.concat([rows, more], ignore_index=True), ["o1", "o2"], Limits(3, 0), seed=1)
    assert choice.value == 7


def test_a_vacancy_that_someone_leaves_is_simply_vacant():
    rows = table(("an", "o1", "o2", 1), ("bo", "o2", "w3", 1), ("cas", "w3", None, 1))
    assert choose(rows, ["o1", "o2"], Limits(2, 0), seed=1).value == 3


def test_a_home_that_nobody_leaves_cannot_be_entered():
    assert choose(table(("an", "x", "w1", 5)), ["o1"], Limits(3, 0), seed=1).value == 0


def test_staying_at_home_is_no_move():
    assert choose(table(("an", "w1", "w1", 5)), ["w1"], Limits(3, 2), seed=1).value == 0


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA])
@pytest.mark.parametrize("kind", ["object", "Int64", "int64"])
def test_ids_may_be_numbers_and_gains_of_any_integer_type(nothing, kind):
    rows = table((1, 10, 20, 5), (2, 20, nothing, 7)).astype({"gain": kind})
    assert choose(rows, np.array([10]), Limits(2, 0), seed=1).value == 12


@pytest.mark.parametrize("gain", [-1, 1.5, None])
def test_a_gain_that_is_no_whole_number_of_points_is_refused(gain):
    with pytest.raises(UnusableOptions):
        choose(table(("an", "o1", None, gain)), ["o1"], Limits(1, 0), seed=1)


def test_a_missing_column_is_refused():
    with pytest.raises(UnusableOptions):
        choose(CHAIN.drop(columns="gain"), ["o1"], Limits(1, 0), seed=1)


@pytest.mark.parametrize("limits", [(-1, 0, 1), (1, -1, 1), (1, 0, 0), (1, 0, 1.2)])
def test_limits_that_cannot_be_are_refused(limits):
    with pytest.raises(ImpossibleLimits):
        Limits(*limits)


def test_a_tie_is_drawn_and_no_name_always_wins():
    rows = table(("an", "o1", None, 5), ("zus", "o1", None, 5))
    winners = {chosen(choose(rows, ["o1"], Limits(1, 0), seed=seed))[0][0] for seed in range(20)}
    assert winners == {"an", "zus"}


def test_the_certificate_proves_its_bound_again():
    certificate = choose(CHAIN, ["o1"], Limits(5, 0), seed=1).certificate
    again = bound_of(CHAIN, ["o1"], certificate, longest_chain=5, longest_ring=0)
    assert again == certificate.bound == 15


def test_a_certificate_with_other_prices_proves_another_bound():
    rows = table(("an", "o1", None, 9), ("an", "o2", None, 9), ("bo", "o2", None, 4))
    certificate = choose(rows, ["o1", "o2"], Limits(1, 0), seed=1).certificate
    bare = Certificate(certificate.scale)
    assert certificate.bound == 13
    assert bound_of(rows, ["o1", "o2"], bare, longest_chain=1, longest_ring=0) == 18


def test_a_certificate_with_a_price_below_nothing_is_refused():
    with pytest.raises(BrokenCertificate):
        bound_of(CHAIN, ["o1"], Certificate(1, (("an", -1),)), longest_chain=1, longest_ring=0)


def test_every_ring_is_found_once():
    home, frees = np.array([0, 1, 1, 2, 2]), np.array([1, 0, 2, 0, 1])
    rings, complete = rings_of(home, frees, np.arange(5), longest=3)
    assert complete
    assert sorted(sorted(set(ring) - {-1}) for ring in rings.tolist()) == [
        [0, 1],
        [0, 2, 3],
        [2, 4],
    ]


def test_gains_too_large_for_exact_arithmetic_are_refused():
    with pytest.raises(UnusableOptions):
        choose(table(("an", "o1", None, 2**60)), ["o1"], Limits(1, 0), seed=1)


def test_too_many_rings_to_list_still_leaves_a_true_bound(monkeypatch):
    monkeypatch.setattr("matching.certificate.MOST_RINGS", 1)
    dice = np.random.default_rng(3)
    pairs = [(h, d) for h in range(8) for d in range(8) if h != d and dice.random() < 0.6]
    rows = table(*[(f"h{h}", f"w{d}", f"w{h}", int(dice.integers(1, 9))) for h, d in pairs])
    limits = {"longest_chain": 2, "longest_ring": 3}
    free = choose(rows, ["w0"], Limits(**limits), seed=1, small=0)
    monkeypatch.undo()
    best = choose(rows, ["w0"], Limits(**limits), seed=1)
    assert free.value <= best.value <= free.bound
    assert best.status is Status.PROVEN
