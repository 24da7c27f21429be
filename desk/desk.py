"""What every page is given: the database, the installation, the warm plan, the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

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


def desk_of(request: Request) -> Desk:
    """Give the desk this request came to."""
    return cast("Desk", request.app.state.desk)
