"""Hand-made runs of a what-if, for the desk's pages: small tables with what a reader looks for."""

import pandas as pd

from data_contracts.scenario import example_text, scenario_of
from matching.simulate.model import CHAINS, FIGURES, FREED, STEPS, Asked, Run
from store import simulations
from store.simulations import Question

AREAS = ("BU03630001", "BU03630002", "BU03630003")
QUIET = "BU03630003"
"""In this one so few people move that no page may say how many."""
HOMES = ("eengezins groot", "appartement met lift")
MONTHLY = {
    "moves": 40,
    "moves_starters": 18,
    "moves_older": 12,
    "chains_begun": 22,
    "freed": 40,
    "older_to_suitable": 12,
    "family_homes_freed": 11,
    "older_unsuitable_low": 120,
    "older_unsuitable": 150,
    "older_unsuitable_high": 200,
    "rent_sum": 42_000_000,
    "scheme_cost": 100_000,
    "vacancy_days": 300,
    "coach_minutes": 2_400,
    "passend_let": 20,
    "passend_met": 19,
    "daeb_let": 30,
    "daeb_met": 28,
    "lets": 40,
    "local_let": 15,
    "proposals": 90,
    "declined": 50,
    "seekers": 300,
    "open_homes": 12,
    "dwellings": 600,
}
"""What every month comes to when nothing is changed, the whole stock together."""


def run(scenario, replication=0, acceptance=40, *, more=0, months=24):
    """A run of these months: `more` moves and freed homes a month than when nothing is done."""
    rows = []
    for month in range(months):
        wobble = (replication * 7 + month * 3) % 5
        for measure, value in MONTHLY.items():
            rows.append((month, measure, "", value + wobble + _gain(measure, more)))
        for area in AREAS:
            few = area == QUIET
            for measure in ("moves", "freed", "older_unsuitable", "dwellings"):
                value = (0 if measure == "moves" else 20) if few else 20 + wobble + more
                rows.append((month, measure, f"neighbourhood:{area}", value))
    return Run(
        scenario,
        Asked(replication, acceptance),
        pd.DataFrame(rows, columns=list(FIGURES)).astype(FIGURES),
        _chains(replication, more),
        _freed(months, more),
        pd.DataFrame(
            [(month, 12, 300, 1_000, 1_010, -1) for month in range(months)], columns=list(STEPS)
        ).astype(STEPS),
    )


def _gain(measure, more):
    if measure.startswith("older_unsuitable"):
        return -more
    return more if measure in ("moves", "freed", "older_to_suitable", "family_homes_freed") else 0


def _chains(replication, more):
    rows = [
        (
            number,
            ("nieuwbouw", "overlijden")[number % 2],
            HOMES[number % 2],
            AREAS[number % 2],
            number % 24,
            2 + (number + replication + more) % 3,
            2 + (number + replication + more) % 3,
            number % 2,
            ("starter", "van buiten", "nog open")[number % 3],
            -1 if number % 3 == 2 else number % 24,
        )
        for number in range(60)
    ]
    return pd.DataFrame(rows, columns=list(CHAINS)).astype(CHAINS)


def _freed(months, more):
    rows = [
        (month, "betaalbaar", 3, "NUL", area, "verhuizing", 13 + more)
        for month in range(months)
        for area in AREAS
    ]
    return pd.DataFrame(rows, columns=list(FREED)).astype(FREED)


EXAMPLE = "nieuwbouw-nultreden"


def a_scenario(**differs):
    """An example of two years: ten runs with those of doing nothing; `differs` are its fields."""
    scenario = scenario_of(example_text(EXAMPLE))
    few = scenario.acceptance.model_copy(update={"band": (60,)})
    plain = {"years": 2, "replications": 3, "acceptance": few} | differs
    return scenario.model_copy(update=plain)


def put(engine, settings, corporation, *, scenario=None, most=None, status="done", gain=5):
    """Put a what-if in the queue with its first `most` runs (all of them), and give its id.

    `gain`: so many more moves a month than when nothing is done.
    """
    question = Question.of([scenario or a_scenario()])
    with engine.begin() as connection:
        start = simulations.start_now(connection, settings)
        number = simulations.ask(connection, question, start, corporation=corporation, by="G-proef")
        one = simulations.find(connection, number)
        for job in question.jobs[:most]:
            more = 0 if job.scenario.name == "niets-doen" else gain + job.asked.acceptance // 20
            made = run(
                job.scenario.name,
                job.asked.replication,
                job.asked.acceptance,
                more=more,
                months=job.scenario.months,
            )
            simulations.keep_run(connection, one, job.scenario.hash, made)
        if status != "waiting":
            simulations.take(connection, number, "proef")
        if status == "failed":
            simulations.failed(connection, number, "proef", "De rekenaar viel uit.")
        elif status in ("done", "stopped"):
            assert simulations.finish(connection, number, "proef").status == status
    return number
