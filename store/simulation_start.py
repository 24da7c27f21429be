"""What a simulation starts from, named by hashes: two of the same start may be compared."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date  # noqa: TC003 - `Start` is read back from JSON with it
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

import data_contracts
import matching
from data_contracts.phrases import policy_in_words
from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from data_contracts.words import VerhuisketenError
from matching.state import State, project
from store import log
from store.runs import latest
from store.state import AT_ONCE, load
from store.today import today

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.installation import Installation


class NothingToStartFrom(VerhuisketenError):
    """Er zijn nog geen gegevens om mee te rekenen.

    Lees eerst leveringen in met verhuisketen night --deliveries MAP, of probeer het op een
    verzonnen regio met verhuisketen demo.
    """


@dataclass(frozen=True, slots=True)
class Start:
    """What a simulation starts from: a State, the day it is of, and what it is matched by.

    `network` is the hash of the file with streets, empty without one; `code` that of the programs
    that decide what a run comes to, so that an archive is never of two minds. `used` is what the
    policy says of what is counted, as label and value.
    """

    region: str
    on: date
    position: int
    rules: str
    policy: str
    network: str
    code: str
    used: tuple[tuple[str, str], ...] = ()

    @property
    def receipt(self) -> dict[str, object]:
        """Say what a simulation is calculated with, as label and value."""
        return {
            "Regio": self.region,
            "Toestand van": f"{self.on:%d-%m-%Y}",
            "Plaats in het logboek": self.position,
            "Regels van het jaar": self.rules,
            "Beleid": self.policy,
            **dict(self.used),
            "Wegennet": self.network or "geen",
            "Programma": self.code,
        }

    @property
    def basis(self) -> str:
        """The hash of all of it: replications with the same basis may be compared."""
        return digest(asdict(self))


START: TypeAdapter[Start] = TypeAdapter(Start)
"""Writes and reads what a simulation started from."""


def digest(told: object) -> str:
    """Give the sha256 of something that JSON can say, first 16 characters."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]


def start_now(
    connection: Connection, installation: Installation, *, on: date | None = None
) -> Start:
    """Name what a simulation starts from that is asked now: every fact there is.

    Without a day it is that of the last night that ended well, so that the same question gives the
    same answer until there is news; without such a night it is today. Raises NothingToStartFrom.
    """
    position = log.head(connection)
    if not position:
        raise NothingToStartFrom
    return start_at(installation, position=position, on=on or _last_night(connection) or today())


def start_at(installation: Installation, *, position: int, on: date) -> Start:
    """Name what a simulation starts from, at a position of the log and a day."""
    policy = policy_from(installation.policy)
    return Start(
        region=policy.region,
        on=on,
        position=position,
        rules=rules_on(on, folder=installation.rules).hash,
        policy=policy.hash,
        network=_of_file(installation.network),
        code=our_code(),
        used=policy_in_words(policy),
    )


def _last_night(connection: Connection) -> date | None:
    nights = (row["night"] for row in latest(connection, limit=50) if row["status"] == "done")
    return next(nights, None)


def _of_file(path: Path | None) -> str:
    return "" if path is None else hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@cache
def our_code() -> str:
    """Give our version, and the hash of the two rooms that decide what a run comes to."""
    told = hashlib.sha256()
    for room in (data_contracts, matching):
        folder = Path(next(iter(room.__path__)))
        for file in sorted(folder.rglob("*.py")):
            told.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    return f"{version('verhuisketen')}-{told.hexdigest()[:12]}"


def state_at(connection: Connection, position: int) -> State:
    """Give the State as it was at a position of the log.

    Quick where that is the head; otherwise every fact up to there is folded again. Facts about
    people who were forgotten since are empty by then.
    """
    if log.head(connection) == position:
        return load(connection)[0]
    state = State()
    for facts in log.read(connection, up_to=position, batch=AT_ONCE):
        state = project(facts, state)
    return state
