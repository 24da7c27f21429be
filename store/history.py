"""Plans as they were published, one after another, and whether the log still tells all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from store import plans
from store.log import EMPTIED, VANISHES
from store.tables import log
from store.tables import plan as plan_table

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select


@dataclass(frozen=True, slots=True)
class Published:
    """A plan as it was published, in words that can be compared byte for byte.

    `fence` rises with every plan of a region; `repairs` names the plan it repairs between two
    nights, None for the plan of a night.
    """

    id: str
    region: str
    fence: int
    repairs: str | None
    json: str


_COLUMNS = [plan_table.c[name] for name in ("id", "region", "fence", "repairs")]


def published(connection: Connection, plan: str) -> Published | None:
    """Give a plan by its number; None when nobody published it."""
    return _one(connection, select(*_COLUMNS).where(plan_table.c.id == plan))


def before(connection: Connection, plan: Published) -> Published | None:
    """Give the plan of the same region that was in force when this one was made."""
    older = (plan_table.c.region == plan.region) & (plan_table.c.fence < plan.fence)
    return _one(
        connection, select(*_COLUMNS).where(older).order_by(plan_table.c.fence.desc()).limit(1)
    )


def _one(
    connection: Connection, chosen: Select[tuple[str, str, int, str | None]]
) -> Published | None:
    row = connection.execute(chosen).one_or_none()
    if row is None:
        return None
    plan, region, fence, repairs = row
    # A repaired plan is kept as what changed: `by_id` gives the whole of it.
    return Published(plan, region, fence, repairs, plans.by_id(connection, plan) or "")


def forgotten(connection: Connection, *, up_to: int) -> int:
    """Count the facts up to a position that were emptied since: what they said is gone."""
    emptied = (log.c.data == EMPTIED) & log.c.kind.in_(sorted(VANISHES))
    chosen = select(func.count()).where(emptied & (log.c.position <= up_to))
    return int(connection.execute(chosen).scalar_one())
