"""Plans as they were published, one after another, and whether the log still tells all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from store.log import EMPTIED, VANISHES
from store.tables import current_plan, log
from store.tables import plan as plan_table

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Published:
    """A plan as it was published: the text, byte for byte, and where it stands among the others.

    `fence` rises with every plan of a region; `repairs` names the plan it repairs between two
    nights, None for the plan of a night.
    """

    id: str
    region: str
    fence: int
    repairs: str | None
    json: str


_COLUMNS = [plan_table.c[name] for name in Published.__slots__]


def published(connection: Connection, plan: str) -> Published | None:
    """Give a plan by its number; None when nobody published it."""
    row = connection.execute(select(*_COLUMNS).where(plan_table.c.id == plan)).one_or_none()
    return None if row is None else Published(*row)


def in_force(connection: Connection, region: str) -> Published | None:
    """Give the plan that is in force for a region; None when there is none yet."""
    chosen = select(*_COLUMNS).join(current_plan, current_plan.c.plan == plan_table.c.id)
    row = connection.execute(chosen.where(current_plan.c.region == region)).one_or_none()
    return None if row is None else Published(*row)


def before(connection: Connection, plan: Published) -> Published | None:
    """Give the plan of the same region that was in force when this one was made."""
    older = (plan_table.c.region == plan.region) & (plan_table.c.fence < plan.fence)
    chosen = select(*_COLUMNS).where(older).order_by(plan_table.c.fence.desc()).limit(1)
    row = connection.execute(chosen).one_or_none()
    return None if row is None else Published(*row)


def forgotten(connection: Connection, *, up_to: int) -> int:
    """Count the facts up to a position that were emptied since: what they said is gone."""
    emptied = (log.c.data == EMPTIED) & log.c.kind.in_(sorted(VANISHES))
    chosen = select(func.count()).where(emptied & (log.c.position <= up_to))
    return int(connection.execute(chosen).scalar_one())
