"""Random little worlds with side conditions: one kind of condition at a time, or all together.

The same seed gives the same world. Small enough for `tests.brute_force`, and made so that the
conditions bite: tests/property/test_conditions_worlds.py says in what share of them.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from matching.conditions import NONE, Budget, Conditions, Group, Mix, Share, Together
from tests.brute_force import best_plan

ALONE = ("pinned", "forbidden", "shown", "groups", "mixes", "budgets", "together", "shares")
KINDS = (*ALONE, "all")
MOST_MOVES = 14


@dataclass(frozen=True)
class World:
    """Who may go where, what stands empty, how long chains may be, and what the plan keeps to."""

    options: pd.DataFrame
    openings: list[str]
    longest_chain: int
    longest_ring: int
    acceptance: float
    conditions: Conditions = NONE

    def under(self, conditions):
        return replace(self, conditions=conditions)

    def for_brute_force(self):
        """Everything but the options and the openings, by name."""
        return {
            "longest_chain": self.longest_chain,
            "longest_ring": self.longest_ring,
            "acceptance": self.acceptance,
            "conditions": self.conditions,
        }


def a_world(seed, kind, *, crowded=False):
    """The little world of this seed, with one kind of condition or (`all`) some of each.

    In a crowded world two households leave one home.
    """
    dice = np.random.default_rng([seed, KINDS.index(kind), crowded])
    options, openings = _market(dice, crowded=crowded)
    bare = World(
        options=options,
        openings=openings,
        longest_chain=int(dice.integers(1, 5)),
        longest_ring=int(dice.choice([0, 2, 3])),
        acceptance=float(dice.choice([1, 1, 0.8, 0.55])),
    )
    return bare.under(_conditions(dice, kind, bare)) if len(options) else bare


def a_town(seed, *, quarters=3, people=100):
    """Some hundreds of households in quarters that share nothing, each with some of everything."""
    parts = [_quarter(np.random.default_rng([seed, n]), f"q{n}", people) for n in range(quarters)]
    options = pd.concat([options for options, _, _ in parts], ignore_index=True)
    asked = {
        field.name: tuple(one for *_, told in parts for one in getattr(told, field.name))
        for field in fields(Conditions)
        if field.name not in {"change_cost", "most_open"}
    }
    openings = [home for _, vacant, _ in parts for home in vacant]
    conditions = Conditions(**asked, change_cost=15, most_open=1)
    return World(options, openings, longest_chain=3, longest_ring=2, acceptance=0.9).under(
        conditions
    )


def _quarter(dice, name, people):
    vacant = [f"{name}-o{i}" for i in range(people // 6)]
    homes = [f"{name}-w{i}" for i in range(people)] + vacant
    rows = [
        (f"{name}-h{h}", homes[d], homes[h] if h % 4 else None, int(dice.integers(1, 400)))
        for h in range(people)
        for d in dice.choice(len(homes), 8, replace=False)
        if d != h
    ]
    table = pd.DataFrame(rows, columns=["household", "dwelling", "leaves", "gain"], dtype=object)
    told = _told(dice, table, homes)
    for column in ("complex", "leaves_complex", "corporation", "coach"):
        told[column] = name + "-" + told[column]
    entering = told[told["dwelling"].isin(vacant)]
    pairs = [*_pairs(dice, entering, most=8), *_pairs(dice, told, most=8)]
    first = told["household"].iloc[-1]
    conditions = Conditions(
        pinned=tuple(pairs[:1]),
        forbidden=tuple(pairs[1:4]),
        seen=tuple(pair for pair in pairs[4:] if pair[0] != pairs[0][0]),
        groups=(Group(name, (first, told["household"].iloc[-30]), 250),),
        mixes=(Mix(f"{name}-a", "VRAGEND", now=3, least=1, most=4),),
        budgets=(Budget(name, "minutes", 600, ("coach", f"{name}-anne")),),
        together=tuple(Together(household, dwelling, first) for household, dwelling in pairs[4:6]),
        shares=(Share(f"{name}-noord", 50),),
    )
    return told, vacant, conditions


def _market(dice, *, crowded):
    people, vacant = int(dice.integers(3, 7)), int(dice.integers(1, 4))
    lives = [f"w{i}" if dice.random() < 0.75 else None for i in range(people)]
    if crowded:
        lives[1] = lives[0] = "w0"
    openings = [f"o{i}" for i in range(vacant)]
    homes = sorted({home for home in lives if home} | set(openings))
    if dice.random() < 0.15 and lives[0]:
        openings.append(lives[0])
    pairs = [(h, d) for h in range(people) for d in homes if dice.random() < 0.6 and d != lives[h]]
    some = sorted(dice.permutation(len(pairs))[:MOST_MOVES])
    rows = [(f"h{h}", d, lives[h], int(dice.integers(0, 16))) for h, d in (pairs[i] for i in some)]
    table = pd.DataFrame(rows, columns=["household", "dwelling", "leaves", "gain"], dtype=object)
    return _told(dice, table, homes), openings


def _told(dice, table, homes):
    """The columns that conditions read."""
    complexes = {home: dice.choice(["a", "a", "b", "b", None]) for home in homes}
    places = {home: tuple(int(at) for at in dice.integers(0, 4, 2) * 100) for home in homes}
    of_person = {
        "resident": ["VRAGEND", "VRAGEND", "DRAGEND", None],
        "corporation": ["noord", "zuid"],
        "coach": ["anne", "bas", None],
    }
    for column, values in of_person.items():
        drawn = {name: dice.choice(values) for name in dict.fromkeys(table["household"])}
        table[column] = table["household"].map(drawn).astype(object)
    table["complex"] = table["dwelling"].map(complexes).astype(object)
    table["leaves_complex"] = [complexes.get(home) for home in table["leaves"]]
    table["x"], table["y"] = ([places[home][i] for home in table["dwelling"]] for i in (0, 1))
    table["minutes"] = dice.choice([30, 60, 60, 90, 120], len(table))
    table["norm"] = dice.choice([0, -5, -5, 95], len(table))
    texts = ["household", "dwelling", "leaves", *of_person, "complex", "leaves_complex"]
    # Tables come as text columns (missing is NaN) or as plain objects (missing is None).
    table = table.astype(dict.fromkeys(texts, "str")) if dice.random() < 0.5 else table
    return table.astype({"gain": "int64"})


def _conditions(dice, kind, world):
    wanted = [one for one in ALONE if kind == one or (kind == "all" and dice.random() < 0.35)]
    conditions = NONE
    for one in wanted:
        drawn = _shares(dice, world) if one == "shares" else _DRAWN[one](dice, world.options)
        conditions = replace(conditions, **drawn)
    return conditions


def _pairs(dice, options, *, most):
    """Some moves of the options, as pairs."""
    drawn = options.iloc[sorted(dice.permutation(len(options))[: dice.integers(1, most + 1)])]
    return tuple(zip(drawn["household"].tolist(), drawn["dwelling"].tolist(), strict=True))


def _pinned(dice, options):
    return {"pinned": _pairs(dice, options, most=1 if dice.random() < 0.8 else 2)}


def _forbidden(dice, options):
    return {"forbidden": _pairs(dice, options, most=4)}


def _shown(dice, options):
    gone = (("h9", "o9"),) if dice.random() < 0.1 else ()
    return {
        "seen": (*_pairs(dice, options, most=4), *gone),
        "change_cost": int(dice.choice([0, 2, 5, 15])),
        "most_open": [None, 1, 1, 2][dice.integers(4)],
    }


def _groups(dice, options):
    people = sorted(set(options["household"]))
    size = min(len(people), int(dice.choice([2, 2, 3])))
    named = tuple(people[i] for i in dice.permutation(len(people))[:size])
    return {"groups": (Group("samen", named, [None, 100, 250][dice.integers(3)]),)}


def _mixes(dice, options):  # noqa: ARG001 - all kinds are drawn alike
    mixes = []
    for complex_ in ("a", "b"):
        for kind in ("VRAGEND", "DRAGEND"):
            now = int(dice.integers(0, 4))
            most = now + int(dice.choice([-1, 0, 0, 0, 1]))
            least = now - int(dice.choice([-1, 0, 0, 0, 1]))
            if dice.random() < 0.8:
                mixes.append(Mix(complex_, kind, now, min(least, most), max(least, most)))
    return {"mixes": tuple(mixes)}


def _budgets(dice, options):  # noqa: ARG001 - all kinds are drawn alike
    budgets = [
        Budget("uren van anne", "minutes", int(dice.integers(0, 16)) * 15, ("coach", "anne")),
        Budget("uren van allen", "minutes", int(dice.integers(4, 25)) * 15),
        Budget("norm", "norm", int(dice.choice([-20, -10, -5, 0, 0, 90]))),
        Budget("norm van noord", "norm", int(dice.choice([0, 90])), ("corporation", "noord")),
    ]
    return {"budgets": tuple(b for b in budgets if dice.random() < 0.5)}


def _together(dice, options):
    asked = []
    for household, dwelling in _pairs(dice, options, most=3):
        others = options[options["household"] != household]
        if len(others):
            other = others["household"].iloc[dice.integers(len(others))]
            homes = others["dwelling"][others["household"] == other].tolist()
            allowed = tuple(home for home in homes if dice.random() < 0.4)
            needs = bool(dice.random() < 0.5)
            asked.append(Together(household, dwelling, other, allowed, needs))
    return {"together": tuple(asked)}


def _shares(dice, world):
    """About what a corporation would have if only its own households counted."""
    whose = world.options["corporation"]
    corporation = str(dice.choice(sorted(set(whose))))
    own = world.options.assign(gain=world.options["gain"].where(whose == corporation, 0))
    most, _ = best_plan(own, world.openings, **world.for_brute_force())
    asked = int(most * int(dice.choice([70, 90, 100, 100, 100, 110])) / 100)
    return {"shares": (Share(corporation, asked),)}


_DRAWN = {
    "pinned": _pinned,
    "forbidden": _forbidden,
    "shown": _shown,
    "groups": _groups,
    "mixes": _mixes,
    "budgets": _budgets,
    "together": _together,
}
