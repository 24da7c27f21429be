"""`verhuisketen send` and `verhuisketen subscribers`: who listens along, and telling them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from data_contracts.subscribers import subscribers_from
from pipelines import logs, screen
from pipelines.asking import database
from pipelines.commands.given import Data, Json, settings_with
from pipelines.commands.stopping import stop_on_signals
from pipelines.send import POLL_SECONDS, client, keep_sending, senders, tell_all
from store import notices
from store.hints import hints

Page = Annotated[
    Path | None,
    typer.Option("--subscribers", help="Wie er meeluistert (YAML).", show_default=False),
]
Once = Annotated[bool, typer.Option("--once", help="Vertel wat er klaarligt, en stop dan.")]
Parked = Annotated[bool, typer.Option("--parked", help="Alleen wat geparkeerd staat.")]
subscribers = typer.Typer(
    no_args_is_help=True, help="Wie er meeluistert, hoe ver zij zijn, en opnieuw vertellen."
)


def now() -> datetime:
    """Give this moment."""
    return datetime.now(tz=UTC)


def send(
    page: Page = None,
    once: Once = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Vertel andere systemen dat er iets gebeurde: ondertekende berichten met kenmerken.

    Wie niet antwoordt, proberen wij steeds later opnieuw; na een dag wacht het op u.
    """
    settings = settings_with(data=data, subscribers=page)
    with database(settings) as engine, client() as way_out:
        made = senders(engine, settings, way_out, now())
        if once:
            _told(tell_all(made, now), as_json=as_json)
            return
        logs.set_up(settings)
        stop = stop_on_signals()
        typer.echo(f"{len(made)} systeem/systemen luisteren mee. Stoppen: Ctrl+C.", err=True)
        news = hints(engine, poll_seconds=POLL_SECONDS, stop=stop)
        keep_sending(made, news, stop, clock=now, settings=settings)


def _told(rounds: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        return screen.machine({name: asdict(one) for name, one in rounds.items()})
    for name, one in rounds.items():
        away = " Dit systeem antwoordt niet." if one.away else ""
        typer.echo(f"{name}: {one.sent} verteld, {one.failed} niet gelukt.{away}")
    return None


@subscribers.command("list", epilog="Voorbeeld: verhuisketen subscribers list")
def listed(
    page: Page = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Noem wie er meeluistert en hoe ver elk is: wat nog wacht, verteld is of geparkeerd staat."""
    settings = settings_with(data=data, subscribers=page)
    with database(settings) as engine, engine.begin() as connection:
        if settings.subscribers is not None:
            notices.sync(connection, subscribers_from(settings.subscribers), now())
        rows = notices.standing(connection)
    if as_json:
        return screen.machine(rows)
    for row in rows:
        here = "" if row["active"] else " (staat niet meer in de lijst)"
        typer.echo(
            f"{row['name']}{here}: {row['waiting']} wachten, {row['sent']} verteld, "
            f"{row['parked']} geparkeerd, {row['behind']} feiten nog te bekijken. {row['url']}"
        )
    return None


@subscribers.command(epilog="Voorbeeld: verhuisketen subscribers replay woonportaal --from 1200")
def replay(
    name: Annotated[str, typer.Argument(help="Wie het opnieuw te horen krijgt.")],
    start: Annotated[
        int | None, typer.Option("--from", min=1, help="Vanaf deze positie in het logboek.")
    ] = None,
    parked: Parked = False,
    data: Data = None,
) -> None:
    """Vertel een systeem opnieuw wat er gebeurde: vanaf een positie, of wat geparkeerd staat."""
    if (start is None) != parked:
        raise typer.BadParameter("", param_hint="--from")
    with database(settings_with(data=data)) as engine, engine.begin() as connection:
        if start is None:
            count = notices.replay_parked(connection, name, now())
            typer.echo(f"{count} berichten voor {name} staan weer klaar.")
        else:
            notices.replay(connection, name, start=start)
            typer.echo(f"{name} hoort alles vanaf {start} opnieuw, met dezelfde kenmerken.")


@subscribers.command(epilog="Voorbeeld: verhuisketen subscribers parked --json")
def parked(
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Noem wat geparkeerd staat: een dag lang niet aangekomen, of de ontvanger wil het niet."""
    with database(settings_with(data=data)) as engine, engine.connect() as connection:
        rows = notices.parked(connection)
    if as_json:
        return screen.machine(rows)
    for row in rows:
        typer.echo(
            f"{row['subscriber']}: positie {row['position']}, {row['tries']} keer geprobeerd sinds "
            f"{row['since'].astimezone():%d-%m-%Y %H:%M}: {row['outcome']}"
        )
    if not rows:
        typer.echo("Er staat niets geparkeerd.")
    return None
