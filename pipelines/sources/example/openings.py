"""What comes free or is disturbed: notices, new-build and works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.words import NoticeStatus
from pipelines.sources.example import figures as f
from pipelines.sources.example.drawing import Column, Rng, chance, choose, identifiers, pick
from pipelines.sources.example.people import days_before, leave_classes

if TYPE_CHECKING:
    from datetime import date


def notices(households: pd.DataFrame, stock: int, *, on: date, rng: Rng) -> pd.DataFrame:
    """Let tenants who seek nothing here give notice: the turnover of the coming months."""
    stays = (households["willingness"] == "NEE").to_numpy()
    pull = leave_classes(households["age"].to_numpy()) * stays
    gone = households.iloc[choose(rng, pull, round(stock * f.TURNOVER * f.HORIZON / 365))]
    count = len(gone)
    ends = rng.integers(3, f.HORIZON - 8, count)
    given = np.minimum(ends - rng.integers(30, 75, count), -1)
    accepted = np.where(chance(rng, 0.8, count), NoticeStatus.GOE.value, NoticeStatus.AAN.value)
    refused = chance(rng, f.CALLED_OFF, count)
    return pd.DataFrame(
        {
            "notice": identifiers("Z", count),
            "dwelling": gone["dwelling"].to_numpy(),
            "given": days_before(on, -given),
            "ends": days_before(on, -ends),
            "status": np.where(refused, NoticeStatus.AFG.value, accepted),
        }
    )


def ended(tenancies: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Write the day of leaving in the tenancies of notices that were not refused."""
    valid = given[given["status"] != NoticeStatus.AFG.value]
    last_day = valid.set_index("dwelling")["ends"].reindex(tenancies["dwelling"])
    return tenancies.assign(end=last_day.to_numpy())


def handed_over(being_built: pd.DataFrame, on: date, rng: Rng) -> pd.DataFrame:
    """Set the day of handover per project: every other one within months, the rest later."""
    project = pd.factorize(being_built["complex"])[0]
    soon = rng.integers(30, f.HORIZON - 10, project.max() + 1)
    later = rng.integers(200, 700, project.max() + 1)
    days = np.where(np.arange(len(soon)) % 2 == 0, soon, later)[project]
    ready = days_before(on, -days)
    return being_built.assign(completed=ready, available=ready)


def works(complexes: Column, on: date, rng: Rng) -> pd.DataFrame:
    """Plan works for a few complexes, from some weeks to a year away."""
    chosen = complexes[
        choose(rng, np.ones(len(complexes)), round(f.WORKS_COMPLEXES * len(complexes)))
    ]
    begins = rng.integers(-30, 330, len(chosen))
    lasts = rng.integers(20, 200, len(chosen))
    return pd.DataFrame(
        {
            "works": identifiers("K", len(chosen)),
            "dwelling": None,
            "complex": chosen,
            "kind": pick(rng, f.WORKS, len(chosen)),
            "start": days_before(on, -begins),
            "end": days_before(on, -(begins + lasts)),
        }
    )
