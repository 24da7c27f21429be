"""What was measured, as markdown tables: one function per part, from its facts alone."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.intervals import bootstrap, more

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Facts = dict[str, Any]
WORDS = {
    "points": "points of all moves",
    "moves": "moves",
    "starters": "starters housed",
    "older_to_suitable": "older people, unsuitable to suitable home",
    "family_homes_freed": "family homes freed",
}


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a markdown table; the first column reads left, figures right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def gap(value: float, bound: float) -> float:
    """Say how many per cent the bound lies above the value."""
    return 100 * (bound - value) / value if value else 0.0


def regions(facts: Facts) -> str:
    """Tell of every region what it holds, how long it took, and how good the plan is."""
    sized, solved = [], []
    for one in facts["regions"]:
        made, chosen = one["made"], one["chosen"]
        sized.append(
            [
                one["name"], n(made["seekers"]), n(made["openings"]), n(made["options"]),
                s(made["seconds"]["candidates"]), s(chosen["seconds"]),
                n(made["candidates_mib"]), n(chosen["peak_mib"]), made["load"], chosen["load"],
            ]
        )  # fmt: skip
        turns = chosen["turns"]
        solved.append(
            [
                one["name"], n(chosen["value"]), n(chosen["bound"]), n(chosen["certified"]),
                p(gap(chosen["value"], chosen["bound"])), n(turns["markets"]),
                n(turns["turns of prices"]), turns.get("linear programmes", 0),
                turns.get("integer programmes", 0),
            ]
        )  # fmt: skip
    return "\n\n".join(
        [
            table(
                ["dwellings", "seekers", "vacancies", "candidate moves", "candidates, s",
                 "choose, s", "candidates, MiB", "choose, MiB", "load", "load"],
                sized,
            ),
            table(
                ["dwellings", "value", "bound", "bound by certificate", "gap", "markets",
                 "turns of prices", "LPs", "MIPs"],
                solved,
            ),
        ]
    )  # fmt: skip


def country(facts: Facts) -> str:
    """Tell what many regions come to, one after another in one process."""
    many = facts["regions"]
    total = {name: sum(one["seconds"][name] for one in many) for name in many[0]["seconds"]}
    value, bound = (sum(one[name] for one in many) for name in ("value", "bound"))
    worst = max(gap(one["value"], one["bound"]) for one in many)
    same = "yes" if facts["alone"]["same"] else "NO"
    minutes = {name: f"{seconds / 60:.1f} min" for name, seconds in total.items()}
    return table(
        ["figure", ""],
        [
            ["regions", n(len(many))],
            ["dwellings", n(sum(one["dwellings"] for one in many))],
            ["seekers", n(sum(one["seekers"] for one in many))],
            ["vacancies", n(sum(one["openings"] for one in many))],
            ["candidate moves", n(sum(one["options"] for one in many))],
            ["moves chosen", n(sum(one["moves"] for one in many))],
            ["making and taking in the deliveries", minutes["make"]],
            ["candidates", minutes["candidates"]],
            ["choose", minutes["choose"]],
            ["value, bound", f"{n(value)}, {n(bound)}"],
            ["gap; of the worst region", f"{p(gap(value, bound))}; {p(worst)}"],
            ["peak memory of the process, deliveries and all", f"{n(facts['peak_mib'])} MiB"],
            ["peak memory after the first region", f"{n(many[0]['peak_mib'])} MiB"],
            [f"region {facts['alone']['seed']} alone: same plan and certificate", same],
            ["load at the start", facts["load"]],
        ],
    )


def small(facts: Facts) -> str:
    """Tell per kind of small world how many were proven, and how soon."""
    groups: dict[tuple[Any, ...], list[Facts]] = defaultdict(list)
    for one in facts["worlds"]:
        key = (one["kind"], one["chain"], one["ring"], one["acceptance"], one["arcs"])
        groups[key].append(one)
    rows = []
    for (kind, chain, ring, acceptance, arcs), found in groups.items():
        seconds = sorted(one["seconds"] for one in found)
        proven = sum(one["proven"] for one in found)
        limits = f"{chain}, {ring}, {acceptance}"
        rows.append([f"{kind}; {limits}", n(arcs), f"{proven} of {len(found)}",
                     s(float(np.median(seconds))), s(seconds[-1])])  # fmt: skip
    heads = ["worlds; longest chain, ring, acceptance", "moves possible", "proven", "median, s",
             "slowest, s"]  # fmt: skip
    return table(heads, rows) + f"\n\nLoad at the start {facts['load']}."


def conditions(facts: Facts) -> str:
    """Tell what every kind of side condition costs, and what the judge finds."""
    return "\n\n".join(_conditioned(one) for one in facts["regions"])


def _conditioned(facts: Facts) -> str:
    free = facts["kinds"][0]["value"]
    rows = []
    for one in facts["kinds"]:
        if one.get("impossible"):
            rows.append([one["kind"], n(one["conditions"]), "impossible", "-", "-", "-", "-",
                         s(one["seconds"])])  # fmt: skip
            continue
        rows.append(
            [
                one["kind"], n(one["conditions"]), n(one["value"]), n(one["bound"]),
                p(gap(one["value"], one["bound"])), signed(more(one["value"], free), 1),
                one["findings"], s(one["seconds"]),
            ]
        )  # fmt: skip
    heads = ["side conditions", "how many", "value", "bound", "gap", "against none", "findings",
             "choose, s"]  # fmt: skip
    told = table(heads, rows)
    return f"{facts['name']} (load at the start {facts['load']}):\n\n{told}"


def repair(facts: Facts) -> str:
    """Tell how soon a plan is repaired and at what loss."""
    rows = [
        [row["question"], row["count"], s(row["p50"]), s(row["p95"]), s(row["most"])]
        for row in facts["questions"]
        if row["count"]
    ]
    told = [
        table(["question", "times", "p50, s", "p95, s", "slowest, s"], rows),
        table(
            ["change", "repaired value", "full solve", "loss", "loss at most, as told",
             "repair, s", "full solve, s"],
            [
                [one["kind"], n(one["value"]), n(one["full"]),
                 p(100 * (one["full"] - one["value"]) / max(one["full"], 1), 3), n(one["told"]),
                 s(one["seconds"]), s(one["full_seconds"])]
                for one in facts["against_full"]
            ],
        ),
    ]  # fmt: skip
    tail = (
        f"On {n(facts['dwellings'])} dwellings, plan of {n(facts['value'])} points under a bound "
        f"of {n(facts['bound'])}. Of its {n(facts['chains'])} chains at least "
        f"{n(facts['kept_least'])} stayed exactly as they were; no repair can have lost more than "
        f"{n(facts['loss_at_most'])} points, by its own bound. Taking the plan up took "
        f"{s(facts['standing_seconds'])} s, peak {n(facts['peak_mib'])} MiB, load at the start "
        f"{facts['load']}."
    )
    return "\n\n".join([*told, tail])


def sameness(facts: Facts) -> str:
    """Tell the hashes of plan and certificate over every way of running."""
    told = []
    for one in facts["regions"]:
        rows = [
            [
                run["way"],
                f"`{run['plan']}`",
                f"`{run['proof']}`",
                n(run["value"]),
                s(run["seconds"]),
            ]
            for run in one["runs"]
        ]
        verdict = "all the same" if one["same"] else "NOT THE SAME"
        told.append(f"{one['name']}: **{verdict}**\n\n" + table(
            ["way", "hash of the moves", "hash of value, bound and prices", "value", "choose, s"],
            rows))  # fmt: skip
    return "\n\n".join(told)


def against(facts: Facts) -> str:
    """Tell how much more plans reach than registration order, with an interval over regions."""
    rows = []
    for name, words in WORDS.items():
        gains = gained(facts, name)
        if not gains:
            continue
        sure = bootstrap(gains)
        ours, order = (sum(one[side][name] for one in facts["regions"]) for side in SIDES)
        town = facts["town"]
        there = signed(more(town["ours"][name], town["order"][name])) if town else "-"
        rows.append([words, n(order), n(ours), signed(sure.mean),
                     f"{signed(sure.low)} to {signed(sure.high)}", len(gains), there])  # fmt: skip
    minutes = [sum(one[side]["minutes_to_ties"] for one in facts["regions"]) for side in SIDES]
    heads = ["", "registration order, sum", "chains, sum", "more, mean per region",
             "95 % interval of that mean", "regions", "the town"]  # fmt: skip
    return (
        f"{len(facts['regions'])} regions of {n(facts['dwellings'])} dwellings.\n\n"
        + table(heads, rows)
        + f"\n\nMinutes on foot to ties, summed (less is nearer): {n(minutes[1])} by registration "
        f"order, {n(minutes[0])} by chains."
    )


SIDES = ("ours", "order")


def gained(facts: Facts, name: str) -> list[float]:
    """Give per region how many per cent more, where registration order reaches anything."""
    found = (more(one["ours"][name], one["order"][name]) for one in facts["regions"])
    return [value for value in found if not math.isnan(value)]


def pools(facts: Facts) -> str:
    """Give what benchmarks.pools told."""
    return str(facts["told"])


PARTS: dict[str, Callable[[Facts], str]] = {
    "pools": pools,
    "small": small,
    "regions": regions,
    "country": country,
    "conditions": conditions,
    "repair": repair,
    "sameness": sameness,
    "against": against,
}


def n(value: float) -> str:
    """Write a whole number with its thousands apart."""
    return f"{value:,.0f}".replace("-", "−")


def s(seconds: float) -> str:
    """Write seconds, finer when there are few."""
    return f"{seconds:.1f}" if seconds >= 10 else f"{seconds:.2f}"  # noqa: PLR2004 - three digits


def p(percent: float, digits: int = 2) -> str:
    """Write a percentage."""
    return f"{percent:.{digits}f} %".replace("-", "−")


def signed(percent: float, digits: int = 0) -> str:
    """Write a difference in per cent with its sign."""
    return "-" if math.isnan(percent) else f"{percent:+.{digits}f} %".replace("-", "−")
