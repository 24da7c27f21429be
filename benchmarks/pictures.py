"""The pictures of the page: drawn from what was measured, by file name."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from benchmarks.curves import Axis, Line, chart
from benchmarks.tables import gained

Facts = dict[str, Any]
LEAST = 0.01
DWELLINGS = Axis("dwellings", log=True)
PER_CENT = "per cent (logarithmic)"


def pictures(known: dict[str, Facts]) -> dict[str, str]:
    """Draw every picture for which something was measured: SVG text by file name."""
    drawn: dict[str, str] = {}
    if "regions" in known:
        drawn |= _scaling(known["regions"], known.get("country")) | _gaps(known["regions"])
    if "country" in known:
        drawn["country.svg"] = _country(known["country"])
    if "against" in known:
        drawn["against.svg"] = _against(known["against"])
    return drawn


def _scaling(facts: Facts, country: Facts | None) -> dict[str, str]:
    found = sorted(facts["regions"], key=lambda one: int(one["made"]["dwellings"]))
    size = [one["made"]["dwellings"] for one in found]
    search = [one["made"]["seconds"]["candidates"] for one in found]
    choice = [one["chosen"]["seconds"] for one in found]
    seconds = [Line("candidates", _above(size, search)), Line("choose", _above(size, choice))]
    memory = [
        Line("candidates", _above(size, [one["made"]["candidates_mib"] for one in found])),
        Line("choose", _above(size, [one["chosen"]["peak_mib"] for one in found])),
    ]
    if country:
        homes = sum(one["dwellings"] for one in country["regions"])
        both = sum(
            one["seconds"]["candidates"] + one["seconds"]["choose"] for one in country["regions"]
        )
        seconds.append(Line("both, many regions in one process", [(homes, both)], joined=False))
        peak = country["peak_mib"]
        memory.append(Line("many regions in one process", [(homes, peak)], joined=False))
    return {
        "scaling-seconds.svg": chart(
            "Seconds against dwellings", seconds, DWELLINGS, Axis("seconds", log=True)
        ),
        "scaling-memory.svg": chart(
            "Peak memory against dwellings", memory, DWELLINGS, Axis("MiB", log=True)
        ),
    }


def _above(across: list[int], up: list[float]) -> list[tuple[float, float]]:
    """Points for a logarithmic axis: what took no time that a clock saw, took its least."""
    return [(a, max(b, LEAST)) for a, b in zip(across, up, strict=True)]


def _gaps(facts: Facts) -> dict[str, str]:
    drawn = {}
    for one in shown(facts):
        for at, unit in enumerate(("seconds", "turns")):
            drawn[f"gap-{slug(one)}-{unit}.svg"] = _gap(one, at, unit)
    return drawn


def shown(facts: Facts) -> list[Facts]:
    """Give the regions whose curves are drawn: the middle size, and the last (the town)."""
    found = facts["regions"]
    usual, last = found[min(2, len(found) - 1)], found[-1]
    return [usual] if usual is last else [usual, last]


def slug(one: Facts) -> str:
    """Name a region in a file name."""
    return str(one["made"]["dwellings"])


def _gap(one: Facts, at: int, unit: str) -> str:
    """Draw how far bound and plan are from the best bound known, on the way."""
    curve, best = one["chosen"]["curve"], max(one["chosen"]["bound"], 1)
    over = [(point[at], 100 * (point[3] - best) / best) for point in curve]
    under = [(point[at], 100 * (best - point[2]) / best) for point in curve]
    name = "seconds of choosing" if unit == "seconds" else "turns of prices"
    return chart(
        f"Gap over time: {one['name']} dwellings",
        [
            Line("bound above the best bound", over, step=True),
            Line("best plan below the best bound", under, step=True),
        ],
        Axis(name),
        Axis(PER_CENT, log=True, least=LEAST),
    )


def _country(facts: Facts) -> str:
    many = facts["regions"]
    lines = []
    for name, words in (("make", "making and deliveries"), ("candidates", "candidates"),
                        ("choose", "choose")):  # fmt: skip
        summed = accumulate(one["seconds"][name] for one in many)
        homes = accumulate(one["dwellings"] for one in many)
        lines.append(Line(words, [(0, 0), *zip(homes, summed, strict=True)]))
    return chart(
        "Region after region in one process",
        lines,
        Axis("dwellings so far"),
        Axis("seconds, summed"),
    )


def _against(facts: Facts) -> str:
    points = sorted(gained(facts, "points"))
    older = sorted(gained(facts, "older_to_suitable"))
    return chart(
        f"More than registration order, {len(points)} regions, each sorted",
        [
            Line("points", list(enumerate(points, start=1)), joined=False),
            Line("older people to a suitable home", list(enumerate(older, start=1)), joined=False),
        ],
        Axis("region", least=0),
        Axis("per cent more"),
    )
