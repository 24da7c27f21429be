"""`verhuisketen listen`: keep the proposals up to date with every fact that comes in."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import logs, screen
from pipelines.asking import database
from pipelines.commands.given import Data, Json, settings_with
from pipelines.commands.stopping import stop_on_signals
from pipelines.listener import POLL_SECONDS, keep_up
from pipelines.on_event import Rematcher
from pipelines.whole import whole_again
from store.hints import hints

if TYPE_CHECKING:
    from pipelines.on_event import Outcome

Once = Annotated[bool, typer.Option("--once", help="Werk bij wat er ligt, en stop dan.")]


def listen(
    once: Once = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Werk de voorstellen bij zodra er iets verandert: een antwoord, een opzegging, een wens.

    Alleen wat het nieuws raakt, wordt opnieuw gekoppeld. De rest blijft zoals het was.
    """
    settings = settings_with(data=data)
    with database(settings) as engine:
        rematcher = Rematcher(engine, settings)
        if once:
            _told(rematcher.catch_up(), as_json=as_json)
            return
        logs.set_up(settings)
        stop = stop_on_signals()
        typer.echo("Wij luisteren mee. Stoppen: Ctrl+C.", err=True)
        news = hints(engine, poll_seconds=POLL_SECONDS, stop=stop)
        keep_up(rematcher, news, stop, night=whole_again)


def _told(outcome: Outcome | None, *, as_json: bool) -> None:
    if as_json:
        screen.machine(None if outcome is None else asdict(outcome))
    elif outcome is None:
        typer.echo("Er is niets om bij te werken.")
    elif outcome.plan is None:
        typer.echo(f"{outcome.facts} feiten gelezen; het plan blijft zoals het was.")
    else:
        typer.echo(
            f"{outcome.facts} feiten verwerkt: {outcome.new} nieuwe voorstellen, "
            f"{outcome.superseded} vervallen. Een heel nieuw plan kan hoogstens "
            f"{outcome.loss_at_most} punten beter zijn."
        )
