"""Whoever has all tables of a comparison, and can add and subtract, learns nothing of few people.

Small regions are rolled by lot, counted as the simulation counts them, and compared twice: as they
are shown, and with nobody hidden. Beside each other the two say what was taken away, and algebra
says what of it can be worked out: every total and every number under two names is an equation.
"""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

from matching.simulate import few, figures, lengths, small
from matching.simulate.catalogue import MEASURES
from matching.simulate.comparison import OTHER, SMALL
from matching.simulate.model import CHAINS, FIGURES
from matching.simulate.ratios import SHARES
from matching.simulate.summary import compare
from tests.counts import count
from tests.simulated import a_run

YEARS = 3
HOMES, PLACES = ("ruim", "klein", "hoog"), ("noord", "zuid", "west", "oost")
CHAIN = ["by", "cause", "home", "neighbourhood"]
WHY = ("overlijden", "zorg", "vertrek", "nieuwbouw")
EVERY_END = ("starter", "van buiten", "achterblijver", "sloop", "nog open")
KINDS = ("starter", "outside", "tenant")


def counted(rows, measure, dimensions, which=slice(None)):
    """Figures of a measure as the simulation tells them: the whole, and each group that occurs."""
    told = rows[which]
    parts = [told.assign(group="")]
    parts += [told.assign(group=f"{name}:" + told[name].astype(str)) for name in dimensions]
    every = pd.concat(parts).groupby(["month", "group"]).size().rename("value").reset_index()
    none = pd.DataFrame({"month": range(12 * YEARS), "group": "", "value": 0})
    whole = pd.concat([every, none]).groupby(["month", "group"], as_index=False)["value"].sum()
    return whole.assign(measure=measure)[list(FIGURES)]


def rolled(scenario, replication, dice, shares, *, built):
    """A run of a small region, in which every number agrees with every other."""
    number = dice.poisson(shares["moves"])
    moves = pd.DataFrame(
        {
            "month": dice.integers(0, 12 * YEARS, number),
            **{
                name: dice.choice(values, number, p=shares[name])
                for name, values in (
                    ("home", HOMES),
                    ("neighbourhood", PLACES),
                    ("kind", KINDS),
                    ("channel", ("match", "portal")),
                    ("municipality", ("GM1", "GM2")),
                )
            },
            "met": dice.random(number) < shares["met"],
            "low": dice.random(number) < 0.7,
        }
    )
    moves["year"] = 2027 + (moves["month"] + 5) // 12
    last = (moves["kind"] != "tenant") | (dice.random(number) < 0.2)
    began = dice.poisson(shares["begun"])
    chains = pd.DataFrame(
        {
            "cause": dice.choice(WHY, began, p=shares["cause"]),
            "home": dice.choice(HOMES, began, p=shares["home"]),
            "neighbourhood": dice.choice(PLACES, began, p=shares["neighbourhood"]),
            "month": dice.integers(0, 12 * YEARS, began),
            "end": dice.choice(EVERY_END, began, p=shares["end"]),
        }
    )
    chains = chains[built | (chains["cause"] != "nieuwbouw")].reset_index(drop=True)
    left = moves[~last][["month", "home", "neighbourhood"]].assign(cause="verhuizing")
    freed = pd.concat([chains, left], ignore_index=True)
    place, norm = ["home", "neighbourhood"], ["year"]
    low = moves["low"]
    figures_ = pd.concat(
        [
            counted(moves, "moves", [*place, "kind", "channel"]),
            counted(moves, "lets", [*norm, "municipality"]),
            counted(moves, "local_let", [*norm, "municipality"], ~moves["met"]),
            counted(moves, "passend_let", norm, low),
            counted(moves, "passend_met", norm, low & moves["met"]),
            counted(moves, "moves_starters", place, moves["kind"] == "starter"),
            counted(moves, "moves_outside", place, moves["kind"] == "outside"),
            counted(moves.assign(end=moves["kind"]), "housed_last", ["end"], last),
            counted(chains, "chains_begun", ["cause", *place]),
            counted(freed, "freed", ["cause", *place]),
            counted(moves, "older_unsuitable", place),
        ]
    )
    book = chains.assign(
        chain=range(len(chains)), opened=chains["month"], vacancies=2, moves=2, older=0
    )
    book["closed"] = np.where(book["end"] == "nog open", -1, book["opened"])
    homes = freed.assign(rent="duur", rooms=3, access="NUL", homes=1)
    return a_run(
        scenario,
        replication,
        figures=figures_.astype(FIGURES),
        chains=book[list(CHAINS)].astype(CHAINS),
        freed=homes[["month", "rent", "rooms", "access", "neighbourhood", "cause", "homes"]],
    )


def a_comparison(dice, *, built=True):
    shares = {
        name: dice.dirichlet(np.full(len(values), 0.7))
        for name, values in (
            ("home", HOMES),
            ("neighbourhood", PLACES),
            ("kind", KINDS),
            ("channel", ("match", "portal")),
            ("municipality", ("GM1", "GM2")),
            ("cause", WHY),
            ("end", EVERY_END),
        )
    }
    shares |= {"moves": dice.integers(20, 400), "begun": dice.integers(10, 300)}
    shares |= {"met": dice.uniform(0.6, 1.0)}
    return [
        rolled(name, n, dice, shares, built=built)
        for name in ("niets-doen", "bouwen")
        for n in range(2)
    ]


TABLES = (
    ("totals", ["measure", "group"]),
    ("yearly", ["measure", "group", "year"]),
    ("freed_by", ["dimension", "kind"]),
    ("lengths", ["measure", *CHAIN]),
    ("ends", [*CHAIN, "end"]),
)


def cells_of(told, scenario):
    """Every count that is told of a scenario, by table and keys; what is hidden is not in it."""
    found = {}
    for name, keys in TABLES:
        rows = getattr(told, name).assign(table=name)
        rows = rows[rows["scenario"] == scenario]
        if name == "lengths":
            rows = rows[rows["measure"].isin(["chains", "open"])]
        if name == "ends":
            found |= dict.fromkeys(absent(rows), 0.0)
        else:
            rows = rows[~rows["suppressed"]]
        value = rows["chains" if name == "ends" else "mean"]
        found |= dict(
            zip(rows[["table", *keys]].itertuples(index=False, name=None), value, strict=True)
        )
    return {key: one for key, one in found.items() if key[-1] != OTHER}


def absent(ends):
    """The ends of which it is plain that no chain has them: others are told, and none together."""
    for chain, of in ends.groupby(CHAIN)["end"]:
        for end in set(EVERY_END) - set(of) if OTHER not in set(of) else ():
            yield ("ends", *chain, end)


def sums(cells):
    """Equations between cells, each as {cell: 1 or -1}: what adds up, and what is one number."""
    parts = defaultdict(dict)
    for key in cells:
        for total, which in totals_of(key):
            parts[total, which][key] = 1
    years = {("totals",)} | {("yearly", year) for year in range(1, YEARS + 1)}
    twice = (one for table_, *year in years for one in same(cells, table_, *year))
    return [*({total: -1, **of} for (total, _), of in parts.items()), *twice]


def totals_of(key):
    """The cells that this one is a part of, or is once more, with what the other parts are."""
    name, *rest = key
    if name in ("totals", "yearly"):
        measure, group, *year = rest
        if group:
            yield (name, measure, "", *year), group.partition(":")[0]
        if name == "yearly" and (MEASURES[measure].kind == "flow" or year == [YEARS]):
            yield ("totals", measure, group), "years"
    elif name == "freed_by":
        if rest[0] == "cause":
            yield ("totals", "freed", f"cause:{rest[1]}"), "once more"
    elif name == "lengths":
        measure, *chain = rest
        yield from ((("lengths", measure, *of), by) for of, by in kinds_above(chain))
        if measure == "chains" and "+" not in chain[0]:
            group = f"{chain[0]}:{''.join(chain[1:])}" if chain[0] else ""
            yield ("totals", "chains_begun", group), "once more"
    else:
        *chain, end = rest
        yield from ((("ends", *of, end), by) for of, by in kinds_above(chain))
        yield ("lengths", "chains", *chain), "ends"
        if end == "nog open":
            yield ("lengths", "open", *chain), "once more"


def kinds_above(chain):
    """The kinds of chains that this one is a part of, with one thing less told."""
    told = dict(zip(CHAIN, chain, strict=True))
    things = [one for one in chain[0].split("+") if one]
    for thing in things:
        by = "+".join(one for one in things if one != thing)
        yield tuple((told | {thing: "", "by": by}).values()), f"{chain[0]} {thing}"


def same(cells, *span):
    """Numbers that the simulation counts twice, or that make up another one."""

    def at(measure, group=""):
        return (span[0], measure, group, *span[1:])

    yield {at("moves"): 1, at("lets"): -1}
    for kind, measure in (("starter", "moves_starters"), ("outside", "moves_outside")):
        yield {at("moves", f"kind:{kind}"): 1, at(measure): -1}
        yield {at("moves", f"kind:{kind}"): 1, at("housed_last", f"end:{kind}"): -1}
    for why in WHY:
        yield {at("freed", f"cause:{why}"): 1, at("chains_begun", f"cause:{why}"): -1}
    by_move = at("freed", "cause:verhuizing")
    yield {at("freed"): 1, by_move: -1, at("chains_begun"): -1}
    yield {at("moves"): 1, by_move: -1, at("housed_last"): -1}
    for part, of in SHARES.values():
        for group in {key[2] for key in cells if key[:2] == (span[0], of)}:
            yield {at(of, group): 1, at(part, group): -1, at(f"not {part}", group): -1}


def worked_out(hidden, equations):
    """Which of the hidden cells have one value only, whatever the others are."""
    at = {key: number for number, key in enumerate(hidden)}
    rows = [[(at[key], sign) for key, sign in one.items() if key in at] for one in equations]
    matrix = np.zeros((len(rows), len(at)))
    for number, row in enumerate(rows):
        for column, sign in row:
            matrix[number, column] += sign
    _, values, spanned = np.linalg.svd(matrix)
    free = spanned[(values > 1e-9).sum() :]
    return [key for key in hidden if np.abs(free[:, at[key]]).max(initial=0.0) < 1e-9]


@pytest.mark.parametrize("seed", range(count(ci=4, soak=400, of="kleine cellen in streken")))
def test_nobody_can_work_out_a_number_of_few_people(seed, monkeypatch):
    runs = a_comparison(np.random.default_rng(seed))
    shown = compare(runs, acceptance=40)
    for module in (few, figures, lengths, small):
        monkeypatch.setattr(module, "SMALL", 0)
    whole = compare(runs, acceptance=40)
    without = compare(a_comparison(np.random.default_rng(seed), built=False), acceptance=40)

    for scenario in whole.scenarios:
        told, true, people = (cells_of(one, scenario) for one in (shown, whole, without))
        equations = sums(true)
        for one in equations:
            value = sum(sign * true.get(key, 0) for key, sign in one.items())
            others = [key for key in one if key[1].startswith("not ")]
            true |= dict.fromkeys(others, value)
            assert others or value == pytest.approx(0), one
        hidden = [key for key in true if key not in told]
        for key in worked_out(hidden, equations):
            of_people = key[0] == "lengths" or key[1] == "chains_begun"
            number = people.get(key, 0) if of_people else true[key]
            of_homes = key[1] == "open" or key[-1] in ("sloop", "nog open")
            assert of_homes or not 0 < number < SMALL, key
        assert hidden
