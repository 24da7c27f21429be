"""`verhuisketen users`: who may sign in at the desk, for who looks after the machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines import screen
from pipelines.asking import database
from pipelines.commands.given import Data, Json, settings_with
from pipelines.sealing import HEADS
from store import accounts, audit, passwords, users

COLUMNS = ("kenmerk", "corporatie", "gebruikersnaam", "naam", "rollen", "verhuiscoach", "aan")
Login = Annotated[str, typer.Argument(help="Gebruikersnaam.")]
Corporation = Annotated[str, typer.Option(help="KvK-nummer of OIN van de corporatie.")]
Name = Annotated[str, typer.Option(help="Naam, zoals op het scherm.")]
Role = Annotated[
    list[str], typer.Option(help="coach, planner, steward of administrator. Mag vaker.")
]
Coach = Annotated[
    str | None, typer.Option(help="Code van de verhuiscoach in de levering.", show_default=False)
]
Hours = Annotated[
    int | None, typer.Option(help="Uren per week.", min=0, max=60, show_default=False)
]
Without = Annotated[
    bool,
    typer.Option(
        "--zonder-tweede-factor",
        help="Alleen om te proberen, op deze machine: aanmelden met het wachtwoord alleen.",
    ),
]

commands = typer.Typer(no_args_is_help=True, help="Gebruikers van het bureau.")


@commands.command(
    epilog="Voorbeeld: verhuisketen users add anna --corporation 12345678 --name 'Anna Proef' "
    "--role coach --coach COACH-01"
)
def add(  # noqa: PLR0913 - what an account has
    login: Login,
    *,
    corporation: Corporation,
    name: Name,
    role: Role,
    coach: Coach = None,
    hours: Hours = None,
    without: Without = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Maak een gebruiker. Het wachtwoord wordt één keer getoond; hij kiest daarna een eigen."""
    settings = settings_with(data=data)
    if without and settings.behind_proxy:
        raise users.BadUser("Achter een proxy heeft iedereen een tweede stap nodig.")
    password = passwords.made_up()
    with database(settings) as engine, engine.begin() as connection:
        made = users.add(
            connection,
            corporation=corporation,
            login=login,
            name=name,
            roles=role,
            password=password,
            coach=coach,
            hours=hours,
            factor_needed=not without,
            must_change=not without,
        )
        users.done(connection, made, "opdrachtregel", "gebruiker gemaakt")
    if as_json:
        return screen.machine({"id": made.id, "login": made.login, "password": password})
    typer.echo(f"Gebruiker {made.login} kan aanmelden. Wachtwoord, nu één keer te zien:")
    return typer.echo(password)


@commands.command("list", epilog="Voorbeeld: verhuisketen users list --json")
def listed(data: Data = None, as_json: Json = False) -> None:
    """Noem de gebruikers."""
    with database(settings_with(data=data)) as engine, engine.connect() as connection:
        found = [
            one
            for corporation in users.corporations(connection)
            for one in users.every(connection, corporation)
        ]
    rows = [_row(one) for one in found]
    if as_json:
        return screen.machine([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    table = Table(*COLUMNS, title="Gebruikers", title_justify="left")
    for row in rows:
        table.add_row(*row)
    return screen.console.print(table)


def _row(one: accounts.User) -> tuple[str, ...]:
    roles = ", ".join(sorted(one.roles))
    active = "ja" if one.active else "nee"
    return (one.id, one.corporation, one.login, one.name, roles, one.coach or "", active)


@commands.command(epilog="Voorbeeld: verhuisketen users reset anna --corporation 12345678")
def reset(login: Login, *, corporation: Corporation, data: Data = None) -> None:
    """Geef iemand een nieuw begin: een nieuw wachtwoord, en geen tweede stap meer."""
    password = passwords.made_up()
    with database(settings_with(data=data)) as engine, engine.begin() as connection:
        found = users.by_login(connection, corporation, login)
        if found is None:
            raise users.NoSuchUser
        by = "opdrachtregel"
        users.set_password(connection, found[0], password, by=by, must_change=True)
        users.set_factor(connection, found[0], None, by=by)
    typer.echo(f"Gebruiker {login} begint opnieuw. Wachtwoord, nu één keer te zien:")
    typer.echo(password)


Anchor = Annotated[
    Path | None,
    typer.Option(
        help="Bestand met koppen (verzegeling.jsonl); leeg = dat in de map met gegevens.",
        exists=True,
        dir_okay=False,
        show_default=False,
    ),
]


def verify_audit(anchor: Anchor = None, data: Data = None, as_json: Json = False) -> None:
    """Kijk na of het logboek van wie keek nog is zoals het was. Noemt de eerste foute regel."""
    settings = settings_with(data=data)
    file = anchor or settings.data / HEADS
    with database(settings) as engine, engine.begin() as connection:
        audit.seal_new(connection)
        found = audit.verify(connection, _anchors(file) if file.exists() else ())
        kept = audit.heads(connection)
    if as_json:
        wrong = None if found is None else {"line": found.line, "sentence": found.sentence}
        screen.machine({"wrong": wrong, "sealed": sum(head.number for head in kept)})
    elif found is None:
        beside = "en gelijk aan de koppen daarbuiten" if file.exists() else "zonder koppen erbuiten"
        typer.echo(f"{sum(head.number for head in kept)} regels verzegeld, {beside}.")
    else:
        typer.echo(f"Regel {found.line} van het logboek klopt niet. {found.sentence}")
    raise typer.Exit(0 if found is None else 1)


def _anchors(file: Path) -> list[audit.Head]:
    said = (json.loads(line) for line in file.read_text().splitlines() if line.strip())
    return [audit.Head(one["corporation"], one["number"], one["hash"]) for one in said]
