"""What the engine answered a coach, as her pages show it: plain values, in B1 Dutch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_contracts.phrases import kind_of
from data_contracts.words import Verdict
from desk.figures import many
from desk.reading.homes import plain_row
from matching.candidates import every_home

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from desk.thinking import Stand
    from matching.around import Alternative, Price
    from matching.model import Explanation, Reason
    from matching.would_change import WouldChange

FOUND = 20
"""How many homes a search shows."""
SIGNS = {Verdict.NO: "no", Verdict.ASK: "ask", Verdict.YES: "yes"}
"""How a page marks a verdict."""
HEADS = (
    ("past_minder_goed", "Past minder goed"),
    ("ging_naar_een_ander", "Ging naar een ander huishouden"),
    ("levert_niets_op", "Maakt het niet beter"),
    ("niet_gekozen", "Kan, maar is niet gekozen"),
    ("kan_wel", "Kan wel"),
)
"""What an answer comes down to, by the reason that says so; the first that is there."""


@dataclass(frozen=True, slots=True)
class Line:
    """One reason: its sentence, where it comes from, and how it is marked."""

    sentence: str
    source: str
    verdict: str
    points: int


@dataclass(frozen=True, slots=True)
class Place:
    """A home by what may be said of any: no address. `rent` is asked of a new tenant, eurocents."""

    dwelling: str
    kind: str
    rooms: int | None
    floor: int | None
    lift: bool
    rent: int | None
    neighbourhood: str | None
    complex: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Why not this home: what it comes down to, and every reason."""

    place: Place
    head: str
    lines: tuple[Line, ...]
    proposed: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """What something costs the plan, in words, and what it means for others."""

    sentence: str
    means: tuple[str, ...]
    points: int


@dataclass(frozen=True, slots=True)
class Other:
    """Another home for a household: what it would be like there, and what it costs the plan."""

    place: Place
    rent: int | None
    minutes_now: int | None
    minutes_then: int | None
    cost: Cost


@dataclass(frozen=True, slots=True)
class Would:
    """What opens when one wish is asked less of."""

    name: str
    sentence: str
    homes: int
    vacant: int
    best: Place
    minutes_now: int | None
    minutes_then: int | None
    cost: Cost | None


def answer(told: Explanation, place: Place, *, proposed: bool) -> Answer:
    """Say what an explanation comes down to."""
    return Answer(place, _head(told, proposed=proposed), lines(told.reasons), proposed)


def lines(reasons: Iterable[Reason]) -> tuple[Line, ...]:
    """Give reasons as lines; what is no rule is marked by its points."""
    return tuple(Line(one.sentence, one.source, _sign(one), one.points) for one in reasons)


def _sign(reason: Reason) -> str:
    return "points" if reason.verdict is None else SIGNS[reason.verdict]


def _head(told: Explanation, *, proposed: bool) -> str:
    if proposed:
        return "Dit is de woning die wij voorstellen"
    if any(one.verdict is Verdict.NO for one in told.reasons):
        return "Kan niet"
    said = {one.criterion: one.points for one in told.reasons}
    worse = said.get("past_minder_goed", 0) < 0
    heads = [head for name, head in HEADS if name in said and (worse or name != HEADS[0][0])]
    return heads[0] if heads else "Kan wel"


def place_of(stand: Stand, dwelling: str) -> Place | None:
    """Describe a home; None when nobody knows it."""
    homes = every_home(stand.state)
    if dwelling not in homes.index:
        return None
    return _place(dwelling, plain_row(homes.loc[dwelling].to_dict()))


def _place(dwelling: str, row: Mapping[str, Any]) -> Place:
    return Place(
        dwelling=dwelling,
        kind=kind_of(dict(row)),
        rooms=row.get("rooms"),
        floor=row.get("floor"),
        lift=bool(row.get("lift")),
        rent=row.get("target_rent"),
        neighbourhood=row.get("neighbourhood"),
        complex=row.get("complex"),
    )


def places_like(stand: Stand, text: str) -> tuple[Place, ...]:
    """Find homes of the region: by the start of their number, by complex or by neighbourhood."""
    homes = every_home(stand.state)
    asked = text.strip().casefold()
    if not asked:
        return ()
    hit = homes.index.str.casefold().str.startswith(asked)
    for column in ("complex", "neighbourhood"):
        hit |= (homes[column].str.casefold() == asked).to_numpy(dtype=bool, na_value=False)
    some = homes[hit].head(FOUND)
    return tuple(
        _place(str(dwelling), plain_row(row.to_dict())) for dwelling, row in some.iterrows()
    )


def cost_of(price: Price) -> Cost:
    """Say what a price means, also for the others in the plan."""
    return Cost(_costs(price), tuple(_means(price)), price.points)


def _costs(price: Price) -> str:
    if price.points <= 0:
        return "Dit kost de rest van het plan niets."
    least, most = max(0, price.at_least), price.at_most
    sure = "" if least == most else f" Het zijn er zeker niet meer dan {most}."
    return f"Dit kost de rest van het plan {many(price.points, 'punt', 'punten')}.{sure}"


def _means(price: Price) -> Iterable[str]:
    for change, one, more in (
        (price.moves, "verhuizing", "verhuizingen"),
        (
            price.older_to_suitable,
            "oudere in een geschikte woning",
            "ouderen in geschikte woningen",
        ),
        (price.family_homes_freed, "gezinswoning die vrijkomt", "gezinswoningen die vrijkomen"),
    ):
        if change:
            yield f"{many(abs(change), one, more)} {'minder' if change < 0 else 'meer'}"
    minutes = price.minutes_to_ties
    if minutes:
        way = "verder van" if minutes > 0 else "dichter bij"
        yield f"samen {many(abs(minutes), 'minuut', 'minuten')} {way} wie belangrijk is"


def others(stand: Stand, found: Iterable[Alternative]) -> tuple[Other, ...]:
    """Describe other homes for a household, as they came."""
    told = []
    for one in found:
        place = place_of(stand, one.move.to)
        row = _option(stand.options, one.move.household, one.move.to)
        if place is not None and row is not None:
            told.append(
                Other(
                    place,
                    _known(row, "huur"),
                    _known(row, "minuten_nu"),
                    _known(row, "minuten_straks"),
                    cost_of(one.price),
                )
            )
    return tuple(told)


def _option(options: pd.DataFrame, household: str, dwelling: str) -> Mapping[str, Any] | None:
    here = (options["household"] == household) & (options["dwelling"] == dwelling)
    rows: list[dict[str, Any]] = options[here.to_numpy(dtype=bool)].to_dict("records")
    return rows[0] if rows else None


def _known(row: Mapping[str, Any], name: str) -> int | None:
    value = int(row[name])
    return None if value < 0 else value


def woulds(stand: Stand, found: Iterable[WouldChange]) -> tuple[Would, ...]:
    """Describe what would change it, as it came."""
    told = []
    for one in found:
        best = place_of(stand, one.best)
        if best is not None:
            told.append(
                Would(
                    one.relaxed.name,
                    one.relaxed.sentence,
                    len(one.opens),
                    one.vacant,
                    best,
                    None if one.minutes_now < 0 else one.minutes_now,
                    None if one.minutes_now < 0 else one.minutes_then,
                    None if one.price is None else cost_of(one.price),
                )
            )
    return tuple(told)
