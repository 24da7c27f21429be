"""One pen for all who write: whoever holds it writes for everybody who is waiting by then.

Facts are appended in turn, and a commit waits for the disk. So while one transaction is written the
next ones gather, and go together: under load a commit carries many requests, without a moment's
delay when there is only one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from store import incoming
from store.database import is_outage

if TYPE_CHECKING:
    from store.database import Engine
    from store.incoming import Call, Outcome

MOST_FACTS = 2_000
"""Facts in one transaction, unless one call brings more."""


@dataclass(slots=True)
class _Waiting:
    call: Call
    outcome: Outcome | None = None
    error: Exception | None = None

    @property
    def done(self) -> bool:
        return self.outcome is not None or self.error is not None


@dataclass(slots=True)
class Pen:
    """Writes calls to the log; give it from as many threads as there are."""

    engine: Engine
    _queue: list[_Waiting] = field(default_factory=list)
    _queueing: Lock = field(default_factory=Lock)
    _writing: Lock = field(default_factory=Lock)

    def write(self, call: Call) -> Outcome:
        """Write the facts of one call; give what became of them once they are safe on disk.

        Raises what the database raised: then nothing of this call is known to be written.
        """
        mine = _Waiting(call)
        with self._queueing:
            self._queue.append(mine)
        with self._writing:
            while not mine.done:
                self._together(self._next())
        if mine.outcome is None:
            raise mine.error or RuntimeError("a call without an answer")
        return mine.outcome

    def _next(self) -> list[_Waiting]:
        """Take who waits, in order of arrival, up to a number of facts."""
        with self._queueing:
            group, facts = [self._queue.pop(0)], 0
            facts = len(group[0].call.facts)
            while self._queue and facts + len(self._queue[0].call.facts) <= MOST_FACTS:
                group.append(self._queue.pop(0))
                facts += len(group[-1].call.facts)
        return group

    def _together(self, group: list[_Waiting]) -> None:
        try:
            with self.engine.begin() as connection:
                outcomes = incoming.write(connection, [one.call for one in group])
        except Exception as error:  # noqa: BLE001 - raised again, in the thread that waits for it
            if len(group) == 1 or is_outage(error):
                for one in group:
                    one.error = error
                return
            for one in group:  # one of them must not spoil it for the others
                self._together([one])
            return
        for one, outcome in zip(group, outcomes, strict=True):
            one.outcome = outcome
