"""Minutes on foot to people and places, before and after, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.reading.words import FACILITIES, PACES, TIES

if TYPE_CHECKING:
    from matching.candidates import FacilityWalk, Nearness, TieWalk


@dataclass(frozen=True, slots=True)
class NearRow:
    """One person or place: minutes now and then; None is farther than anybody walks, or unknown.

    `most` is how near it should be (minutes), for a tie; `near`, for a place: whether it comes
    within rollator distance. `known`: we know where it is.
    """

    what: str
    now: int | None
    then: int | None
    most: int | None = None
    must: bool = False
    known: bool = True
    near: bool | None = None
    place: tuple[int, int] | None = None

    @property
    def change(self) -> int | None:
        """Minutes more (or fewer: below zero) than now; None when one of the two is not known."""
        return None if self.now is None or self.then is None else self.then - self.now

    @property
    def kept(self) -> bool | None:
        """Whether it comes as near as was asked; None when nothing was asked or is known."""
        return None if self.most is None or self.then is None else self.then <= self.most


@dataclass(frozen=True, slots=True)
class NearTable:
    """All minutes of one household. `pace` says at whose pace; `estimate`: as the crow flies.

    `now` and `then` are the minutes to its ties summed, as the matching counts them; None where
    nothing was counted.
    """

    ties: tuple[NearRow, ...]
    facilities: tuple[NearRow, ...]
    pace: str
    metres_a_minute: int
    farthest: int
    estimate: bool
    now: int | None
    then: int | None

    @property
    def change(self) -> int | None:
        """Minutes more (or fewer) to all ties together."""
        return None if self.now is None or self.then is None else self.then - self.now

    @property
    def rows(self) -> tuple[NearRow, ...]:
        """Everything, people first."""
        return self.ties + self.facilities


def near_table(found: Nearness, *, farthest: int, now: int | None, then: int | None) -> NearTable:
    """Put the walks the engine measured into words; `now` and `then` are its own sums."""
    return NearTable(
        ties=tuple(_of_tie(tie) for tie in found.ties),
        facilities=tuple(_of_facility(place) for place in found.facilities),
        pace=PACES[found.mobility],
        metres_a_minute=found.pace,
        farthest=farthest,
        estimate=found.estimate,
        now=now,
        then=then,
    )


def _of_tie(tie: TieWalk) -> NearRow:
    return NearRow(
        TIES[tie.kind],
        tie.walk.now,
        tie.walk.then,
        most=tie.most,
        must=tie.must,
        known=tie.place is not None,
        place=tie.place,
    )


def _of_facility(place: FacilityWalk) -> NearRow:
    return NearRow(
        FACILITIES[place.kind],
        place.walk.now,
        place.walk.then,
        near=place.near_then,
        place=place.place,
    )
