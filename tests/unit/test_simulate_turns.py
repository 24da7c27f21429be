"""Whose turn it is in a month: the hours of the coaches, and homes that are kept for downsizers."""

from functools import cache

import pytest

from matching.simulate.model import Asked
from matching.simulate.roll import Rolling
from tests.simulated_worlds import a_scenario, a_town, by_lot, new_homes

EACH = 60
"""Minutes a proposal takes, by the policy of the tests."""


def months_of(*changes, step=1, years=1):
    scenario = a_scenario(years=years, step_months=step, changes=list(changes))
    return [month for month, _ in Rolling.start(a_town(8), scenario, Asked(0, 60)).months()]


def by_the_list(months):
    return sum((month.moves["channel"] == "match").sum() for month in months)


@pytest.mark.parametrize("how", ["engine", "registration", "lottery"])
@pytest.mark.parametrize("step", [1, 3])
def test_coaches_propose_as_much_as_the_weeks_of_a_step_have_hours_for(how, step):
    hours = {"change": "coach_hours", "hours_per_week": 1}
    months = months_of(by_lot(how), hours, new_homes(12), step=step)
    most = round(52 / 12 * step) * 60 // EACH

    assert max(month.proposals for month in months) <= most
    assert sum(month.proposals for month in months) > 0


@pytest.mark.parametrize("how", ["engine", "registration", "lottery"])
def test_without_hours_nothing_is_proposed(how):
    months = months_of(by_lot(how), {"change": "coach_hours", "hours_per_week": 0}, new_homes(12))

    assert sum(month.proposals for month in months) == 0
    assert by_the_list(months) == 0


@cache
def kept():
    return months_of(new_homes(12, month=2, let_to="downsizers", rooms=3))


def first_lettings():
    """Of each new home the month, since it was there, in which it was first let, and by whom."""
    seen = set()
    for month in kept():
        new = month.moves[month.moves["dwelling"].str.startswith("nieuw")]
        for home, channel, freed in zip(
            new["dwelling"], new["channel"], new["family_home_freed"], strict=True
        ):
            if home not in seen:
                seen.add(home)
                yield month.number - 2, channel, freed


def test_a_home_kept_for_downsizers_is_theirs_first_and_then_the_list_has_its_turn():
    """By the default scenario the portal waits two months, and so long they are kept."""
    told = list(first_lettings())

    assert len(told) == 12
    assert all(freed for waited, _, freed in told if waited < 2)
    assert {channel for waited, channel, _ in told if waited < 2} <= {"match"}
    assert "match" in {channel for waited, channel, freed in told if waited == 2 and not freed}
