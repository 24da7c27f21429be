"""`verhuisketen keys`: keys for other systems that tell facts; a key is shown once."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from pipelines import screen
from pipelines.asking import database
from pipelines.commands.given import Data, Json, settings_with
from store import machines

COLUMNS = {
    "id": "kenmerk",
    "name": "naam",
    "organisation": "organisatie",
    "corporation": "corporatie",
    "per_minute": "per minuut",
    "created": "gemaakt",
    "revoked": "ingetrokken",
}
Name = Annotated[str, typer.Argument(help="Hoe u de sleutel noemt: het systeem dat hem krijgt.")]
Organisation = Annotated[
    str, typer.Option(help="Namens wie het systeem spreekt, zoals urn:nld:kvknr:12345678.")
]
Corporation = Annotated[
    str | None,
    typer.Option(
        help="KvK-nummer of OIN: de sleutel is dan alleen voor woningen en huishoudens van "
        "deze corporatie.",
        show_default=False,
    ),
]
PerMinute = Annotated[int, typer.Option(help="Hoogstens zo veel verzoeken per minuut.", min=1)]
Key = Annotated[str, typer.Argument(help="Kenmerk van de sleutel, zoals S-1a2b3c4d.")]

keys = typer.Typer(no_args_is_help=True, help="Sleutels voor andere systemen die feiten vertellen.")


@keys.command(
    epilog="Voorbeeld: verhuisketen keys add primair --organisation urn:nld:kvknr:12345678 "
    "--corporation 12345678"
)
def add(
    name: Name,
    *,
    organisation: Organisation,
    corporation: Corporation = None,
    per_minute: PerMinute = machines.PER_MINUTE,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Maak een sleutel. Hij wordt één keer getoond: geef hem veilig aan de leverancier."""
    with database(settings_with(data=data)) as engine, engine.begin() as connection:
        machine, token = machines.add(
            connection,
            name,
            organisation=organisation,
            corporation=corporation,
            per_minute=per_minute,
        )
    if as_json:
        return screen.machine({"id": machine.id, "key": token})
    typer.echo(f"Sleutel {machine.id} voor {name}, namens {organisation}. Bewaar hem nu:")
    return typer.echo(token)


@keys.command("list", epilog="Voorbeeld: verhuisketen keys list --json")
def listed(data: Data = None, as_json: Json = False) -> None:
    """Noem de sleutels; de sleutels zelf kan niemand meer tonen."""
    with database(settings_with(data=data)) as engine, engine.connect() as connection:
        rows = machines.every(connection)
    if as_json:
        return screen.machine(rows)
    table = Table(*COLUMNS.values(), title="Sleutels", title_justify="left")
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in COLUMNS))
    return screen.console.print(table)


@keys.command(epilog="Voorbeeld: verhuisketen keys revoke S-1a2b3c4d")
def revoke(key: Key, data: Data = None) -> None:
    """Trek een sleutel in: vanaf nu opent hij niets meer."""
    with database(settings_with(data=data)) as engine, engine.begin() as connection:
        machines.revoke(connection, key)
    typer.echo(f"Sleutel {key} is ingetrokken.")
