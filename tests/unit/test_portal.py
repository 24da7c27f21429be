"""Who takes a home that the list of wishes does not fill: how many homes that frees."""

import pytest
from pydantic import ValidationError

from data_contracts.scenario import Portal
from matching.simulate.ledger import Cause
from tests.simulated_worlds import a_scenario, a_stock, chains_of, new_homes, quiet, rolled, total


def a_portal(**differs):
    return {"after_months": 0, "starters": 0.5, "outside": 0.0, **differs}


def run_of(**portal):
    scenario = a_scenario(
        years=1,
        step_months=6,
        demography=quiet(a_portal(**portal)),
        changes=[new_homes(10, month=0)],
    )
    return rolled(a_stock(POW=60), scenario)


def test_two_households_that_become_one_free_two_homes_in_the_same_chain():
    run = run_of(leaves={"GAL": {"POW": 2.0}, "POW": {}})
    chains = chains_of([run], Cause.BUILT)
    assert (chains["vacancies"] == 3).all()
    assert (chains["moves"] == 3).all()  # who became one moved once, then a starter to either home
    assert total(run, "moves_starters") == 20


def test_where_nobody_is_a_starter_or_from_outside_every_home_frees_another():
    chains = chains_of([run_of(starters=0.0)], Cause.BUILT)
    assert (chains["vacancies"] == 3).all()  # one in each step, and the last still open
    assert set(chains["end"]) == {"nog open"}


@pytest.mark.parametrize(
    ("portal", "said"),
    [
        ({"starters": 0.7, "outside": 0.4}, "samen hoogstens 1"),
        ({"leaves": {"GAL": {"POW": 1.2, "EIN": 0.9}}}, "hoogstens twee woningen"),
    ],
)
def test_shares_that_cannot_be_are_refused(portal, said):
    with pytest.raises(ValidationError, match=said):
        Portal(**a_portal(**portal))
