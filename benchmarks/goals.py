"""What was to be reached, beside what was: met, or missed by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.intervals import bootstrap
from benchmarks.tables import gained, gap, n, p, s, signed, table

if TYPE_CHECKING:
    from collections.abc import Callable

Facts = dict[str, Any]
Row = tuple[str, str]  # what was reached, the verdict
NOT_MEASURED: Row = ("not measured", "-")
SMALL_SECONDS, REPAIR_SECONDS, REPAIR_LOSS, NIGHT_HOURS = 2.0, 1.0, 0.1, 8
TOWN, MANY, COUNTRY, ARCS, DRIFT = 90_000, 20, 900_000, 2_000, 20


def goals(known: dict[str, Facts]) -> str:
    """Write the table of goals; a part that was not measured says so."""
    rows = [
        ("≤ 2,000 possible moves", "the proven optimum, always, in under 2 s", _small),
        (
            "kidney pools",
            (
                "the proven optimum wherever kep-solver proves it, 5 × faster in geometric mean, "
                "nowhere slower than 1.5 ×"
            ),
            _pools,
        ),
        ("10,000 dwellings", "gap ≤ 0.5 % in 60 s, ≤ 1 GB", _usual),
        ("100,000 dwellings, a real town", "gap ≤ 1 % in 5 minutes, ≤ 4 GB", _town),
        ("1,000,000 dwellings", "one night on two cores, linear in regions", _country),
        (
            "one changed fact, a real town",
            "in ≤ 1 s, within 0.1 % of a full solve",
            _repair,
        ),
        ("one question, a real town", "price and plan B each in under 1 s", _questions),
        ("against registration order", "the gain with an interval", _against),
    ]
    told = [(regime, goal, *reached(known)) for regime, goal, reached in rows]
    return table(["regime", "goal", "reached", "verdict"], told).replace("---:", "---")


def verdict(*misses: tuple[bool, str]) -> str:
    """Say met, or what was missed."""
    missed = [words for is_missed, words in misses if is_missed]
    return "**missed**: " + "; ".join(missed) if missed else "met"


def _small(known: dict[str, Facts]) -> Row:
    if "small" not in known:
        return NOT_MEASURED
    found = known["small"]["worlds"]
    proven, slowest = sum(one["proven"] for one in found), max(one["seconds"] for one in found)
    slow = sum(one["seconds"] >= SMALL_SECONDS for one in found)
    return (
        f"{proven} of {len(found)} proven, slowest {s(slowest)} s",
        verdict(
            (max(one["arcs"] for one in found) < ARCS, "measured on smaller worlds only"),
            (proven < len(found), f"{len(found) - proven} not proven"),
            (slow > 0, f"{slow} took longer, by {s(slowest - SMALL_SECONDS)} s at most"),
        ),
    )


def _pools(known: dict[str, Facts]) -> Row:
    if "pools" not in known:
        return NOT_MEASURED
    return (known["pools"].get("summary") or "see the table of pools", "see there")


def _usual(known: dict[str, Facts]) -> Row:
    usual = 10_000
    return _region(known, lambda homes: homes == usual, (0.5, 60, 1_024))


def _town(known: dict[str, Facts]) -> Row:
    return _region(known, lambda homes: homes >= TOWN, (1.0, 300, 4_096))


def _region(
    known: dict[str, Facts], fits: Callable[[int], bool], goal: tuple[float, float, int]
) -> Row:
    found = [one for one in known.get("regions", {}).get("regions", [])
             if fits(int(one["made"]["dwellings"]))]  # fmt: skip
    if not found:
        return NOT_MEASURED
    made, chosen = found[-1]["made"], found[-1]["chosen"]
    apart = gap(chosen["value"], chosen["bound"])
    memory = max(made["candidates_mib"], chosen["peak_mib"])
    return (
        (
            f"gap {p(apart)}, choose {s(chosen['seconds'])} s "
            f"(candidates {s(made['seconds']['candidates'])} s), {n(memory)} MiB"
        ),
        verdict(
            (apart > goal[0], f"gap by {p(apart - goal[0])}"),
            (chosen["seconds"] > goal[1], f"time by {s(chosen['seconds'] - goal[1])} s"),
            (memory > goal[2], f"memory by {n(memory - goal[2])} MiB"),
        ),
    )


def _country(known: dict[str, Facts]) -> Row:
    if "country" not in known:
        return NOT_MEASURED
    many = known["country"]["regions"]
    seconds = [sum(one["seconds"].values()) for one in many]
    hours, half = sum(seconds) / 3_600, len(many) // 2
    # Others at work on the machine stretch the clock, not the processor's own time.
    used = [one["processor_seconds"] for one in many]
    drift = 100 * (sum(used[half:]) / len(used[half:])) / (sum(used[:half]) / half) - 100
    homes = sum(one["dwellings"] for one in many)
    return (
        (
            f"{len(many)} regions, {n(homes)} dwellings: {hours:.2f} "
            f"hours in one process, deliveries and all; a region of the second half took "
            f"{signed(drift)} processor time against one of the first; "
            f"{n(known['country']['peak_mib'])} MiB"
        ),
        verdict(
            (homes < COUNTRY, f"measured on {n(homes)} dwellings only"),
            (drift > DRIFT, "later regions took longer"),
            (hours > NIGHT_HOURS, f"by {hours - NIGHT_HOURS:.1f} hours"),
            (len(many) < MANY, f"only {len(many)} regions"),
            (not known["country"]["alone"]["same"], "a region alone got another plan"),
        ),
    )


def _repair(known: dict[str, Facts]) -> Row:
    if "repair" not in known:
        return NOT_MEASURED
    facts = known["repair"]
    first = facts["questions"][0]
    losses = [100 * (one["full"] - one["value"]) / max(one["full"], 1)
              for one in facts["against_full"]]  # fmt: skip
    return (
        (
            f"p50 {s(first['p50'])} s, p95 {s(first['p95'])} s over {first['count']} changes; "
            f"at most {p(max(losses), 3)} lost in {len(losses)} full solves, and by its own bound "
            f"no repair lost more than {p(100 * facts['loss_at_most'] / facts['value'], 3)}"
        ),
        verdict(
            _only(facts),
            (first["p95"] > REPAIR_SECONDS, f"p95 by {s(first['p95'] - REPAIR_SECONDS)} s"),
            (max(losses) > REPAIR_LOSS, f"loss by {p(max(losses) - REPAIR_LOSS, 3)}"),
        ),
    )


def _questions(known: dict[str, Facts]) -> Row:
    asked = [one for one in known.get("repair", {}).get("questions", [])
             if one["question"].startswith(("price", "plan B"))]  # fmt: skip
    if not asked:
        return NOT_MEASURED
    slowest = max(one["p95"] for one in asked)
    told = ", ".join(f"{one['question']} {s(one['p50'])} s" for one in asked)
    return (
        f"p50: {told}",
        verdict(
            _only(known["repair"]),
            (slowest > REPAIR_SECONDS, f"p95 by {s(slowest - REPAIR_SECONDS)} s at most"),
        ),
    )


def _only(facts: Facts) -> tuple[bool, str]:
    homes = facts["dwellings"]
    return homes < TOWN, f"measured on {n(homes)} dwellings only"


def _against(known: dict[str, Facts]) -> Row:
    if "against" not in known:
        return NOT_MEASURED
    told = []
    for name, words in (("points", "points"), ("older_to_suitable", "older people")):
        found = gained(known["against"], name)
        if found:
            sure = bootstrap(found)
            told.append(f"{words} {signed(sure.mean)} ({signed(sure.low)} to {signed(sure.high)})")
    return "; ".join(told) or "nothing to compare", "reported"
