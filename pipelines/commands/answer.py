"""A coach's answer without the desk: take a step with a proposal, or take the last one back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from data_contracts.words import DeclineReason, ProposalState
from matching.carry_out import next_steps, order_of_signatures
from pipelines import screen
from pipelines.asking import database
from pipelines.commands.given import Data, Json, On, day_of, settings_with
from store import course, life
from store.undo import undo as take_back

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from matching.carry_out import Course, NextStep
    from pipelines.settings import Settings
    from store.database import Connection

_P = ProposalState


class Step(StrEnum):
    """The steps that a coach can book."""

    TAKEN_UP = "taken_up"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SIGNED = "signed"
    MOVED = "moved"


SAID = {
    _P.OFFERED: "aangeboden",
    _P.TAKEN_UP: "opgepakt",
    _P.ACCEPTED: "aangenomen",
    _P.DECLINED: "geweigerd",
    _P.EXPIRED: "verlopen",
    _P.SUPERSEDED: "vervallen",
    _P.SIGNED: "getekend",
    _P.MOVED: "verhuisd",
}
"""What a state of a proposal is called on the screen."""
Proposal = Annotated[str, typer.Argument(help="Nummer van het voorstel.")]
Position = Annotated[
    int | None,
    typer.Option(
        help="Stand van het voorstel zoals u die zag (kolom position). Is er sindsdien iets "
        "veranderd, dan gaat de stap niet door.",
        show_default="de stand van nu",
    ),
]


@dataclass(frozen=True, slots=True)
class Booked:
    """How a proposal stands after a step: the position of its fact, and the chain around it."""

    proposal: str
    state: ProposalState
    position: int
    chain: Course


def answer(
    proposal: Proposal,
    step: Annotated[
        Step | None,
        typer.Argument(help="De stap. Zonder stap ziet u alleen wat er kan.", show_default=False),
    ] = None,
    *,
    reason: Annotated[
        DeclineReason | None, typer.Option(help="Waarom iemand weigert.", show_default=False)
    ] = None,
    position: Position = None,
    on: On = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Boek wat een huishouden antwoordt op een voorstel, en zie wat er daarna kan.

    Stappen: taken_up (opgepakt door de coach), accepted (aangenomen), signed (getekend), moved
    (verhuisd), en declined (geweigerd, met --reason). Er wordt getekend en verhuisd van voor naar
    achter in de keten; zo zit nooit iemand zonder woning.
    """

    def book(connection: Connection, seen: int, day: date) -> int:
        if step is None:
            return seen
        return life.answer(
            connection, proposal, _P(step), on=day, expected_position=seen, reason=reason
        )

    settings = settings_with(data=data)
    _show(_booked(settings, proposal, book, position=position, on=day_of(on)), as_json=as_json)


def undo(
    proposal: Proposal,
    *,
    position: Position = None,
    on: On = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Neem de laatste stap van een voorstel terug.

    Dat kan tot een ander in de keten een stap heeft gezet. Er wordt niets gewist: het logboek
    onthoudt de stap en dat die is teruggenomen.
    """

    def book(connection: Connection, seen: int, day: date) -> int:
        return take_back(connection, proposal, on=day, expected_position=seen)

    settings = settings_with(data=data)
    _show(_booked(settings, proposal, book, position=position, on=day_of(on)), as_json=as_json)


def _booked(
    settings: Settings,
    proposal: str,
    book: Callable[[Connection, int, date], int],
    *,
    position: int | None,
    on: date,
) -> Booked:
    with database(settings) as engine, engine.begin() as connection:
        seen = life.find(connection, proposal)["position"] if position is None else position
        now = book(connection, seen, on)
        state = _P(life.find(connection, proposal)["state"])
        return Booked(proposal, state, now, course.of_proposal(connection, proposal, on=on))


def _show(told: Booked, *, as_json: bool) -> None:
    steps = next_steps(told.chain)
    if as_json:
        return screen.machine(_plain(told, steps))
    screen.console.print(f"Voorstel {told.proposal}: {SAID[told.state]} (stand {told.position}).")
    if steps:
        screen.console.print(_table(told.chain, steps))
        order = " → ".join(" + ".join(group) for group in order_of_signatures(told.chain))
        if order:
            screen.console.print(Text(f"Volgorde van tekenen: {order}"))
    return None


def _plain(told: Booked, steps: tuple[NextStep, ...]) -> dict[str, Any]:
    return {
        "proposal": told.proposal,
        "state": told.state,
        "position": told.position,
        "steps": [
            {
                "proposal": step.proposal,
                "step": step.state,
                "open": step.open,
                "sentence": step.sentence,
                "together": step.together,
            }
            for step in steps
        ],
        "order": order_of_signatures(told.chain),
    }


def _table(chain: Course, steps: tuple[NextStep, ...]) -> Table:
    table = Table(
        "voorstel", "huishouden", "woning", "stand", "stap", "kan nu", title="Wat er kan", box=None
    )
    for step in steps:
        link = chain.links[step.proposal]
        table.add_row(
            *map(Text, (link.proposal, link.household, link.dwelling, SAID[link.state])),
            Text(str(step.state)),
            Text("ja" if step.open else step.sentence),
        )
    return table
