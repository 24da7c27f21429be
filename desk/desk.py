"""What every page is given: the database, the installation, the warm plan, the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from data_contracts.policy import policy_from
from desk.api.limited import Calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

    from data_contracts.policy import Policy
    from desk.thinking import Thinking
    from store.database import Engine
    from store.installation import Installation


def now() -> datetime:
    """Ask the clock."""
    return datetime.now(tz=UTC)


@dataclass(slots=True)
class Desk:
    """One desk. `engine` acts with all rights; reading for a viewer goes by `store.tenants`."""

    engine: Engine
    installation: Installation
    thinking: Thinking
    clock: Callable[[], datetime] = field(default=now)
    calls: Calls = field(default_factory=Calls)

    @property
    def policy(self) -> Policy:
        """The choices of the corporation as they are written now; read again when they change."""
        path = self.installation.policy
        return _policy(path, None if path is None else path.stat().st_mtime_ns)


@lru_cache(1)
def _policy(path: Path | None, _written: int | None) -> Policy:
    return policy_from(path)


def desk_of(request: Request) -> Desk:
    """Give the desk this request came to."""
    return cast("Desk", request.app.state.desk)
