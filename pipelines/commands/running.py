"""Commands for whoever keeps the services running: migrate, health, metrics."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines import screen
from pipelines.asking import database
from pipelines.commands.given import Data, Json, settings_with
from pipelines.commands.stopping import stop_on_signals
from pipelines.health import Status, watching
from pipelines.metrics import LOOPBACK, measuring, text

MARKS = {Status.OK: "✓", Status.DEGRADED: "!", Status.DOWN: "✗"}


def migrate(data: Data = None) -> None:
    """Breng de database naar het schema van deze versie. Nog eens draaien mag altijd.

    Elke andere opdracht doet dit zelf ook; los is het handig bij een nieuwe versie.
    """
    with database(settings_with(data=data)):
        typer.echo("De database heeft het schema van deze versie.")


def health(data: Data = None, as_json: Json = False) -> None:
    """Zeg of alles werkt: database, plan, nacht, leveringen, wat er wacht. Niet klaar is exit 1."""
    settings = settings_with(data=data)
    with database(settings) as engine:
        seen = watching(engine, settings).look()
    if as_json:
        screen.machine(seen.told())
    else:
        for check in seen.checks:
            typer.echo(f"{MARKS[check.status]} {check.sentence}")
    raise typer.Exit(0 if seen.status is Status.OK else 1)


def metrics(
    port: Annotated[
        int | None,
        typer.Option(
            help="Blijf draaien en antwoord op deze poort.",
            min=0,
            max=65535,
            show_default="eenmaal op het scherm",
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Alleen deze machine: 127.0.0.1 of ::1.")] = LOOPBACK,
    data: Data = None,
) -> None:
    """Meet hoe het ervoor staat, in de vorm van Prometheus. Zonder namen en zonder kenmerken."""
    settings = settings_with(data=data)
    with database(settings) as engine:
        if port is None:
            typer.echo(text(engine, settings).rstrip("\n"))
            return
        with measuring(engine, settings, host=host, port=port) as taken:
            typer.echo(f"Metingen op http://{host}:{taken}/metrics. Stoppen: Ctrl+C.")
            stop_on_signals().wait()
