"""Who wants to move, and what they ask: wishes, consent, needs, priority and coach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data_contracts.words import Mobility
from pipelines.sources.example import figures as f
from pipelines.sources.example.drawing import Column, Rng, chance, choose, pick, pick_by
from pipelines.sources.example.people import days_before

if TYPE_CHECKING:
    from datetime import date

    from pipelines.sources.example.stock import RentSteps

_OLDER, _ADULT = 65, 18


def willing(households: pd.DataFrame, homes: pd.DataFrame, wanted: int, *, rng: Rng) -> Column:
    """Say of every tenant ZEKER, MISSCHIEN or NEE.

    `homes`: the dwelling of each household, row by row. Of those of 65 and older 3 % surely and
    16 % perhaps, likelier from an unsuitable home; `wanted` is how many tenants in all.
    """
    age, persons = households["age"].to_numpy(), households["persons"].to_numpy()
    rooms, floor = homes["rooms"].to_numpy(), homes["floor"].to_numpy()
    stairs = (floor >= 1) & ~homes["lift"].to_numpy(bool)
    unsteady = (households["walks"] != Mobility.LOPEND).to_numpy()
    older = age >= _OLDER
    easy = homes["form"].notna().to_numpy()
    need = (1 + 2.0 * (rooms >= 4) + 2.5 * stairs + 2.0 * unsteady) * np.where(easy, 0.25, 1.0)  # noqa: PLR2004 - family home
    cramped = (persons >= 3) & (rooms <= persons)  # noqa: PLR2004 - with children
    emptied = (age >= 55) & (persons <= 2) & (rooms >= 4)  # noqa: PLR2004 - idem
    sure = choose(rng, need * older, round(f.SURE * older.sum()))
    answer = np.full(len(age), "NEE", dtype=object)
    answer[sure] = "ZEKER"
    perhaps = choose(rng, need * older * (answer == "NEE"), round(f.PERHAPS * older.sum()))
    answer[perhaps] = "MISSCHIEN"
    rest = max(0, wanted - len(sure) - len(perhaps))
    young = choose(rng, (1 + 11.0 * cramped + 2.0 * emptied) * ~older, rest)
    answer[young] = np.where(chance(rng, f.SURE_YOUNG, len(young)), "ZEKER", "MISSCHIEN")
    return answer


def seekers(households: pd.DataFrame, on: date, rng: Rng) -> pd.DataFrame:
    """Complete the households that seek: registration, priority, needs, income test, consent."""
    count = len(households)
    age, older = households["age"].to_numpy(), (households["age"] >= _OLDER).to_numpy()
    years = rng.lognormal(np.log(f.REGISTERED_MEDIAN), f.REGISTERED_SPREAD, count)
    years = np.clip(years, 0.1, np.minimum(f.REGISTERED_MOST, age - _ADULT))
    mobility = households["walks"].to_numpy()
    need = np.where((mobility == "LOPEND") & ~older, 0, 1 + pd.Index(f._M).get_indexer(mobility))  # noqa: SLF001 - figures
    asked = chance(rng, 1 - f.NO_CONSENT, count)
    stale = chance(rng, f.OLD_CONSENT, count)
    days = np.where(stale, rng.integers(731, 1_400, count), rng.integers(1, 690, count))
    consent_date = pd.Series(days_before(on, days)).where(pd.Series(asked), pd.NaT)
    return households.assign(
        registered=days_before(on, np.ceil(years * 365.25)),
        priority=pick_by(rng, older.astype(int), f.PRIORITY),
        mobility=mobility,
        access_needed=pick_by(rng, need, f.NEEDS),
        features_needed=_features(mobility, older, rng),
        income=pick(rng, f.INCOME, count),
        income_year=on.year - chance(rng, 0.08, count).astype(int),
        exception_54a=(age >= f.AOW_AGE) & chance(rng, 0.02, count),
        consent=asked,
        consent_date=consent_date.to_numpy(),
        coach=_coaches(households, older),
    )


def _features(mobility: Column, older: Column, rng: Rng) -> Column:
    """Ask for a threshold-free shower or a place for a scootmobiel, now and then."""
    count = len(mobility)
    shower = (mobility != "LOPEND") & chance(rng, 0.25, count)
    scooter = older & (mobility != "LOPEND") & chance(rng, 0.06, count)
    return np.select(
        [shower & scooter, shower, scooter],
        ["DOUCHE_DREMPELVRIJ|SCOOTMOBIELPLEK", "DOUCHE_DREMPELVRIJ", "SCOOTMOBIELPLEK"],
        "",
    )


def _coaches(households: pd.DataFrame, older: Column) -> Column:
    """Give every coach a number of whole neighbourhoods, with about as many older seekers each."""
    coaches = max(1, round(older.sum() / f.SEEKERS_PER_COACH))
    area = households["neighbourhood"].to_numpy(str)
    names, which = np.unique(area, return_inverse=True)
    load = np.bincount(which, weights=older + 0.01, minlength=len(names))
    middle = (load.cumsum() - load / 2) / load.sum()
    number = np.minimum((middle * coaches).astype(int), coaches - 1) + 1
    return np.array([f"COACH-{n:02d}" for n in number], dtype=object)[which]


def wishes(
    found: pd.DataFrame, middles: pd.DataFrame, steps: RentSteps, *, on: date, rng: Rng
) -> pd.DataFrame:
    """Write down what each seeker asks: limits that fit the household, areas, weights, dates."""
    count = len(found)
    persons, older = found["persons"].to_numpy(), (found["age"] >= _OLDER).to_numpy()
    old = chance(rng, f.OLD_WISH, count)
    age = np.where(old, rng.integers(366, 700, count), rng.integers(1, 350, count))
    ended = chance(rng, f.ENDED_WISH, count) & ~old
    ends = np.where(ended, -rng.integers(1, 30, count), rng.integers(30, 360, count))
    until = pd.Series(days_before(on, -ends)).where(pd.Series(ended | chance(rng, 0.6, count)))
    return pd.DataFrame(
        {
            "household": found["household"],
            "stated": days_before(on, np.where(ended, np.maximum(age, 31), age)),
            "valid_until": until.to_numpy(),
            "max_rent": _max_rent(found, steps, rng),
            **_space(persons, older, rng),
            "max_floor": _masked(
                rng.integers(0, 4, count), chance(rng, np.where(older, 0.12, 0.03), count)
            ),
            "areas": _areas(found["neighbourhood"].to_numpy(str), middles, rng),
            "kinds": _kinds(persons, older, rng),
            "weight_proximity": rng.integers(np.where(older, 4, 2), np.where(older, 11, 8)),
            "weight_facilities": rng.integers(np.where(older, 4, 0), np.where(older, 11, 6)),
            "weight_neighbourhood": rng.integers(np.where(older, 3, 0), np.where(older, 11, 8)),
            "weight_rent": rng.integers(2, 10, count),
            "weight_outdoor": rng.integers(1, 9, count),
        }
    )


def _masked(values: Column, there: Column) -> pd.Series:
    return pd.Series(values).where(pd.Series(there)).astype("Int64")


def _max_rent(found: pd.DataFrame, steps: RentSteps, rng: Rng) -> pd.Series:
    """Ask at most what the class of income can bear, in whole tens of euros."""
    count = len(found)
    step = np.where(found["persons"] <= 2, steps.low, steps.high)  # noqa: PLR2004 - aftoppingsgrens
    roomy = np.where(found["income"] == "PASSEND", step + 1_000, steps.daeb + 1_000)
    free = np.where(found["income"] == "BOVEN", f.MIDDLE_TOP, roomy)
    asked = np.where(chance(rng, 0.15, count), free - rng.integers(3_000, 12_000, count), free)
    return _masked(asked // 1_000 * 1_000, chance(rng, 0.8, count))


def _space(persons: Column, older: Column, rng: Rng) -> dict[str, pd.Series]:
    count = len(persons)
    least = np.where(persons >= 3, np.minimum(persons, 4), np.where(persons == 2, 3, 2))  # noqa: PLR2004 - rooms by persons
    most = np.where(persons == 1, 3, 4)
    small = chance(rng, np.where(older, 0.7, 0.2), count) & (persons <= 2)  # noqa: PLR2004 - idem
    return {
        "min_rooms": _masked(least, chance(rng, 0.85, count)),
        "max_rooms": _masked(most, small),
        "min_area": _masked(rng.integers(8, 12, count) * 5, chance(rng, 0.15, count)),
    }


def _areas(area: Column, middles: pd.DataFrame, rng: Rng) -> Column:
    """Name the own neighbourhood with those around it, or the own district, or nothing."""
    place = middles[["x", "y"]].to_numpy()
    names = middles["neighbourhood"].to_numpy(object)
    near = np.atleast_2d(
        cKDTree(place).query(place, k=min(5, len(place)))[1].reshape(len(place), -1)
    )
    around = np.array(["|".join(sorted(names[row])) for row in near], dtype=object)
    row = pd.Index(names).get_indexer(area)
    district = middles["district"].to_numpy(object)[row]
    drawn = pick(rng, {0: 0.45, 1: 0.30, 2: 0.25}, len(area))
    return np.select([drawn == 1, drawn == 2], [around[row], district], "")  # noqa: PLR2004 - third choice


def _kinds(persons: Column, older: Column, rng: Rng) -> Column:
    count = len(persons)
    house = (persons >= 3) & chance(rng, 0.35, count)  # noqa: PLR2004 - with children
    flat = older & chance(rng, 0.15, count)
    houses, flats = "EIN|HAL|HOE|TUS|TWE|VRI", "BEN|COR|GAL"
    return np.select([house, flat], [houses, flats], "")


def contact(found: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Give seekers a made-up name, a number nobody has and an address at example.nl."""
    number = found["household"].str[2:]
    name = pick(rng, dict.fromkeys(f.NAMES, 1.0), len(found))
    mails = chance(rng, np.where(found["age"] >= _OLDER, 0.6, 0.95), len(found))
    mail = ("huishouden" + number + "@example.nl").where(pd.Series(mails, index=found.index))
    return found.assign(name=name, phone="06-00" + number.str.zfill(6), email=mail)
