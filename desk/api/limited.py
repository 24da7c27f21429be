"""So many calls in a minute, per key and per account, over all processes of the desk together."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from desk.problems import Refused
from store import rates

if TYPE_CHECKING:
    from collections.abc import Callable

    from store.database import Engine

PER_MINUTE = 600
"""What a program may ask: ten times a second all day, and a coach clicks a hundred times less."""
SHARE = 100
"""A hundredth of the calls of a minute is counted at once: the count costs a commit."""


@dataclass(slots=True)
class _Purse:
    """Calls that are left before the next count, and until when that holds."""

    calls: int = 0
    until: float = 0.0
    empty: bool = False


@dataclass(slots=True)
class Calls:
    """Who called how often, as this process knows; what it does not know the database counts."""

    most: int = PER_MINUTE
    clock: Callable[[], float] = time.monotonic
    _purses: dict[str, _Purse] = field(default_factory=dict)
    _one: Lock = field(default_factory=Lock)

    def count(self, engine: Engine, who: str) -> None:
        """Count a call of a key or account. Raises Refused (429) with when to come back."""
        with self._one:
            now = self.clock()
            purse = self._purses.get(who)
            if purse is None or now >= purse.until or not (purse.calls or purse.empty):
                self._forget(now)
                purse = self._purses[who] = self._filled(engine, who)
            if purse.empty:
                wait = max(1, math.ceil(purse.until - now))
                raise Refused(429, headers={"Retry-After": str(wait)})
            purse.calls -= 1

    def _filled(self, engine: Engine, who: str) -> _Purse:
        with engine.begin() as connection:
            share = max(1, self.most // SHARE)
            calls, seconds = rates.reserve(connection, who, share, most=self.most)
        return _Purse(calls, self.clock() + seconds, empty=calls == 0)

    def _forget(self, now: float) -> None:
        """Let go of minutes that are over: nobody who called once stays in memory."""
        for who in [who for who, purse in self._purses.items() if now >= purse.until]:
            del self._purses[who]
