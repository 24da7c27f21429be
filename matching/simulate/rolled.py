"""One replication of one scenario: a world rolled through its months, and what it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from matching.simulate.classes import freed
from matching.simulate.ledger import BEFORE
from matching.simulate.measuring import Measuring
from matching.simulate.model import FIGURES, FREED, STEPS, Run
from matching.simulate.roll import Rolling

if TYPE_CHECKING:
    from collections.abc import Callable

    from data_contracts.scenario import Scenario
    from matching.simulate.letting import Let
    from matching.simulate.model import Asked, World

NOT_ASKED = -1


def simulate(
    world: World,
    scenario: Scenario,
    asked: Asked,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Run:
    """Roll a world through the months of a scenario, once.

    The figures begin with what stands before the first month (its number is -1). The same world,
    scenario and replication give the same tables, whatever the order of the rows.
    `progress` hears the number of every month as it ends.
    """
    rolling = Rolling.start(world, scenario, asked)
    measuring = Measuring.of(world, scenario)
    open_ = pd.Index(sorted(rolling.ledger.vacant), dtype="str")
    figures = [measuring.begun(rolling.state, open_).assign(month=BEFORE)]
    came_free, steps = [], []
    for happened, told in rolling.months():
        figures.append(measuring.month(happened).assign(month=happened.number))
        came_free.append(freed(happened, world.rules))
        steps.append(_step(happened.number, told))
        progress(happened.number)
    return Run(
        scenario.name,
        asked,
        pd.concat(figures, ignore_index=True)[list(FIGURES)].astype(FIGURES),
        rolling.ledger.table(),
        pd.concat(came_free, ignore_index=True)[list(FREED)].astype(FREED),
        pd.DataFrame(steps, columns=list(STEPS)).astype(STEPS),
    )


def _step(month: int, told: Let) -> tuple[int, ...]:
    plan = told.planned
    if plan is None:
        return (month, told.openings, told.options, 0, 0, NOT_ASKED)
    return (month, told.openings, told.options, plan.value, plan.bound, plan.exact)
