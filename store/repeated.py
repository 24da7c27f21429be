"""Calls that may come again: one effect, and the first answer every time.

Stripe's rules, with a key per user and route. The answer is written in the transaction of the
effect, so whoever was cut off in between finds either both or neither. Nothing but that
transaction says a call is underway: nothing has to be cleaned up after a crash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, text

from data_contracts.words import VerhuisketenError
from store.tables import repeated_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

KEPT_HOURS = 24
"""So long an answer is remembered; after that a key is free again."""
_HOLD = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:what, 5))")
_WAIT = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 5))")
_FORGET = text(
    "DELETE FROM repeated_call WHERE ctid = ANY (ARRAY(SELECT ctid FROM repeated_call"
    " WHERE at < now() - make_interval(hours => :hours)"
    " ORDER BY at LIMIT 100 FOR UPDATE SKIP LOCKED))"
)


class InFlight(VerhuisketenError):
    """Ditzelfde verzoek loopt nog. Wacht even en stuur het dan precies zo nog eens."""


class OtherBody(VerhuisketenError):
    """Deze Idempotency-Key hoort bij een ander verzoek. Neem voor een nieuw verzoek een nieuwe."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call by its key: whose, on which route, and the sha256 of all that it says."""

    corporation: str
    who: str
    route: str
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller was told: a status and JSON text without anybody's field values."""

    status: int
    body: str
    again: bool = False


def wait(connection: Connection, call: Call) -> None:
    """Wait for whoever makes this very call now; ours until the end of the transaction.

    For a person who pressed twice: `once` then gives the first answer and raises no InFlight.
    """
    connection.execute(_WAIT, {"what": _name(call)})


def once(
    connection: Connection,
    call: Call,
    effect: Callable[[Connection], Answer],
    *,
    refused: Callable[[VerhuisketenError], Answer | None],
) -> Answer:
    """Let a call have its effect, or give the answer it got before (`again`).

    `refused` says which refusals of the effect are answers too: they undo what the effect did and
    are remembered; others are raised and forgotten, so that the call can still be made. Raises
    InFlight, OtherBody.
    """
    if not connection.execute(_HOLD, {"what": _name(call)}).scalar_one():
        raise InFlight
    connection.execute(_FORGET, {"hours": KEPT_HOURS})
    found = _remembered(connection, call)
    if found is not None:
        return found
    try:
        with connection.begin_nested():
            made = effect(connection)
    except VerhuisketenError as error:
        said = refused(error)
        if said is None:
            raise
        made = said
    connection.execute(
        insert(repeated_call).values(
            corporation=call.corporation,
            who=call.who,
            route=call.route,
            key=call.key,
            digest=call.digest,
            status=made.status,
            answer=made.body,
        )
    )
    return made


def _name(call: Call) -> str:
    # None of these holds a line break, so two different calls never have one name.
    return f"repeated_call\n{call.corporation}\n{call.who}\n{call.route}\n{call.key}"


def _remembered(connection: Connection, call: Call) -> Answer | None:
    c = repeated_call.c
    row = connection.execute(
        select(c.digest, c.status, c.answer).where(
            c.corporation == call.corporation,
            c.who == call.who,
            c.route == call.route,
            c.key == call.key,
        )
    ).one_or_none()
    if row is None:
        return None
    if row.digest != call.digest:
        raise OtherBody
    return Answer(row.status, row.answer, again=True)
