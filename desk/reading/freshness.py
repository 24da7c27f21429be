"""On which plan a page rests, and whether the last night failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from store import reading


@dataclass(frozen=True, slots=True)
class Freshness:
    """On which plan the page rests: its night, when it was last changed, why a night failed."""

    plan: str
    night: date
    published: datetime
    repaired: bool
    failed: str | None


def freshness(plan: reading.InForce | None) -> Freshness | None:
    """Say on which plan a page rests; None before the first night."""
    if plan is None:
        return None
    return Freshness(plan.plan, plan.night, plan.published, plan.repaired, plan.failed)
