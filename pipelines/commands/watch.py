"""`verhuisketen watch`: the watched folder, as a service or once."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import logs, screen
from pipelines.asking import database
from pipelines.beat import beat
from pipelines.commands.given import Data, Json, settings_with
from pipelines.commands.stopping import stop_on_signals
from pipelines.watch import Watch, accept, keep_watching, one_round

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.ingest import Taken

Once = Annotated[bool, typer.Option("--once", help="Neem op wat er nu ligt, en stop dan.")]


def now() -> datetime:
    """Give this moment."""
    return datetime.now(tz=UTC)


def watch(
    inbox: Annotated[
        Path | None,
        typer.Option(
            help="De map waar leveringen in vallen.", show_default="postvak-in, in de map met data"
        ),
    ] = None,
    accept_file: Annotated[
        str | None,
        typer.Option("--accept", help="Laat dit wachtende bestand toch door, en stop dan."),
    ] = None,
    once: Once = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Let op het postvak: elk bestand dat erin valt, wordt gelezen, geboekt en opgeborgen.

    Een bestand telt pas als het even niet meer verandert. Daarna staat het in verwerkt, in wacht
    (kijk ernaar, en laat het door met --accept) of in geweigerd, met het antwoord ernaast.
    """
    given = {"settle_seconds": 0} if once else {}
    settings = settings_with(data=data, inbox=inbox, **given)
    with database(settings) as engine:
        watcher = Watch(engine, settings)
        if accept_file is not None or once:
            taken = (
                one_round(watcher, now())
                if accept_file is None
                else [accept(watcher, accept_file, now())]
            )
            screen.taken(taken, as_json=as_json)
            return
        logs.set_up(settings)
        watcher.tell, watcher.warn = _tell(as_json=as_json), _warn
        watcher.beat = lambda: beat(settings.beat)
        stop = stop_on_signals()
        typer.echo(f"Postvak: {settings.inbox}. Stoppen: Ctrl+C.", err=True)
        keep_watching(watcher, stop, clock=now)


def _tell(*, as_json: bool) -> Callable[[Taken], None]:
    def said(taken: Taken) -> None:
        if as_json:
            screen.machine(asdict(taken))
        else:
            sentence = f" {taken.sentence}" if taken.sentence else ""
            outcome = screen.OUTCOMES[taken.status]
            typer.echo(
                f"{taken.file}: {outcome}, {taken.accepted} van {taken.records} regels, "
                f"{taken.facts} feiten.{sentence}"
            )

    return said


def _warn(sentence: str) -> None:
    logs.logger("watch").warning("postvak", sentence=sentence)
