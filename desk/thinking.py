"""The plan in force, kept warm, so that a question at the desk costs no night.

A thread of its own follows the plan in force and the log; pages take the newest stand that is
ready and never wait for a newer one. Where nobody started the thread (a test, a single question)
whoever asks looks first.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar, cast

from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from data_contracts.words import VerhuisketenError
from matching.around import slack_of
from matching.model import PLAN
from matching.rematch import Ways, kept_warm
from store import log, plans
from store import state as state_store
from store.database import snapshot
from store.hints import hints
from store.installation import network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from matching.around import Standing
    from matching.model import Chain, Plan
    from matching.rematch import Warm
    from matching.state import State
    from store.database import Engine
    from store.installation import Installation

Known = TypeVar("Known")
LOG = logging.getLogger("verhuisketen.desk")
POLL_SECONDS = 5.0
"""How often we look when no hint comes."""
PATIENCE = 5.0
"""Seconds that a page waits for the first stand; it says then that the plan is being loaded."""
REST = 1.0
"""After a look we rest so many times as long as it took: pages come first."""
WAITING = 6
"""So many questions may be asked at once, the one that is answered included."""
MOST_KEPT = 4_000
"""So many answers a stand keeps: what was not asked of longest goes first."""


class StillLoading(VerhuisketenError):
    """Het plan wordt nog geladen. Probeer het over een halve minuut opnieuw."""


class ManyQuestions(VerhuisketenError):
    """Er worden nu veel vragen tegelijk gesteld. Probeer het over een paar seconden opnieuw."""


class NoPlanYet(VerhuisketenError):
    """Er is nog geen plan. Na de eerste nacht staat het hier."""


class Turn:
    """One question at a time. Few may wait: whoever waits holds a thread that pages need too."""

    def __init__(self) -> None:
        self._places, self._turn = BoundedSemaphore(WAITING), Lock()

    def __enter__(self) -> None:
        """Wait for the turn. Raises ManyQuestions at once when enough others do."""
        if not self._places.acquire(blocking=False):
            raise ManyQuestions
        self._turn.acquire()

    @property
    def waited(self) -> Lock:
        """The turn itself, for what must be asked however many wait."""
        return self._turn

    def __exit__(self, *_: object) -> None:
        """Let the next one ask."""
        self._turn.release()
        self._places.release()


class Kept:
    """What was worked out of a stand, by what was asked; bounded, for a stand may last a day."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._known: OrderedDict[object, Any] = OrderedDict()
        self._one, self._most = Lock(), most

    def __contains__(self, asked: object) -> bool:
        """Whether it is known."""
        with self._one:
            return asked in self._known

    def once(self, asked: object, work_out: Callable[[], Known]) -> Known:
        """Give what is known, or work it out and keep it. Two at once may both work it out."""
        with self._one:
            if asked in self._known:
                self._known.move_to_end(asked)
                return cast("Known", self._known[asked])
        found = work_out()
        with self._one:
            self._known[asked] = found
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """The plan in force with all that a question about it needs, at one position of the log.

    `plan` is the plan in force, never another. A warm plan answers one question at a time: hold
    `turn` meanwhile (`desk.questions` does). `told`: what was asked of it before.
    """

    plan_id: str
    warm: Warm
    ways: Ways
    turn: Turn = field(default_factory=Turn, repr=False)
    told: Kept = field(default_factory=Kept, repr=False)

    @property
    def plan(self) -> Plan:
        """The plan in force, as it was published."""
        return self.warm.plan

    @property
    def state(self) -> State:
        """What is so at `position`."""
        return self.warm.state

    @property
    def position(self) -> int:
        """How far the log was read."""
        return self.warm.position

    @property
    def options(self) -> pd.DataFrame:
        """Who could move where now."""
        return self.warm.options

    @property
    def standing(self) -> Standing:
        """The plan as `matching.around` knows it."""
        return self.warm.standing

    @property
    def on(self) -> date:
        """The day of the plan's night."""
        return self.plan.receipt.on

    @property
    def slack(self) -> NDArray[np.int64]:
        """How far each option stays behind, by the prices of the plan: asked of the plan once."""
        return self.told.once("slack", self._slack)

    def _slack(self) -> NDArray[np.int64]:
        with self.turn.waited:
            return slack_of(self.standing)

    @property
    def fallen(self) -> tuple[Chain, ...]:
        """Chains that facts since broke, as they were: the plan is about to change there."""
        return self.told.once("fallen", self._fallen)

    def _fallen(self) -> tuple[Chain, ...]:
        stands = {_moves(chain) for chain in self.standing.chains}
        return tuple(chain for chain in self.plan.chains if _moves(chain) not in stands)

    @property
    def chains(self) -> Mapping[tuple[str, str], Chain]:
        """The chain of the plan in force that makes each move, by household and home."""
        return self.told.once("chains", lambda: _by_move(self.plan.chains))


@dataclass(slots=True)
class Thinking:
    """What keeps the plan warm. Started with the desk, stopped with it."""

    engine: Engine
    installation: Installation
    patience: float = PATIENCE
    _stand: Stand | None = None
    _looked: Event = field(default_factory=Event)
    _stop: Event = field(default_factory=Event)
    _looking: Lock = field(default_factory=Lock)
    _thread: Thread | None = None

    def start(self) -> None:
        """Begin to follow the plan in force, in a thread of its own."""
        if self._thread is None:
            self._stop.clear()
            self._thread = Thread(target=self._follow, name="denken", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop following, and wait until what was begun is done."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def now(self) -> Stand:
        """Give the newest stand that is ready. Raises StillLoading, NoPlanYet."""
        if self._thread is None:
            self.look()
        elif not self._looked.wait(self.patience):
            raise StillLoading
        if self._stand is None:
            raise NoPlanYet
        return self._stand

    def ready(self) -> Stand | None:
        """Give the newest stand that is ready, at once; None while there is none."""
        return self._stand

    def look(self) -> bool:
        """Bring the stand up to the plan in force and the log; whether anything had changed."""
        with self._looking:
            after = _newer(self.engine, self.installation, self._stand)
            changed = after is not self._stand
            if after is not None:
                _ = after.slack  # before anybody can ask: then nobody waits for it
            self._stand = after
        self._looked.set()
        return changed

    def _follow(self) -> None:
        for _ in hints(self.engine, poll_seconds=POLL_SECONDS, stop=self._stop):
            took = self._tried()
            self._stop.wait(took * REST)

    def _tried(self) -> float:
        """Look; what goes wrong leaves the stand as it is, and the next hint tries again."""
        begun = time.monotonic()
        try:
            self.look()
        except Exception as error:  # noqa: BLE001 - the edge of the thread: it must live on
            LOG.warning("het plan kon niet worden bijgewerkt: %s", type(error).__name__)
        return time.monotonic() - begun


def _newer(engine: Engine, installation: Installation, before: Stand | None) -> Stand | None:
    """The stand of the plan in force now; the very same where nothing has changed."""
    policy = policy_from(installation.policy)
    with snapshot(engine) as connection:
        name = plans.in_force(connection, policy.region)
        if name is None:
            return None
        same = before is not None and before.plan_id == name
        if before is not None and same and log.head(connection) <= before.position:
            return before
        plan = (
            before.plan
            if before is not None and same
            else PLAN.validate_json(plans.by_id(connection, name) or "")
        )
        if before is None or before.on != plan.receipt.on:
            before = None
            state, position = state_store.load(connection)
        else:
            state, position = state_store.since(connection, before.state, before.position)
    ways = before.ways if before is not None else _ways(installation, plan, policy)
    last = None if before is None else before.warm
    warm = kept_warm(plan, state, position, ways, name=name, before=last)
    return Stand(name, warm, ways)


def _ways(installation: Installation, plan: Plan, policy: Policy) -> Ways:
    """Law, choices and streets of the night."""
    rules = rules_on(plan.receipt.on, folder=installation.rules)
    return Ways(rules, policy, network_of(installation))


def _by_move(chains: Iterable[Chain]) -> dict[tuple[str, str], Chain]:
    return {move: chain for chain in chains for move in _moves(chain)}


def _moves(chain: Chain) -> tuple[tuple[str, str], ...]:
    return tuple((move.household, move.to) for move in chain.moves)
