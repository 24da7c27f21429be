"""Plans as they were published, read once: a plan never changes under its number."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from desk.problems import NotFound
from matching.model import PLAN
from store import plans

if TYPE_CHECKING:
    from desk.desk import Desk
    from matching.model import Plan
    from store.database import Engine

KEPT = 4
"""Of so many nights somebody may ask the reasons at the same time without reading them again."""


def plan(desk: Desk, name: str) -> Plan:
    """Give a plan by its number. Raises NotFound."""
    stand = desk.thinking.ready()
    return stand.plan if stand is not None and stand.plan_id == name else _read(desk.engine, name)


@lru_cache(KEPT)
def _read(engine: Engine, name: str) -> Plan:
    with engine.connect() as connection:
        text = plans.by_id(connection, name)
    if text is None:
        raise NotFound
    return PLAN.validate_json(text)
