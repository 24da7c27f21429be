"""Plans as published, and which one is in force for a region.

The plan of a night is kept whole; one that was changed since is kept as what changed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from data_contracts.words import VerhuisketenError
from matching.model import PLAN
from matching.revision import REVISION, revised, revision_of
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
    return _enter(connection, plan, json, plan_id=plan_id, run=run, fence=mine, options=options)


def revise(
    connection: Connection, plan: Plan, before: Plan, *, plan_id: str, run: str, repairs: str
) -> bool:
    """Put in force what a plan has become since `before`, which is in force under `repairs`.

    Raises Outdated when another plan is in force by now, or the lease is not this run's.
    """
    region = plan.receipt.region
    mine = runs.fence_of(connection, region, holder=run)
    if in_force(connection, region) != repairs:
        raise runs.Outdated
    json = REVISION.dump_json(revision_of(before, plan)).decode()
    return _enter(connection, plan, json, plan_id=plan_id, run=run, fence=mine, repairs=repairs)


def _enter(  # noqa: PLR0913 - what a plan is kept with
    connection: Connection,
    plan: Plan,
    json: str,
    *,
    plan_id: str,
    run: str,
    fence: int,
    options: bytes | None = None,
    repairs: str | None = None,
) -> bool:
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
            region=plan.receipt.region,
            night=plan.receipt.on,
            fence=fence,
            position=plan.receipt.position,
            status=plan.receipt.status.value,
            value=plan.receipt.value,
            bound=plan.receipt.bound,
            json=json,
            digest=digest,
            options=options,
            repairs=repairs,
        )
    )
    _put_in_force(connection, plan.receipt.region, plan_id, fence=fence)
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


def in_force(connection: Connection, region: str) -> str | None:
    """Name the plan in force for a region; None when there is none yet."""
    return connection.execute(
        select(current_plan.c.plan).where(current_plan.c.region == region)
    ).scalar()


def position_of(connection: Connection, plan_id: str) -> int:
    """Give the position in the log on which a plan rests."""
    found = select(plan_table.c.position).where(plan_table.c.id == plan_id)
    return int(connection.execute(found).scalar_one())


def current(connection: Connection, region: str) -> str | None:
    """Give the plan in force for a region as JSON; None when there is none yet."""
    name = in_force(connection, region)
    return None if name is None else by_id(connection, name)


def by_id(connection: Connection, plan_id: str) -> str | None:
    """Give a plan that was once published, as JSON."""
    told = connection.execute(
        text(
            "WITH RECURSIVE line AS (SELECT id, repairs, json, 0 AS back FROM plan WHERE id = :id"
            " UNION ALL SELECT p.id, p.repairs, p.json, line.back + 1"
            " FROM plan p JOIN line ON p.id = line.repairs)"
            " SELECT json FROM line ORDER BY back DESC"
        ),
        {"id": plan_id},
    ).scalars()
    line = list(told)
    if len(line) < 2:  # noqa: PLR2004 - a night's plan, as it was made
        return line[0] if line else None
    plan = PLAN.validate_json(line[0])
    for later in line[1:]:
        plan = revised(plan, REVISION.validate_json(later))
    return PLAN.dump_json(plan).decode()


def options_of(connection: Connection, plan_id: str) -> bytes | None:
    """Give what a plan was chosen from, as it was handed over when it was published."""
    return connection.execute(
        select(plan_table.c.options).where(plan_table.c.id == plan_id)
    ).scalar()
