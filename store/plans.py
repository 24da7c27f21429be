"""Plans as published, and which one is in force for a region."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from data_contracts.words import VerhuisketenError
from matching.model import PLAN
from store import runs
from store.tables import current_plan
from store.tables import plan as plan_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from matching.model import Plan


class OtherPlan(VerhuisketenError):
    """Onder dit nummer is al een ander plan gepubliceerd. Draai de nacht opnieuw."""


def publish(
    connection: Connection,
    plan: Plan,
    *,
    plan_id: str,
    run: str,
    fence: int | None = None,
    options: bytes | None = None,
) -> bool:
    """Put a plan in force for its region, if this run still holds the region's lease.

    `fence` is what `runs.take` gave; without it the run is looked up as the lease's holder.
    False when this very plan was published before. Raises Outdated, OtherPlan.
    """
    region = plan.receipt.region
    mine = runs.fence_of(connection, region, holder=run) if fence is None else fence
    json = PLAN.dump_json(plan).decode()
    digest = hashlib.sha256(json.encode()).hexdigest()
    known = connection.execute(
        select(plan_table.c.digest).where(plan_table.c.id == plan_id)
    ).scalar()
    if known is not None:
        if known != digest:
            raise OtherPlan
        return False
    connection.execute(
        insert(plan_table).values(
            id=plan_id,
            run=run,
            region=region,
            night=plan.receipt.on,
            fence=mine,
            position=plan.receipt.position,
            status=plan.receipt.status.value,
            value=plan.receipt.value,
            bound=plan.receipt.bound,
            json=json,
            digest=digest,
            options=options,
        )
    )
    _put_in_force(connection, region, plan_id, fence=mine)
    return True


def _put_in_force(connection: Connection, region: str, plan_id: str, *, fence: int) -> None:
    put = connection.execute(
        text(
            "WITH held AS (SELECT fence FROM lease WHERE region = :region FOR UPDATE)"
            " INSERT INTO current_plan AS current (region, plan, fence)"
            " SELECT :region, :plan, :fence FROM held WHERE held.fence = :fence"
            " ON CONFLICT (region) DO UPDATE SET plan = excluded.plan, fence = excluded.fence"
            " WHERE current.fence < excluded.fence"
        ),
        {"region": region, "plan": plan_id, "fence": fence},
    )
    if put.rowcount != 1:
        raise runs.Outdated


def current(connection: Connection, region: str) -> str | None:
    """Give the plan in force for a region as JSON; None when there is none yet."""
    return connection.execute(
        select(plan_table.c.json)
        .join(current_plan, current_plan.c.plan == plan_table.c.id)
        .where(current_plan.c.region == region)
    ).scalar()


def by_id(connection: Connection, plan_id: str) -> str | None:
    """Give a plan that was once published, as JSON."""
    return connection.execute(select(plan_table.c.json).where(plan_table.c.id == plan_id)).scalar()


def options_of(connection: Connection, plan_id: str) -> bytes | None:
    """Give what a plan was chosen from, as it was handed over when it was published."""
    return connection.execute(
        select(plan_table.c.options).where(plan_table.c.id == plan_id)
    ).scalar()
