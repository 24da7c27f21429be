"""docs/performance.md and its pictures: written from what was measured, never by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks import goals, tables
from benchmarks.pictures import pictures, shown, slug
from benchmarks.tables import table

if TYPE_CHECKING:
    from pathlib import Path

Facts = dict[str, Any]
FOLDER = "performance"
INTRODUCTION = """# What the optimiser reaches

This page is written by a command, from what it measured. Do not edit it; run it again:

```
make bench-optimiser                              # everything that is generated: an hour or two
make bench-optimiser ADDRESSES=ADDRESSES.csv.zst  # with a real town
python -m benchmarks.optimiser --write docs       # the same, and write this page
python -m benchmarks.optimiser --only regions,against --write docs   # measure these anew
python -m benchmarks.optimiser --quick            # a little of everything, in a minute
```

How to read it. *Value* is the points of the plan, *bound* what no plan can exceed, *gap* how far
the bound lies above the value: the plan is at most so much from the best. The bound by certificate
is proved again from whole numbers without a solver. Seconds are wall time; every measurement ran in
a process of its own, one at a time, once. *Load* is the one-minute load average when it began: the
measurement just before still counts in it, so on a quiet machine it is about 1, and more means that
others were at work and the seconds are too many. MiB is the most memory that process held. Seeds
are fixed; the generated regions are about nobody, so the figures say what the engine does, not what
a town would gain.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the page: the part it shows, its heading, and what to know before reading."""

    part: str
    title: str
    about: str


SECTIONS = (
    Section(
        "small",
        "Small worlds",
        "Random worlds of a few hundred to 2,000 possible moves, some like life (starters, short "
        "chains), some where everyone swaps with everyone. Proven is what the search claims: it "
        "ended with value equal to bound. What prices alone prove can be a little less.",
    ),
    Section(
        "pools",
        "Kidney pools, against others",
        "The clearing problem of kidney exchange is this problem. Every peer is measured in the "
        "same run on the same pools.",
    ),
    Section(
        "regions",
        "Regions",
        "Generated regions and, where an address file was named, a real town with made-up people. "
        "Turns of prices are evaluations of the Lagrangian bound, LPs and MIPs the programmes "
        "handed to a solver.",
    ),
    Section(
        "country",
        "A country, region by region",
        "Regions share no household and no home, so a country is as many nights as it has regions. "
        "Here one process does them all, one after another, each forgotten before the next is "
        "made; the curve shows whether seconds add up in a straight line, the memory after the "
        "first region and of the whole whether anything stays behind. Dividing the regions over "
        "processes was not measured.",
    ),
    Section(
        "conditions",
        "Side conditions",
        "Drawn around the plan without any so that they bind, with a fixed seed: moves it would "
        "like are forbidden, hours are fewer than it would take, complexes may hardly change. "
        "*Findings* are those of `matching.verify`, which shares no code with the optimiser.",
    ),
    Section(
        "repair",
        "One changed fact",
        "A plan is kept warm; then a proposal is declined, a home withdrawn, notice given, a wish "
        "changed (in turn, drawn with a fixed seed). Some are solved in full beside it.",
    ),
    Section(
        "sameness",
        "The same plan, every time",
        "The same options chosen from again, each time in a new process: over worker counts, with "
        "rows and openings in another order, with another hash seed.",
    ),
    Section(
        "against",
        "Against registration order",
        "Registration order gives one vacancy at a time, in the order in which they come free, to "
        "whoever waits longest among the same candidates, and follows the chain wherever it goes, "
        "however long; nobody swaps. Regions where it reaches nothing have no percentage. The "
        "interval is a percentile bootstrap over regions (10,000 resamples, seed fixed).",
    ),
)


def page(kept: dict[str, Facts]) -> str:
    """Write the page from what was kept per part."""
    known = {part: one["facts"] for part, one in kept.items()}
    parts = [
        INTRODUCTION,
        f"## The goals\n\n{goals.goals(known)}",
        *(f"## {s.title}\n\n{s.about}\n\n{_measured(s, known)}" for s in SECTIONS),
        f"## Measured on\n\n{measured_on(kept)}",
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _measured(section: Section, known: dict[str, Facts]) -> str:
    if section.part not in known:
        return f"Not measured yet: `python -m benchmarks.optimiser --only {section.part}`."
    told = tables.PARTS[section.part](known[section.part])
    shown_here = "\n\n".join(
        f"![{words}]({FOLDER}/{file})" for file, words in _figures(section.part, known)
    )
    return f"{told}\n\n{shown_here}".strip()


def _figures(part: str, known: dict[str, Facts]) -> list[tuple[str, str]]:
    if part == "regions":
        curves = [
            (f"gap-{slug(one)}-{unit}.svg", f"Bound and best plan by {unit}, {one['name']}")
            for one in shown(known["regions"])
            for unit in ("seconds", "turns")
        ]
        sizes = [("scaling-seconds.svg", "Seconds against dwellings"),
                 ("scaling-memory.svg", "Peak memory against dwellings")]  # fmt: skip
        return [*sizes, *curves]
    titles = {
        "country": "Seconds, summed, region after region",
        "against": "Per cent more than registration order, per region",
    }
    return [(f"{part}.svg", titles[part])] if part in titles else []


def measured_on(kept: dict[str, Facts]) -> str:
    """Say per part on what machine, with which versions and engine it was measured, how long."""
    rows = []
    for part, one in kept.items():
        machine = one["machine"]
        versions = ", ".join(f"{name} {which}" for name, which in machine["versions"].items())
        rows.append(
            [part, f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB",
             f"{machine['system']}, Python {machine['python']}, {versions}",
             f"`{machine['engine']}`", one["load"], f"{one['minutes']:.1f}"]
        )  # fmt: skip
    heads = ["part", "machine", "versions", "engine", "load at start", "minutes"]
    return table(heads, rows) + "\n\n*engine* is a hash of the code and rules that were measured."


def write(kept: dict[str, Facts], folder: Path) -> list[Path]:
    """Write the page and its pictures in a folder; pictures that no longer belong go."""
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    drawn = pictures({part: one["facts"] for part, one in kept.items()})
    for old in place.glob("*.svg"):
        if old.name not in drawn:
            old.unlink()
    files = {place / name: text for name, text in drawn.items()}
    files[folder / "performance.md"] = page(kept)
    for path, text in files.items():
        path.write_text(text, "utf-8", newline="\n")
    return sorted(files)
