"""What is asked of a simulation: scenarios beside doing nothing, and which replications of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.scenario import Scenario, unset
from data_contracts.words import VerhuisketenError
from matching.simulate.model import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 4
"""So many scenarios are compared at once, beside doing nothing."""
SWEPT = 4
"""Of a level of the acceptance band one in so many replications is run, and at least two."""
ALIKE = {
    "years": "het aantal jaren",
    "step_months": "de stap",
    "seed": "het lotnummer",
    "options_per_household": "het aantal mogelijkheden per huishouden",
}
"""What all scenarios share, or they cannot be compared at all."""
ASSUMED = {"acceptance": "de acceptatie", "demography": "de aannamen over mensen"}
"""What scenarios share that do something, or a difference would not be due to what is done."""


class NotTogether(VerhuisketenError):
    """Deze scenario's zijn niet naast elkaar te zetten."""


@dataclass(frozen=True, slots=True)
class Job:
    """One replication of one scenario."""

    scenario: Scenario
    asked: Asked


def beside_nothing(scenarios: Sequence[Scenario], ours: Scenario) -> tuple[Scenario, ...]:
    """Give scenarios with doing nothing before them.

    Doing nothing has the assumptions of the scenarios that do something. Where none does, because
    only assumptions are looked at, it has those of `ours`: the doing nothing of the house. It may
    be among the scenarios. Raises NotTogether.
    """
    others = tuple(one for one in scenarios if one.name != ours.name)
    doing = [one for one in others if one.changes]
    first = (others or tuple(scenarios) or (ours,))[0]
    shared = {part: getattr(first, part) for part in ALIKE}
    nothing = unset(doing[0] if doing else ours).model_copy(update=shared)
    names = [one.name for one in others]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise NotTogether(f"De naam {twice[0]} komt twee keer voor. Geef elk een eigen naam.")
    if len(others) > MOST:
        raise NotTogether(f"Vergelijk hoogstens {MOST} scenario's tegelijk, naast {ours.name}.")
    for one in others:
        _alike(nothing, one, ALIKE | ASSUMED if one.changes else ALIKE)
        if _odds(one) != _odds(others[0]):
            raise NotTogether(
                f"Scenario {one.name} heeft een andere slaagkans of band dan {others[0].name}. Die "
                "geldt voor alle scenario's samen: vraag er één; de band rekent andere kansen door."
            )
    return nothing, *others


def _odds(scenario: Scenario) -> tuple[int, tuple[int, ...]]:
    return scenario.acceptance.percent, scenario.acceptance.band


def _alike(nothing: Scenario, one: Scenario, parts: dict[str, str]) -> None:
    differs = [what for part, what in parts.items() if getattr(nothing, part) != getattr(one, part)]
    if differs:
        raise NotTogether(
            f"Scenario {one.name} gaat uit van iets anders dan het eerste: {' en '.join(differs)}. "
            "Maak dat gelijk, of reken dit scenario apart door."
        )


def jobs(
    scenarios: Sequence[Scenario], *, replications: int, acceptances: Sequence[int]
) -> tuple[Job, ...]:
    """Give every replication there is to run, so that a first comparison is there early.

    Scenarios take turns, replication by replication; the levels of the band (`acceptances` after
    the first) come last, with fewer replications each.
    """
    first, *band = dict.fromkeys(acceptances)
    fewer = min(replications, max(2, replications // SWEPT))
    rounds = [(first, i) for i in range(replications)]
    rounds += [(level, i) for i in range(fewer) for level in band]
    return tuple(Job(one, Asked(i, level)) for level, i in rounds for one in scenarios)


def levels(scenario: Scenario) -> tuple[int, ...]:
    """Give the acceptance levels of a scenario: its own first, then those of its band."""
    return tuple(dict.fromkeys((scenario.acceptance.percent, *scenario.acceptance.band)))
