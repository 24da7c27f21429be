"""The command line: `verhuisketen`. Dutch on the screen, JSON where a machine reads.

Every error is one sentence and an exit code; see `pipelines.edge`.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from typer import rich_utils

from data_contracts.scenario import examples
from data_contracts.words import VerhuisketenError
from pipelines import asking, logs, screen
from pipelines.commands import (
    answer,
    api,
    desk,
    keep,
    keys,
    listen,
    running,
    send,
    users,
    watch,
)
from pipelines.commands.given import Data, Json, On, day_of, settings_with
from pipelines.commands.nights import nights
from pipelines.commands.replay import replay
from pipelines.commands.simulate import simulate
from pipelines.edge import one_sentence
from store import demo as people_of_demo

rich_utils.OPTIONS_PANEL_TITLE = "Opties"
rich_utils.ARGUMENTS_PANEL_TITLE = "Onderdelen"
rich_utils.COMMANDS_PANEL_TITLE = "Opdrachten"
rich_utils.DEFAULT_STRING = "[anders: {}]"
rich_utils.REQUIRED_LONG_STRING = "[verplicht]"

DEMO_NIGHT = datetime(2026, 11, 22)  # noqa: DTZ001 - a day, as typer reads one


class NoDemoHere(VerhuisketenError):
    """De demo draait alleen op een eigen database: haal VERHUISKETEN_DATABASE_URL weg."""


app = typer.Typer(
    name="verhuisketen",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Verhuisketens voor de sociale huur: van leveringen naar uitgelegde voorstellen.\n\n"
    "Voor het eerst? Draai [bold]verhuisketen demo[/bold]: een hele nacht op een verzonnen regio.",
    epilog="Instellingen: VERHUISKETEN_DATA, VERHUISKETEN_DATABASE_URL, VERHUISKETEN_POLICY, "
    "VERHUISKETEN_RULES, VERHUISKETEN_NETWORK. Zie docs/guides/corporatie.md.",
)


@app.command(epilog="Voorbeeld: verhuisketen example leveringen --dwellings 2000 --seed 7")
def example(
    out: Annotated[Path, typer.Argument(help="Map waar de leveringen komen te staan.")],
    dwellings: Annotated[
        int | None,
        typer.Option(
            help="Aantal woningen.", min=200, show_default="10000, of met --addresses alle"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Zelfde getal, zelfde regio.")] = 1,
    addresses: Annotated[
        Path | None,
        typer.Option(
            help="CSV(.zst) met adressen: dan staan de woningen op hun postcodes.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    agreements: Annotated[
        bool,
        typer.Option(
            "--agreements",
            help="Ook groepen die samen verhuizen, gemengde complexen en banden tussen zoekers.",
        ),
    ] = False,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Verzin een regio: woningen, huishoudens, wensen en banden, als leveringen op schijf.

    Met --addresses wordt elk adres van het bestand een woning, op het midden van zijn postcode.
    """
    files = asking.example(
        out,
        dwellings=dwellings,
        seed=seed,
        addresses=addresses,
        on=day_of(on),
        agreements=agreements,
    )
    screen.example(out, files, as_json=as_json)


@app.command(epilog="Voorbeeld: verhuisketen ingest leveringen --accept woonwensen.csv")
def ingest(
    deliveries: Annotated[Path, typer.Argument(help="Map met leveringen.", exists=True)],
    accept: Annotated[
        list[str] | None,
        typer.Option(help="Naam van een wachtend bestand dat toch mag. Mag vaker."),
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Lees de leveringen en boek wat er nieuw is. Elke regel wordt verantwoord."""
    settings = settings_with(data=data, deliveries=deliveries)
    screen.taken(asking.ingest(settings, accept=frozenset(accept or ())), as_json=as_json)


@app.command(epilog="Voorbeeld: verhuisketen night --deliveries leveringen --data run/data")
def night(
    deliveries: Annotated[
        Path | None, typer.Option(help="Map met leveringen.", exists=True, file_okay=False)
    ] = None,
    on: On = None,
    seed: Annotated[
        int | None, typer.Option(help="Openbaar lotnummer.", show_default=False)
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help="Beleid (YAML).", exists=True, show_default="het standaardbeleid"),
    ] = None,
    network: Annotated[
        Path | None, typer.Option(help="Wegennet om te lopen (CSV, Parquet).", exists=True)
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Draai een hele nacht: leveringen lezen, plan maken, laten keuren, voorstellen aanbieden.

    Mislukt er iets, dan blijven de voorstellen van gisteren gelden.
    """
    settings = settings_with(
        data=data, deliveries=deliveries, seed=seed, policy=policy, network=network
    )
    with screen.progress(quiet=as_json) as progress:
        summary = asking.night(settings, on=day_of(on), progress=progress)
    screen.night(summary, as_json=as_json)


@app.command(epilog="Voorbeeld: verhuisketen demo --dwellings 2000")
def demo(
    dwellings: Annotated[int, typer.Option(help="Aantal woningen.", min=200)] = 10_000,
    out: Annotated[Path, typer.Option(help="Map voor alles van de demo.")] = Path("run/demo"),
    seed: Annotated[int, typer.Option(help="Zelfde getal, zelfde regio.")] = 1,
    on: Annotated[
        datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="De dag van de nacht.")
    ] = DEMO_NIGHT,
    as_json: Json = False,
) -> None:
    """Verzin een regio en draai er een hele nacht op. In een minuut een plan om te bekijken.

    De nacht is altijd dezelfde, tenzij u een andere noemt: dan zijn de cijfers te vergelijken.
    """
    settings = settings_with(data=out, deliveries=out / "leveringen")
    if settings.database_url is not None:
        raise NoDemoHere
    with screen.progress(quiet=as_json) as progress:
        progress("Regio verzinnen")
        asking.example(
            settings.deliveries, dwellings=dwellings, seed=seed, addresses=None, on=on.date()
        )
        summary = asking.night(settings, on=on.date(), progress=progress)
    screen.night(summary, as_json=as_json)
    if not as_json:
        with asking.database(settings) as engine, engine.begin() as connection:
            screen.desk_of_demo(
                out, tuple(people_of_demo.PEOPLE), people_of_demo.people(connection)
            )


@app.command(epilog="Voorbeeld: verhuisketen why H-000123 W-004567")
def why(
    household: Annotated[str, typer.Argument(help="Kenmerk van het huishouden.")],
    dwelling: Annotated[
        str | None, typer.Argument(help="Een woning: waarom die niet?", show_default=False)
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Zeg waarom een huishouden zijn voorstel kreeg, of waarom een bepaalde woning niet."""
    screen.reasons(asking.why(settings_with(data=data), household, dwelling), as_json=as_json)


@app.command(epilog="Voorbeeld: verhuisketen alternatives H-000123")
def alternatives(
    household: Annotated[str, typer.Argument(help="Kenmerk van het huishouden.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Noem andere woningen voor een huishouden, met wat elk het plan kost, en het plan B."""
    screen.elsewhere(asking.alternatives(settings_with(data=data), household), as_json=as_json)


@app.command(epilog="Voorbeeld: verhuisketen proposals --coach COACH-01 --json")
def proposals(
    coach: Annotated[str | None, typer.Option(help="Alleen van deze verhuiscoach.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Noem de voorstellen die gelden."""
    screen.proposals(asking.proposals(settings_with(data=data), coach), as_json=as_json)


@app.command(epilog="Voorbeeld: verhuisketen verify run/data/laatste/verhuisplan.json")
def verify(
    plan: Annotated[Path, typer.Argument(help="Het plan (verhuisplan.json).", exists=True)],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Keur een plan opnieuw, met eigen ogen: elke harde regel, en het bewijs van de grens.

    Afgekeurd is exitcode 1.
    """
    judged = asking.verify(settings_with(data=data), plan)
    screen.verified(judged, as_json=as_json)
    raise typer.Exit(1 if judged.findings else 0)


@app.command(epilog="Voorbeeld: verhuisketen status --rejects")
def status(
    rejects: Annotated[bool, typer.Option(help="Noem ook de afgekeurde regels.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Zeg hoe het ervoor staat: laatste nacht, geldend plan, wat er wacht op een mens."""
    screen.status(asking.status(settings_with(data=data), rejects=rejects), as_json=as_json)


@app.command(
    epilog="Voorbeeld: PREFECT_API_URL=http://127.0.0.1:4200/api verhuisketen serve --data run/data"
)
def serve(data: Data = None) -> None:
    """Draai elke nacht volgens rooster op een Prefect-server (PREFECT_API_URL)."""
    from pipelines import nightly  # noqa: PLC0415 - Prefect costs seconds; only serve needs it

    settings = settings_with(data=data)
    logs.set_up(settings)
    nightly.serve(settings)


app.command(epilog="Voorbeeld: verhuisketen nights regios.yaml --workers 2")(nights)
app.command(epilog="Voorbeeld: verhuisketen migrate --data run/data")(running.migrate)
app.command(epilog="Voorbeeld: verhuisketen health --json")(running.health)
app.command(epilog="Voorbeeld: verhuisketen metrics --port 9464")(running.metrics)
app.command(epilog="Voorbeeld: verhuisketen backup kopie.vhk --key-file sleutel")(keep.backup)
app.command(epilog="Voorbeeld: verhuisketen check-backup kopie.vhk --key-file sleutel")(
    keep.check_backup
)
app.command(epilog="Voorbeeld: verhuisketen restore kopie.vhk --key-file sleutel --data nieuw")(
    keep.restore
)
app.command(epilog="Voorbeeld: verhuisketen rebuild --repair")(keep.rebuild)
app.command(epilog="Voorbeeld: verhuisketen watch --accept woonwensen.csv")(watch.watch)
app.command(epilog="Voorbeeld: verhuisketen listen --data run/data")(listen.listen)
app.command(epilog="Voorbeeld: verhuisketen send --subscribers meeluisteren.yaml --once")(send.send)
app.add_typer(send.subscribers, name="subscribers")
app.command(epilog="Voorbeeld: verhuisketen api --host 127.0.0.1 --port 8080")(api.api)
app.add_typer(keys.keys, name="keys")
app.command(epilog="Voorbeeld: verhuisketen desk --data run/demo")(desk.desk)
app.add_typer(users.commands, name="users")
app.command(epilog="Voorbeeld: verhuisketen verify-audit --data run/data")(users.verify_audit)
app.command(epilog="Voorbeeld: verhuisketen replay --without 20431")(replay)
app.command(
    epilog="Voorbeeld: verhuisketen simulate nieuwbouw-55plus doorstromers-eerst --years 5 "
    "--replications 10. Een eigen bestand: verhuisketen simulate plan.yaml --out rapport. "
    f"Onze voorbeelden: {', '.join(examples())}."
)(simulate)
app.command(epilog="Voorbeeld: verhuisketen answer voorstel-1a2b3c declined --reason WOB_NETWERK")(
    answer.answer
)
app.command(epilog="Voorbeeld: verhuisketen undo voorstel-1a2b3c")(answer.undo)


def main() -> None:
    """Run the command line; errors are one sentence and an exit code, never a traceback."""
    with one_sentence():
        code = app(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
