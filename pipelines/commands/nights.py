"""`verhuisketen nights`: the nights of many regions beside one another, and what each came to."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - typer reads it
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from pipelines import screen
from pipelines.commands.given import Json, On, day_of, settings_with
from pipelines.nights import Where, errands
from pipelines.nights import nights as ours

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.region_night import RegionNight

NUMBERS = ("verhuizingen", "ketens", "punten", "ruimte", "seconden", "MiB")
ALONE = "De Prefect-server van PREFECT_API_URL antwoordt niet. De nachten draaien zonder haar."


def nights(
    regions: Annotated[
        Path, typer.Argument(help="Bestand met regio's (YAML).", exists=True, dir_okay=False)
    ],
    on: On = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Hoeveel regio's tegelijk op deze machine.", min=1, show_default="kernen"
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Adres van een Dask-scheduler: tcp://…", show_default="deze machine"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Draai de nacht van elke regio uit een bestand, naast elkaar. Zie docs/guides/meer-regios.md.

    Mislukt een regio, dan gaan de andere door. De exitcode is dan 1.
    """
    where = Where(settings_with(scheduler=scheduler).scheduler, workers)
    asked = errands(regions, on=day_of(on), scheduler=where.scheduler)
    start = monotonic()
    with screen.progress(quiet=as_json) as progress:
        progress(f"0 van {len(asked)} regio's klaar")
        ended = runner()(asked, where, told=_counting(len(asked), progress))
    _show(ended, seconds=monotonic() - start, as_json=as_json)
    raise typer.Exit(0 if all(one.done for one in ended) else 1)


def runner() -> Callable[..., list[RegionNight]]:
    """Give who runs the nights: Prefect where its server answers, or else we ourselves."""
    if not os.environ.get("PREFECT_API_URL"):
        return ours
    from pipelines import nights_flow  # noqa: PLC0415 - Prefect costs seconds

    if nights_flow.answers():
        return nights_flow.nights_in_prefect
    screen.error(ALONE)
    return ours


def _counting(regions: int, progress: Callable[[str], None]) -> Callable[[RegionNight], None]:
    ended: list[RegionNight] = []

    def told(night: RegionNight) -> None:
        ended.append(night)
        what = f"{night.seconds:.0f} s, {_gap(night)}" if night.done else "mislukt"
        progress(f"{len(ended)} van {regions} regio's klaar; {night.region}: {what}")

    return told


def _gap(night: RegionNight) -> str:
    return f"hoogstens {night.gap:.2f} % beter mogelijk".replace(".", ",")


def _show(ended: list[RegionNight], *, seconds: float, as_json: bool) -> None:
    if as_json:
        screen.machine({"seconds": round(seconds, 1), "regions": [asdict(one) for one in ended]})
        return
    table = Table(
        title="De nachten van de regio's",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("regio")
    for number in NUMBERS:
        table.add_column(number, justify="right")
    for one in (one for one in ended if one.done):
        whole = (screen.whole(n) for n in (one.moves, one.chains, one.value))
        gap = f"{one.gap:.2f} %".replace(".", ",")
        table.add_row(one.region, *whole, gap, f"{one.seconds:.0f}", screen.whole(one.peak_mib))
    screen.console.print(table)
    for one in (one for one in ended if not one.done):
        screen.error(f"{one.region}: {one.sentence}")
    done = sum(one.done for one in ended)
    screen.console.print(
        f"{done} van {len(ended)} regio's hebben een nieuw plan, in {seconds:.0f} s."
    )
