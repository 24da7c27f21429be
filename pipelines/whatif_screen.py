"""What a simulation says on the screen: a bar while it runs, and a short table when it is done."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from matching.simulate.catalogue import MEASURES
from matching.simulate.comparison import WHOLE
from pipelines import screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from data_contracts.scenario import Scenario
    from matching.simulate.comparison import Comparison
    from pipelines.replication import Replicated

TOP = (
    "moves",
    "chains_begun",
    "freed",
    "older_to_suitable",
    "older_unsuitable",
    "family_homes_freed",
    "moves_starters",
    "vacancy_days",
    "scheme_cost",
    "coach_minutes",
)
"""What is told on the screen; everything else stands in the report."""
EUROCENT = "eurocent"
FEW = "niet getoond"


@contextmanager
def bar(*, quiet: bool, done: int, total: int) -> Iterator[Callable[[Replicated], None]]:
    """Show how many replications are finished and when all of them will be."""
    if quiet:
        yield lambda _: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("nog"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen.problems) as shown:
        task = shown.add_task("Doorrekenen", total=total, completed=done)
        yield lambda _: shown.advance(task)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the simulation of a region came to (the only one has no name), and its reports."""

    region: str
    comparison: Comparison
    scenarios: Sequence[Scenario]
    files: Sequence[Path]


def told(outcomes: Sequence[Outcome], *, as_json: bool) -> None:
    """Say what simulations came to, and where the reports are."""
    if as_json:
        each = {one.region: _machine(one) for one in outcomes}
        screen.machine(each.get("", {"regions": each}))
        return
    for one in outcomes:
        if one.region:
            screen.console.rule(one.region, align="left")
        summary(one.comparison, one.scenarios)
        for file in one.files:
            if file.suffix != ".parquet":
                screen.console.print(f"  {file}", soft_wrap=True, highlight=False)


def _machine(one: Outcome) -> dict[str, object]:
    totals = one.comparison.totals
    rows = totals.astype(object).where(totals.notna(), None).to_dict("records")
    paths = [str(file) for file in one.files]
    return {"years": one.comparison.years, "totals": rows, "files": paths}


def summary(comparison: Comparison, scenarios: Sequence[Scenario]) -> None:
    """Print the top measures: what doing nothing comes to, and how each scenario differs."""
    titles = {one.name: one.title for one in scenarios}
    table = Table(
        title=f"Wat als: {comparison.years} jaar, acceptatie {comparison.acceptance} %",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("over alle jaren samen; (s): stand aan het eind")
    others = [name for name in comparison.scenarios if name != comparison.baseline]
    table.add_column(titles.get(comparison.baseline, comparison.baseline), justify="right")
    for name in others:
        table.add_column(f"{titles.get(name, name)}: verschil", justify="right")
    for title, unit, rows in _rows(comparison):
        first = _mean(rows.get(comparison.baseline), unit)
        table.add_row(title, first, *(_difference(rows.get(name), unit) for name in others))
    screen.console.print(table)
    screen.console.print(_how_sure(comparison))


def _rows(comparison: Comparison) -> Iterator[tuple[str, str, dict[str, pd.Series]]]:
    """Give per line its title, its unit, and the row of each scenario."""
    whole = comparison.totals[
        (comparison.totals["group"] == WHOLE)
        & (comparison.totals["acceptance"] == comparison.acceptance)
    ]
    lengths = comparison.lengths[comparison.lengths["by"] == WHOLE]
    for title, measure in (
        ("Verhuizingen per keten", "moves"),
        ("Vrijgekomen woningen per keten", "vacancies"),
    ):
        yield title, "per keten", _by_scenario(lengths[lengths["measure"] == measure])
    for measure in TOP:
        one = MEASURES[measure]
        stock = " (s)" if one.kind == "stock" else ""
        unit = "euro" if one.unit == EUROCENT else one.unit
        yield (
            f"{one.title}{stock}, {unit}",
            one.unit,
            _by_scenario(whole[whole["measure"] == measure]),
        )


def _by_scenario(table: pd.DataFrame) -> dict[str, pd.Series]:
    return {row["scenario"]: row for _, row in table.iterrows()}


def _mean(row: pd.Series | None, unit: str) -> str:
    if row is None:
        return "–"
    return FEW if row["suppressed"] else _number(row["mean"], unit)


def _difference(row: pd.Series | None, unit: str) -> str:
    """Say a difference with its interval; with one replication there is none."""
    if row is None or math.isnan(row["difference"]):
        return FEW if row is not None and row["pairs"] else "–"
    told = f"{_number(row['difference'], unit, sign='+')}"
    if math.isnan(row["difference_low"]):
        return f"{told} (geen marge)"
    ends = (_number(row[f"difference_{end}"], unit) for end in ("low", "high"))
    return f"{told} ({' tot '.join(ends)})"


def _number(value: float, unit: str, *, sign: str = "") -> str:
    """Write a number as is done in Dutch; amounts in euros, lengths of chains in hundredths."""
    value = value / 100 if unit == EUROCENT else value
    digits = 2 if unit == "per keten" else 0 if abs(value) >= 100 else 1  # noqa: PLR2004 - two digits say enough
    return f"{value:{sign},.{digits}f}".translate(str.maketrans(",.", ".,"))


def _how_sure(comparison: Comparison) -> str:
    runs = comparison.runs[comparison.runs["acceptance"] == comparison.acceptance]
    fewest = int(runs["replications"].min())
    if fewest == 1:
        return "Elk scenario is één keer doorgerekend: hoe zeker dit is, is dan niet te zeggen."
    return (
        f"Elk scenario is {fewest} keer doorgerekend. Tussen haakjes: waar het verschil met 95 % "
        "zekerheid ligt, als de aannamen kloppen."
    )
