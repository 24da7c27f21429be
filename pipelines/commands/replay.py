"""The command that makes a published plan again from the log, and says whether it is the same."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from pipelines import screen
from pipelines.asking import database
from pipelines.commands.given import Data, Json, settings_with
from pipelines.replay import replay as made_again

if TYPE_CHECKING:
    from pipelines.replay import Difference, Replayed

SHOWN = 20
RECEIPT = {
    "rules_year": "het jaar van de regels",
    "rules_hash": "de regels van het jaar",
    "policy_hash": "het beleid",
    "network": "het wegennet",
    "earlier": "wie eerder is overgeslagen",
    "conditions": "de voorwaarden van die nacht",
    "options": "het aantal mogelijkheden",
    "options_hash": "de mogelijkheden",
    "value": "de waarde",
    "bound": "de grens",
}
"""What parts of a receipt are called on the screen; others keep their name."""


def replay(
    plan: Annotated[
        str | None,
        typer.Argument(help="Nummer van het plan of zijn nacht.", show_default="het geldende"),
    ] = None,
    without: Annotated[
        int | None,
        typer.Option(
            help="Laat het feit op deze plaats in het logboek weg, en zie wat dat verandert.",
            show_default=False,
        ),
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Maak een gepubliceerd plan opnieuw uit het logboek, en vergelijk het byte voor byte.

    Zo bewijst u dat een plan rust op de feiten van toen en op niets anders. Verschilt er iets, dan
    staat erbij wat, en is dat exitcode 1. Met --without ziet u welke voorstellen door één feit zo
    zijn.
    """
    settings = settings_with(data=data)
    with screen.progress(quiet=as_json) as progress, database(settings) as engine:
        progress("Plan opnieuw maken uit het logboek")
        told = made_again(engine, settings, plan, without=without)
    if as_json:
        screen.machine(asdict(told))
    else:
        _show(told)
    raise typer.Exit(0 if told.same or without is not None else 1)


def _show(told: Replayed) -> None:
    for sentence in (_verdict(told), *told.remarks):
        screen.console.print(Text(sentence))
    for one in told.differences[:SHOWN]:
        screen.console.print(Text(f"  {_told_of(one, left_out=told.without is not None)}"))
    if len(told.differences) > SHOWN:
        more = screen.whole(len(told.differences) - SHOWN)
        screen.console.print(f"  … en nog {more}; alles met --json.")


def _told_of(one: Difference, *, left_out: bool) -> str:
    was, now = ("met het feit", "zonder") if left_out else ("gepubliceerd", "opnieuw gemaakt")
    return f"{one.household}: {was} {_goes(one.published)}, {now} {_goes(one.replayed)}"


def _goes(dwelling: str | None) -> str:
    return "geen voorstel" if dwelling is None else f"naar {dwelling}"


def _verdict(told: Replayed) -> str:
    where = f"Plan {told.plan}, gemaakt op feit {screen.whole(told.position)}"
    if told.without is not None:
        changed = len(told.differences)
        effect = f"veranderen {changed} huishoudens" if changed else "verandert er geen voorstel"
        return f"{where}: zonder het feit {told.without} {effect}."
    if told.same and told.repairs is not None:
        return f"{where}: plan {told.repairs} opnieuw hersteld, dezelfde {told.moves} verhuizingen."
    if told.same:
        return f"{where}: opnieuw gemaakt, byte voor byte gelijk ({told.moves} verhuizingen)."
    what = ", ".join(RECEIPT.get(name, name) for name in told.receipt) or "de uitleg"
    return (
        f"{where}: opnieuw gemaakt, maar niet gelijk. Anders is: {what}. Kijk of beleid, regels en "
        "wegennet nog die van toen zijn (VERHUISKETEN_POLICY, _RULES, _NETWORK)."
    )
