"""Hand-made runs of a what-if, for the desk's pages: small tables with what a reader looks for."""

import pandas as pd

from matching.simulate.model import CHAINS, FIGURES, FREED, STEPS, Asked, Run

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


def runs(scenario, *, replications=3, acceptances=(40, 20, 60), more=5, months=24):
    """Everything that a simulation of one scenario comes to, doing nothing first."""
    return [
        run(name, replication, acceptance, more=gain + acceptance // 20, months=months)
        for name, gain in (("niets-doen", 0), (scenario, more))
        for acceptance in acceptances
        for replication in range(replications)
    ]
