"""The watched folder: every file put there is taken in once, answered, and archived.

Killed anywhere, the next start finishes: a claim is booked under its own name in the transaction
that takes it in, so a file that was booked is only moved. Several watchers take turns.
"""

from __future__ import annotations

import traceback
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts.words import VerhuisketenError
from pipelines import inbox
from pipelines.ingest import UNKNOWN, Intake, Taken, refuse, take
from pipelines.sources import delivery_of
from store import allowed, deliveries
from store.database import is_outage

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from pipelines.inbox import Claim, Look
    from pipelines.ingest import OrNot
    from pipelines.settings import Settings
    from store.database import Connection, Engine

MOST_TRIES = 5
FELLED = (
    f"Bij dit bestand viel het programma {MOST_TRIES} keer om; het is niet gelezen. "
    "Bewaar het opnieuw, liefst als CSV, en lever het nog eens aan."
)
MOST_REJECTS = 1_000
"""Rejects told in an answer; all of them: `verhuisketen status --rejects`."""


class Superseded(VerhuisketenError):
    """Na dit bestand is al een nieuwere levering geboekt. Moet het toch, lever het dan opnieuw."""


@dataclass(slots=True)
class Watch:
    """One watcher: where it looks, what it saw, and which files it leaves for the next start."""

    engine: Engine
    settings: Settings
    tell: Callable[[Taken], None] = lambda _: None
    warn: Callable[[str], None] = lambda _: None
    beat: Callable[[], None] = lambda: None
    looks: dict[str, Look] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)


def keep_watching(watch: Watch, stop: Event, *, clock: Callable[[], datetime]) -> None:
    """Look, take in, and look again, until told to stop; an outage is waited out."""
    pause = max(1.0, watch.settings.settle_seconds / 2)
    while not stop.is_set():
        try:
            one_round(watch, clock())
        except Exception as error:
            if not is_outage(error):
                raise
            watch.warn("De database is niet bereikbaar; de bestanden wachten.")
        watch.beat()
        stop.wait(pause)


def one_round(watch: Watch, at: datetime) -> list[Taken]:
    """Finish what was begun, claim what has settled, and take that in; [] when not our turn."""
    folder = watch.settings.inbox
    inbox.ready(folder)
    with deliveries.alone(watch.engine) as ours:
        if not ours:
            return []
        _let_in(watch, at)
        done = _finish(watch)
        watch.looks = inbox.look(folder, watch.looks, at)
        wait = watch.settings.settle_seconds
        for name in inbox.settled(folder, watch.looks, at, seconds=wait):
            inbox.claim(folder, name, watch.looks[name], at)
        return done + _finish(watch)


def _let_in(watch: Watch, at: datetime) -> None:
    """Claim anew the waiting files that somebody let through at the desk."""
    folder = watch.settings.inbox
    with watch.engine.connect() as connection:
        through = allowed.runs_let_through(connection)
    for waiting in inbox.claims(folder, inbox.WAITING) if through else ():
        if waiting.id in through:
            inbox.let_in(folder, waiting.id, at)


def accept(watch: Watch, name: str, at: datetime) -> Taken:
    """Take in a waiting file that a person lets through. Raises NotWaiting or Superseded."""
    folder = watch.settings.inbox
    waiting = inbox.find_waiting(folder, name)
    with watch.engine.connect() as connection:
        _refuse_superseded(connection, waiting)
    claimed = inbox.let_in(folder, waiting.id, at)
    taken, _ = _take_in(watch, claimed, None)
    return taken


def _refuse_superseded(connection: Connection, waiting: Claim) -> None:
    row = _booked(connection, waiting)
    if row is None:
        return
    last = deliveries.latest_taken(connection, table=row["state_table"], source=row["source"])
    if last is not None and last["id"] > row["id"]:
        raise Superseded


def _finish(watch: Watch) -> list[Taken]:
    """Take in whatever was claimed, oldest first; what went wrong waits for the next start."""
    known: OrNot = None
    done = []
    for claimed in inbox.claims(watch.settings.inbox):
        if claimed.id in watch.left:
            continue
        try:
            taken, known = _take_in(watch, claimed, known)
            done.append(taken)
            watch.beat()
        except Exception as error:
            claimed.no_try()
            if is_outage(error):
                raise
            if not isinstance(error, OSError):  # a full disk passes, a bug does not
                watch.left.add(claimed.id)
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} in {Path(place.filename).name}, regel {place.lineno}"
            watch.warn(f"Een bestand blijft in {inbox.BUSY} staan: {where}.")
    return done


def _take_in(watch: Watch, claimed: Claim, known: OrNot) -> tuple[Taken, OrNot]:
    accepted = frozenset({claimed.file.name} if claimed.accepted else ())
    intake = Intake(claimed.id, claimed.at, watch.settings, accepted)
    taken, known = _outcome(watch.engine, intake, claimed, known)
    with watch.engine.connect() as connection:
        answer = _answer(connection, claimed, taken)
    if inbox.end(claimed, taken.status, answer) is not None:
        watch.tell(taken)
    return taken, known


def _outcome(engine: Engine, intake: Intake, claimed: Claim, known: OrNot) -> tuple[Taken, OrNot]:
    delivery = delivery_of(claimed.file)
    if delivery is None:
        return Taken(claimed.file.name, "", "unknown", UNKNOWN), known
    # Tries are counted on disk before each: a file that takes the process along is not tried
    # for ever. Whatever fails without that takes its try back.
    if claimed.try_again() > MOST_TRIES:
        return refuse(engine, intake, (delivery, claimed.file), FELLED), known
    return take(engine, intake, (delivery, claimed.file), known)


def _booked(connection: Connection, claimed: Claim) -> deliveries.Row | None:
    delivery = delivery_of(claimed.file)
    if delivery is None:
        return None
    return deliveries.booked(
        connection, run=claimed.id, table=delivery.table, file=claimed.file.name
    )


def _answer(connection: Connection, claimed: Claim, taken: Taken) -> dict[str, Any]:
    """Tell whoever delivered a file what became of it: where and why, never what stood there."""
    row = _booked(connection, claimed)
    if row is None:
        return asdict(taken)
    rejects = deliveries.rejects(connection, str(row["id"]))
    return {
        **asdict(taken),
        "delivery": row["id"],
        "sha256": row["sha256"],
        "received": row["received"].astimezone(UTC).isoformat(),
        "rejects": rejects.head(MOST_REJECTS).to_dict("records"),
        "rejects_left_out": max(0, len(rejects) - MOST_REJECTS),
    }
