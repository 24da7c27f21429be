"""One night: what every step of it needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from store import state as state_store
from store.database import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.state import State
    from pipelines.settings import Settings
    from store.database import Engine


@dataclass(frozen=True, slots=True)
class Night:
    """One run: its id, its day, when it began, and the way to settings and database."""

    run: str
    on: date
    started: datetime
    settings: Settings
    engine: Engine
    progress: Callable[[str], None] = lambda _: None
    seen: list[tuple[State, int]] = field(default_factory=list)

    def state(self) -> tuple[State, int]:
        """Give the State as it stands and its position; what was seen before is only brought on."""
        with snapshot(self.engine) as connection:
            known = self.seen.pop() if self.seen else state_store.load(connection)
            self.seen.append(state_store.since(connection, *known))
        return self.seen[0]

    @property
    def folder(self) -> Path:
        """Where this run keeps its files."""
        folder = self.settings.data / "nachten" / self.run
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the workbooks in it hold names
        return folder

    @property
    def policy(self) -> Policy:
        """The corporation's choices."""
        return policy_from(self.settings.policy)

    @property
    def rules(self) -> Rules:
        """The page of the year."""
        return rules_on(self.on, folder=self.settings.rules)
