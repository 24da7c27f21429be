"""Laws of every run: what is moved adds up, nobody is housed twice, chance has no memory."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matching.candidates import every_home
from matching.simulate import rolled as rolling
from matching.simulate.ledger import BEFORE, End
from matching.simulate.model import CHAINS, FIGURES, FREED, STEPS
from tests.counts import count
from tests.simulated_worlds import (
    a_scenario,
    a_town,
    by_lot,
    digest,
    family_homes,
    in_month,
    new_homes,
    rolled,
    shuffled,
    total,
)

TABLES = {"figures": FIGURES, "chains": CHAINS, "freed": FREED, "steps": STEPS}
SALE = {"change": "sale", "month": in_month(2), "kind": "POW", "share": 1.0}
CHANGES = {
    "flats": new_homes(4, month=2),
    "flats for older people": new_homes(3, month=3, let_to="55plus"),
    "family homes": family_homes(3, month=2),
    "sale": SALE,
    "demolition": {
        "change": "demolition",
        "complex": "HOOG",
        "month": in_month(6),
        "rehouse_months": 4,
    },
    "lottery": by_lot(),
    "registration": by_lot("registration"),
    "downsizers first": by_lot("downsizers_first"),
    "renovation": {"change": "renovation", "complex": "HOOG", "month": in_month(3), "months": 4},
    "flats for downsizers": new_homes(3, month=4, let_to="downsizers"),
    "hours": {"change": "coach_hours", "hours_per_week": 1},
}
PORTALS = {
    "soon": {"after_months": 0, "starters": 0.4, "outside": 0.1},
    "later": {"after_months": 2, "starters": 0.5, "outside": 0.0},
    "couples": {"after_months": 1, "leaves": {"GAL": {"POW": 1.6}, "EIN": {"POW": 0.7}}},
}
BUSY = {"leave": [{"age": 0, "chance": 0.2}], "death": [{"age": 0, "chance": 0.1}]}


LAST = count(ci=5, soak=400, of="werelden van het wat-als") - 1
ACCEPTANCE = (20, 60, 100)


def a_random_scenario(number):
    """The small scenario of this number: some changes, a portal, and an acceptance."""
    dice = np.random.default_rng(number)
    drawn = [name for name in sorted(CHANGES) if dice.random() < 0.4]
    allocations = [name for name in drawn if CHANGES[name]["change"] == "allocation"]
    portal = PORTALS[str(dice.choice(sorted(PORTALS)))]
    scenario = a_scenario(
        years=1,
        step_months=int(dice.choice([1, 2, 3])),
        seed=number,
        demography=BUSY | {"portal": portal},
        changes=[CHANGES[name] for name in drawn if name not in allocations[1:]],
    )
    return scenario, int(dice.choice(ACCEPTANCE))


class Witness:
    """Stands where months are measured, and keeps what happened in each."""

    def __init__(self, then):
        self.then, self.seen = then, []

    def of(self, world, scenario):
        self.measuring = self.then.of(world, scenario)
        return self

    def begun(self, state, open_):
        return self.measuring.begun(state, open_)

    def month(self, happened):
        self.seen.append(happened)
        return self.measuring.month(happened)


@cache
def witnessed(number):
    """The run of a random scenario, and every month of it; rolled once for all laws."""
    scenario, acceptance = a_random_scenario(number)
    witness = Witness(rolling.Measuring)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rolling, "Measuring", witness)
        run = rolled(a_town(3), scenario, 0, acceptance)
    return run, witness.seen


def lived_in(state, on):
    """The tenancies that run on a day."""
    day, tenancies = pd.Timestamp(on), state.tenancies
    return tenancies[
        (tenancies["start"] <= day) & (tenancies["end"].isna() | (tenancies["end"] > day))
    ]


law = settings(max_examples=LAST + 1, phases=[Phase.generate])
"""A world takes seconds, so none is made smaller: its number says enough."""
worlds = given(number=st.integers(0, LAST))


@law
@worlds
def test_in_every_chain_what_came_free_is_what_was_entered_or_stands_open(number):
    run, months = witnessed(number)
    chains = run.chains
    standing = chains["vacancies"] - chains["moves"]
    lost = sum(len(m.before.dwellings.index.difference(m.after.dwellings.index)) for m in months)
    assert (standing >= 0).all()
    assert standing.sum() == len(months[-1].open) + lost  # of a home sold nobody moves in
    assert chains["moves"].sum() == sum(len(month.moves) for month in months)
    begun_before = (chains["opened"] < 0).sum()
    free = begun_before + run.freed["homes"].sum()  # what is sold or demolished at once is not
    assert free <= chains["vacancies"].sum() <= free + lost


@law
@worlds
def test_every_chain_has_one_end_with_a_reason(number):
    chains = witnessed(number)[0].chains
    assert chains["chain"].is_unique
    assert chains["end"].isin(list(End)).all()
    still = chains["end"] == End.OPEN
    assert ((chains["closed"] == BEFORE) == still).all()
    assert (chains["closed"] >= chains["opened"])[~still].all()
    assert chains["end"].value_counts(normalize=True).sum() == pytest.approx(1)


@law
@worlds
def test_nobody_is_housed_twice_and_no_home_is_let_twice(number):
    for month in witnessed(number)[1]:
        assert month.moves["household"].is_unique
        assert month.moves["dwelling"].is_unique
        let = lived_in(month.after, month.on)
        assert let["household"].is_unique
        assert let["dwelling"].is_unique
        assert not set(let["dwelling"]) & set(month.open)


@law
@worlds
def test_every_home_is_lived_in_or_stands_open(number):
    for month in witnessed(number)[1]:
        let = lived_in(month.after, month.on)
        known = set(month.after.dwellings.index)
        assert known == set(let["dwelling"]) | set(month.open)
        assert set(let["household"]) <= set(month.after.households.index)


@law
@worlds
def test_households_are_those_who_were_there_less_who_left_and_who_came(number):
    for month in witnessed(number)[1]:
        before, after = (
            set(lived_in(s, month.on)["household"]) for s in (month.before, month.after)
        )
        came = set(month.moves.loc[month.moves["kind"] != "tenant", "household"])
        assert after - before == came
        assert came.isdisjoint(before)
        gone = len(before - after)
        assert gone == len(before) + len(came) - len(after)
        homes = set(lived_in(month.before, month.on)["dwelling"])
        left = set(month.freed["dwelling"]) & homes
        lost = len(month.before.dwellings.index.difference(month.after.dwellings.index))
        free = gone + (month.moves["kind"] == "tenant").sum()
        assert free - lost <= len(left) <= free  # what is sold or demolished does not come free


def entered_homes(number):
    """Every move of a run: its household, how old it surely is, and the home as it was then."""
    for month in witnessed(number)[1]:
        homes = every_home(month.after).reindex(month.moves["dwelling"])
        born = month.after.households["birth_year"].reindex(month.moves["household"])
        age = month.on.year - born.to_numpy(dtype=float) - 1
        yield month, homes, age


@law
@worlds
def test_nobody_younger_than_its_label_enters_a_home_by_whatever_way(number):
    for month, homes, age in entered_homes(number):
        least = homes["min_age"].where(homes["age_use"] == "SEL").fillna(0).to_numpy()
        assert (age >= least)[least > 0].all(), month.on


@law
@worlds
def test_nobody_moves_into_a_home_that_is_being_worked_on(number):
    for month, homes, _ in entered_homes(number):
        works = month.after.works
        day = pd.Timestamp(month.on)
        runs = works[(works["start"] <= day) & ~(works["end"] < day)]
        assert not set(homes["complex"].dropna()) & set(runs["complex"].dropna()), month.on


@law
@worlds
def test_a_home_that_was_sold_is_never_entered_again(number):
    scenario, _ = a_random_scenario(number)
    sold = [one for one in scenario.changes if one.change == "sale"]
    for month, homes, _ in entered_homes(number):
        left = set(month.moves["leaves"].dropna())
        day = month.on.isoformat()[:7]
        for one in sold:
            if day >= one.month:
                again = homes[homes.index.isin(left)]
                share = again[again["kind"] == one.kind]
                assert share.empty or one.share < 1, month.on


@law
@worlds
def test_who_had_no_home_has_no_more_nearby_than_before(number):
    for month in witnessed(number)[1]:
        new = month.moves[month.moves["kind"] != "tenant"]
        assert new["facilities_change"].isna().all()


@law
@worlds
def test_every_table_has_the_columns_agreed_and_whole_numbers(number):
    run, _ = witnessed(number)
    for name, columns in TABLES.items():
        table = getattr(run, name)
        assert {column: str(kind) for column, kind in table.dtypes.items()} == columns, name
    assert not run.figures.duplicated(["month", "measure", "group"]).any()


@law
@worlds
def test_the_figures_say_what_happened(number):
    run, months = witnessed(number)
    assert total(run, "moves") == sum(len(month.moves) for month in months)
    assert total(run, "freed") == run.freed["homes"].sum()
    starters = sum((month.moves["kind"] == "starter").sum() for month in months)
    assert total(run, "moves_starters") == starters


SOME = a_scenario(years=1, step_months=2, demography=BUSY, changes=[CHANGES["flats"], SALE])


@cache
def told():
    return [digest(rolled(a_town(5), SOME, replication, 40)) for replication in range(2)]


def test_another_replication_is_another_fate():
    assert len(set(told())) == 2


@pytest.mark.parametrize("seed", [1])
def test_the_order_of_the_rows_of_a_world_does_not_matter(seed):
    assert digest(rolled(shuffled(a_town(5), seed), SOME, 0, 40)) == told()[0]


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.property.test_simulate import told
print(*told())
"""


@pytest.mark.parametrize("salt", ["4294967295"])
def test_a_process_with_another_hash_seed_rolls_the_same(salt):
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(Path(__file__).parents[2])],
        env={**os.environ, "PYTHONHASHSEED": salt},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.split() == told()


def test_before_a_change_comes_near_a_scenario_is_doing_nothing():
    """Common random numbers: what happens to whom is the same until worlds differ."""
    nothing = a_scenario("niets-doen", years=3, step_months=3, demography=BUSY)
    later = a_scenario(years=3, step_months=3, demography=BUSY, changes=[new_homes(6, month=30)])
    without, with_ = (rolled(a_town(5), scenario, 0, 40) for scenario in (nothing, later))
    for table in ("figures", "freed", "steps"):
        before = [
            rows[rows["month"] < 30].reset_index(drop=True)
            for rows in (getattr(without, table), getattr(with_, table))
        ]
        pd.testing.assert_frame_equal(*before)
    assert digest(without) != digest(with_)
