"""Proof that the kept State is what the log says: both folded, compared table by table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.events import TABLES
from data_contracts.words import VerhuisketenError
from store import bulk, log
from store import state as state_store
from store.backup.digests import Counted
from store.database import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from matching.state import State

UNIT, LINE = "\x1f", "\n"


class NotTheLog(VerhuisketenError):
    """De bewaarde toestand is niet wat het logboek zegt."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Both States in numbers, by table, and the position of the log they stand at."""

    position: int
    kept: dict[str, Counted]
    rebuilt: dict[str, Counted]

    @property
    def differ(self) -> tuple[str, ...]:
        """Name the tables in which the kept State is not what the log says."""
        return tuple(name for name in TABLES if self.kept[name] != self.rebuilt[name])


def prove(engine: Engine, *, progress: Callable[[str], None] = lambda _: None) -> Proof:
    """Fold the whole log anew and compare it with the kept State, at one moment."""
    with snapshot(engine) as connection:
        progress("Bewaarde toestand lezen")
        state, position = state_store.load(connection)
        kept = digests(state)
        progress("Logboek opnieuw vouwen")
        rebuilt = digests(state_store.rebuild(connection))
    return Proof(position, kept, rebuilt)


def repair(engine: Engine, *, progress: Callable[[str], None] = lambda _: None) -> None:
    """Keep what the log says, and nothing else; nobody appends meanwhile."""
    with engine.begin() as connection:
        log.in_turn(connection)
        progress("Toestand herstellen uit het logboek")
        state_store.replace(connection, state_store.rebuild(connection), log.head(connection))


def digests(state: State) -> dict[str, Counted]:
    """Count and digest what a State knows of each table: who said what last, also of what is gone.

    The tables of a State follow from this alone (`matching.state.project`).
    """
    said = state.versions.reset_index()
    lines = (
        said["key"]
        + UNIT
        + said["source"]
        + UNIT
        + bulk.microseconds(said["at"]).astype("str")
        + UNIT
        + said["gone"].map({True: "gone", False: ""}).astype("str")
        + UNIT
        + said["data"]
    )
    return {name: _counted(sorted(lines[said["table"] == name])) for name in TABLES}


def _counted(lines: list[str]) -> Counted:
    return Counted(len(lines), hashlib.sha256(LINE.join(lines).encode()).hexdigest())
