"""Plans under side conditions at scale: what each kind costs, and that the judge finds nothing.

The conditions are drawn around the plan without any, with a fixed seed, so that they bind: moves it
would like are forbidden, hours are fewer than it would take, complexes may hardly change.
"""

from __future__ import annotations

import time
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from benchmarks.regions import KINDS, ON, SEED, limits, stored
from matching.chains import link, moves_of
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
from matching.model import Plan, Receipt, Status, Totals
from matching.optimise import choose
from matching.pool import alone
from matching.verify.side_conditions import kept

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from matching.optimise import Choice

DRAW = 5
POOL = "a fair pool"
ALL = "all but the fair pool together"


def conditioned(*, folder: str, kinds: list[str]) -> dict[str, Any]:
    """Choose under each kind of side condition, and under none; judged by `matching.verify`."""
    options, openings = stored(folder, conditioned=True)
    free = choose(options, openings, limits(), seed=SEED)
    drawn = {kind: make(free, options, openings) for kind, make in DRAWN.items()}
    drawn[ALL] = _together([drawn[kind] for kind in drawn if kind != POOL])
    told = [_under("none", NONE, options, openings)]
    told += [_under(kind, drawn[kind], options, openings) for kind in drawn if kind in kinds]
    return {"kinds": told}


def _under(
    kind: str, conditions: Conditions, options: pd.DataFrame, openings: list[str]
) -> dict[str, Any]:
    start = time.monotonic()
    facts: dict[str, Any] = {"kind": kind, "conditions": counted(conditions)}
    try:
        choice = choose(options, openings, limits(), conditions=conditions, seed=SEED)
    except ImpossibleConditions:
        return facts | {"impossible": True, "seconds": round(time.monotonic() - start, 3)}
    seconds = round(time.monotonic() - start, 3)
    findings = list(kept(plan_of(choice, openings), conditions, options))
    return facts | {
        "seconds": seconds,
        "value": choice.value,
        "bound": choice.bound,
        "moves": len(choice.moves),
        "findings": len(findings),
    }


def plan_of(choice: Choice, openings: list[str]) -> Plan:
    """Give the plan as a judge reads it: chains and receipt, no reasons."""
    rules = limits()
    receipt = Receipt(
        region="bench",
        on=ON,
        position=0,
        rules_year=ON.year,
        rules_hash="",
        policy_hash="",
        code_version="",
        seed=SEED,
        longest_chain=rules.longest_chain,
        longest_ring=rules.longest_ring,
        acceptance_percent=round(100 * rules.acceptance),
        openings=len(openings),
        options=0,
        options_hash="",
        status=Status.BOUNDED,
        value=choice.value,
        bound=choice.bound,
    )
    return Plan(link(moves_of(choice.moves), frozenset(openings)), (), Totals(), receipt)


def counted(conditions: Conditions) -> int:
    """Count the conditions of every kind."""
    return sum(
        len(getattr(conditions, field.name))
        for field in fields(conditions)
        if isinstance(getattr(conditions, field.name), tuple)
    )


def _together(several: list[Conditions]) -> Conditions:
    """All conditions at once; a number of one kind only is taken from whoever has it."""
    whole = NONE
    for one in several:
        news = {f.name: getattr(one, f.name) for f in fields(one)}
        merged = {
            name: getattr(whole, name) + value if isinstance(value, tuple) else value
            for name, value in news.items()
            if value not in {(), 0, None}
        }
        whole = replace(whole, **merged)
    return whole


def _acted_on(free: Choice, options: pd.DataFrame, openings: list[str]) -> Conditions:
    """Every fiftieth move of the plan is forbidden; as many other moves into vacancies stand."""
    said_no = free.moves.iloc[::50]
    many = len(said_no)
    untouched = options[
        options["dwelling"].isin(openings)
        & ~options["household"].isin(free.moves["household"])
        & ~options["leaves"].isin(openings)
    ]
    once = untouched.drop_duplicates("household").drop_duplicates("dwelling")
    stands = once.sample(min(many, len(once)), random_state=DRAW)
    return Conditions(pinned=_pairs(stands), forbidden=_pairs(said_no))


def _shown(_: Choice, options: pd.DataFrame, __: list[str]) -> Conditions:
    """One in a hundred of all options has been shown to people."""
    shown = options.sample(len(options) // 100, random_state=DRAW)
    return Conditions(seen=_pairs(shown), change_cost=15, most_open=2)


def _groups(free: Choice, _: pd.DataFrame, __: list[str]) -> Conditions:
    """Pairs of households whose homes in the plan lie side by side, one in twenty of its moves."""
    near = free.moves.sort_values(["x", "y", "household"])["household"].tolist()
    pairs = zip(near[::40], near[1::40], strict=False)
    return Conditions(groups=tuple(Group(f"{a}+{b}", (a, b), 500) for a, b in pairs))


def _mixes(free: Choice, _: pd.DataFrame, __: list[str]) -> Conditions:
    """The fifty complexes that most people would enter may change by three at any moment."""
    busiest = free.moves["complex"].value_counts().sort_index().nlargest(50).index
    return Conditions(mixes=tuple(Mix(name, kind, 10, 7, 13) for name in busiest for kind in KINDS))


def _hours(free: Choice, _: pd.DataFrame, __: list[str]) -> Conditions:
    """Of every corporation four fifths of the hours that the plan would take."""
    minutes = free.moves.groupby("landlord")["minutes"].sum() * 4 // 5
    return Conditions(
        budgets=tuple(
            Budget(f"uren|{name}", "minutes", int(most), ("landlord", str(name)))
            for name, most in minutes.items()
        )
    )


def _musts(free: Choice, _: pd.DataFrame, __: list[str]) -> Conditions:
    """One in ten moves asks that another household of the plan stays where it is."""
    moves = free.moves.sort_values("household")
    askers, others = moves.iloc[::10], moves["household"].iloc[5::10]
    asked = zip(*(askers[name] for name in ("household", "dwelling")), others, strict=False)
    return Conditions(together=tuple(Together(h, d, other) for h, d, other in asked))


def _fair(_: Choice, options: pd.DataFrame, openings: list[str]) -> Conditions:
    """No corporation is worse off than alone."""
    apart = alone(options, openings, limits(), NONE, seed=SEED)
    return Conditions(shares=tuple(Share(one.corporation, int(one.alone)) for one in apart))


def _pairs(rows: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    return tuple(zip(rows["household"].map(str), rows["dwelling"].map(str), strict=True))


DRAWN: dict[str, Callable[[Choice, pd.DataFrame, list[str]], Conditions]] = {
    "pinned and forbidden moves": _acted_on,
    "proposals already shown": _shown,
    "groups near each other": _groups,
    "mixes of complexes": _mixes,
    "hours of coaches": _hours,
    "ties that move too": _musts,
    POOL: _fair,
}
"""How the conditions of each kind are drawn."""
