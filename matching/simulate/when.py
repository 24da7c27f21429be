"""When a change happens: which steps of a simulation reach a month, and what is known before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from data_contracts.scenario_changes import month_of

if TYPE_CHECKING:
    from data_contracts.policy import Policy
    from data_contracts.scenario import Scenario


@dataclass(frozen=True, slots=True)
class When:
    """One step of a simulation: the day it begins, its first month and how many it takes.

    `first`: it is the first step, which catches up with what was to be known before it.
    """

    on: date
    step: int
    first: bool

    @property
    def now(self) -> int:
        """The month in which the step begins, as a whole number."""
        return self.on.year * 12 + self.on.month - 1

    def reaches(self, month: int) -> bool:
        """Whether this is the step of that month; the first step is that of all before it too."""
        return month < self.now + self.step and (self.first or month >= self.now)

    def past(self, month: int) -> bool:
        """Whether that month has begun when this step is over."""
        return month < self.now + self.step

    def before(self, month: int) -> bool:
        """Whether that month is over when this step begins."""
        return month < self.now


def when(scenario: Scenario, month_number: int, on: date) -> When:
    """Give the step of a scenario that begins on a day; `month_number` counts months from 0."""
    return When(on, scenario.step_months, first=month_number == 0)


def first_day(month: str) -> date:
    """Give the first day of a month written as 2028-03."""
    year, number = month.split("-")
    return date(int(year), int(number), 1)


def known_from(month: str, policy: Policy) -> int:
    """Give the month in which a change of a home comes within the horizon of the matching."""
    day = first_day(month) - timedelta(days=policy.horizon_days)
    return day.year * 12 + day.month - 1


def in_force(month: str | None, on: date) -> bool:
    """Whether what begins in a month (missing: at once) holds on a day."""
    return month is None or month_of(month) <= on.year * 12 + on.month - 1
