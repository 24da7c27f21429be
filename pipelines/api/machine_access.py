"""Who calls, and may it call now? A key in the header, and so many calls per minute."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from pipelines.api.problems import Refused
from store import machines

if TYPE_CHECKING:
    from collections.abc import Callable

    from store.database import Engine
    from store.machines import Machine

REMEMBERED = 5.0
"""Seconds a key is taken to be good. Whoever writes is checked again, in the transaction itself."""
LONGEST = 200
SHARE = 100
"""A hundredth of the calls of a minute is counted at once: the count costs one commit."""


@dataclass(slots=True)
class _Purse:
    """Calls a key may still make before the next count, and until when that holds."""

    calls: int = 0
    until: float = 0.0
    empty: bool = False


@dataclass(slots=True)
class Access:
    """The keys of this process: found in the database, counted there, remembered for a moment."""

    engine: Engine
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[Machine, float]] = field(default_factory=dict)
    _purses: dict[str, _Purse] = field(default_factory=dict)
    _one: Lock = field(default_factory=Lock)

    def admit(self, authorization: str | None, *, fresh: bool = False) -> Machine:
        """Say which system this is, and count its call.

        `fresh` looks in the database itself, for reading. Raises Refused: 401 or 429.
        """
        machine = self._who(authorization, fresh=fresh)
        if machine is None:
            raise Refused(401, headers={"WWW-Authenticate": 'Bearer realm="verhuisketen"'})
        self._count(machine)
        return machine

    def _who(self, authorization: str | None, *, fresh: bool) -> Machine | None:
        scheme, _, token = (authorization or "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > LONGEST:
            return None
        hash_ = machines.digest(token)
        known = self._known.get(hash_)
        if known and known[1] > self.clock() and not fresh:
            return known[0]
        with self.engine.connect() as connection:
            found = machines.find(connection, hash_)
        if found:
            self._known[hash_] = (found, self.clock() + REMEMBERED)
        else:
            self._known.pop(hash_, None)
        return found

    def _count(self, machine: Machine) -> None:
        with self._one:
            purse = self._purses.setdefault(machine.id, _Purse())
            now = self.clock()
            if now >= purse.until or not (purse.calls or purse.empty):
                self._fill(purse, machine)
            if purse.empty:
                wait = max(1, math.ceil(purse.until - now))
                raise Refused(429, headers={"Retry-After": str(wait)})
            purse.calls -= 1

    def _fill(self, purse: _Purse, machine: Machine) -> None:
        share = max(1, machine.per_minute // SHARE)
        with self.engine.begin() as connection:
            purse.calls, seconds = machines.reserve(connection, machine, share)
        purse.until, purse.empty = self.clock() + seconds, purse.calls == 0
