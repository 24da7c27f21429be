"""What many runs say of chains and their ends, and of the homes that came free in them."""

import pandas as pd
import pytest

from matching.simulate.lengths import tenths
from matching.simulate.summary import compare
from tests.simulated import (
    a_run,
    chains,
    compared,
    figures,
    freed,
    row,
    shown,
    something_of_everything,
)


@pytest.fixture(scope="module")
def whole():
    return something_of_everything()


def begun(*rows):
    return compared(a_run(chains=chains(*rows)))


A_CHAIN = ("zorg", "ruim", "noord", 3, 2, 2, "starter", 5)


def test_the_length_of_chains_is_over_those_that_began_and_ended_here():
    before = ("leeg", "ruim", "noord", -1, 9, 9, "starter", 5)
    still = ("zorg", "ruim", "noord", 3, 7, 6, "nog open", -1)
    longer = ("zorg", "ruim", "noord", 3, 4, 4, "starter", 5)
    told = begun(before, still, longer, *[A_CHAIN] * 11).lengths

    of_all = told[told["by"] == ""].set_index("measure")["mean"]
    assert of_all["moves"] == pytest.approx((11 * 2 + 4) / 12)
    assert of_all["vacancies"] == pytest.approx((11 * 2 + 4) / 12)
    assert (of_all["chains"], of_all["open"], of_all["open_moves"]) == (13, 1, 6)


def test_too_few_chains_are_not_told_apart():
    other = ("overlijden", "klein", "zuid", 3, 2, 2, "starter", 5)
    told = begun(*[A_CHAIN] * 20, *[other] * 2)

    assert told.lengths[told.lengths["by"] != ""]["suppressed"].all()
    assert not told.lengths[told.lengths["by"] == ""]["suppressed"].any()
    assert set(told.ends["by"]) == {""}


def test_chains_that_nobody_began_are_counted_for_all_to_see():
    built = ("nieuwbouw", "ruim", "noord", 3, 2, 2, "starter", 5)
    told = begun(*[A_CHAIN] * 20, *[built] * 2).lengths

    assert not told["suppressed"].any()
    assert row(told, by="cause+home", cause="nieuwbouw", measure="chains")["mean"] == 2


def test_how_many_chains_begin_is_hidden_wherever_it_is_told():
    other = ("overlijden", "klein", "zuid", 3, 2, 2, "starter", 5)
    told = compare(
        [
            a_run(
                chains=chains(*[A_CHAIN] * 20, *[other] * 2),
                figures=figures(
                    *((3, "chains_begun", group, 20) for group in ("home:ruim", "cause:zorg")),
                    *(
                        (3, "chains_begun", group, 2)
                        for group in ("home:klein", "cause:overlijden")
                    ),
                    (3, "chains_begun", "", 22),
                ),
            )
        ],
        acceptance=40,
    )

    assert shown(told) == {"": 22}


def ended(*rows):
    """The ends of chains by what they began with: rows of (end, how many)."""
    built = [
        ("nieuwbouw", "ruim", "noord", 3, 2, 2, end, -1 if end == "nog open" else 5)
        for end, number in rows
        for _ in range(number)
    ]
    told = begun(*built).ends
    return told[told["by"] == ""].set_index("end")["chains"].to_dict()


def test_ends_of_few_people_are_told_together():
    told = ended(("starter", 40), ("achterblijver", 6), ("van buiten", 5), ("sloop", 2))

    assert told == {"starter": 40, "overig": 11, "sloop": 2}


def test_too_few_together_take_the_smallest_other_end_with_them():
    told = ended(("starter", 40), ("van buiten", 5), ("verkoop", 8), ("nog open", 3))

    assert told == {"starter": 40, "overig": 13, "nog open": 3}


def test_a_kind_that_is_hidden_alone_is_hidden_in_every_crossing(whole):
    table = whole.lengths[whole.lengths["cause"] != "nieuwbouw"]
    for by, parent in (("cause+home", "cause"), ("home+neighbourhood", "neighbourhood")):
        alone = table[(table["by"] == parent) & table["suppressed"]]
        crossed = table[(table["by"] == by) & table[parent].isin(alone[parent])]
        for _, one in crossed.iterrows():
            same = alone[(alone["scenario"] == one["scenario"]) & (alone[parent] == one[parent])]
            assert one["suppressed"] or same.empty
    assert table["suppressed"].any()


def test_shares_of_ends_sum_to_a_hundred_percent_exactly(whole):
    keys = ["scenario", "by", "cause", "home", "neighbourhood"]
    assert set(whole.ends.groupby(keys)["tenths"].sum()) == {1_000}


def test_the_largest_remainder_is_rounded_up():
    counts = pd.Series([1, 1, 1, 5, 2])
    told = tenths(counts, pd.Series([0, 0, 0, 1, 1]))

    assert told.tolist() == [334, 333, 333, 714, 286]


def test_chains_of_every_end_are_the_chains_that_began(whole):
    number = whole.lengths[(whole.lengths["by"] == "") & (whole.lengths["measure"] == "chains")]
    ends = whole.ends[whole.ends["by"] == ""].groupby("scenario")["chains"].sum()

    assert ends.to_dict() == pytest.approx(number.set_index("scenario")["mean"].to_dict())


def test_freed_homes_add_up_by_whatever_they_are_told_apart():
    told = compared(
        a_run(
            freed=freed(
                (0, "duur", 3, "NUL", "noord", "zorg", 2), (14, "duur", 2, "NUL", "zuid", "zorg", 1)
            )
        )
    )

    by = told.freed_by.groupby("dimension")["mean"].sum()
    assert by.drop("cause").to_dict() == dict.fromkeys(
        ("", "rent", "rooms", "access", "neighbourhood", "year"), 3
    )
    assert told.freed["mean"].sum() == told.freed_yearly["mean"].sum() == 3
    assert set(told.freed["month"]) == {0, 14}
    assert set(told.freed_yearly["year"]) == {1, 2}


def test_freed_homes_of_a_year_are_those_of_its_months_and_each_has_its_own_interval():
    told = compared(
        *(
            a_run(
                scenario,
                number,
                freed=freed(
                    (0, "duur", 3, "NUL", "noord", "zorg", more + number),
                    (11, "duur", 3, "NUL", "noord", "verhuizing", 2 - number),
                ),
            )
            for scenario, more in (("niets-doen", 1), ("bouwen", 4))
            for number in (0, 1, 2)
        )
    )

    month = row(told.freed, scenario="bouwen", month=0)
    year = row(told.freed_yearly, scenario="bouwen", year=1)
    assert (month["mean"], year["mean"]) == (5, 6)
    assert month["low"] < month["mean"] < month["high"]
    assert (year["low"], year["high"]) == (6, 6)  # what comes later in the year falls out of it
    assert month["difference"] == year["difference"] == 3
