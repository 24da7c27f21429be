"""What paper tells of one proposal: plain figures, before anybody has chosen words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


TOO_FAR = 90
"""Minutes that stand for: nobody walks this."""


@dataclass(frozen=True, slots=True)
class Home:
    """A home as a resident knows it: kind in words, rooms, m², the floor of its front door.

    `address` only where the reader may know it. `step_free`: one comes in without a step.
    """

    kind: str
    rooms: int | None = None
    area: int | None = None
    floor: int | None = None
    lift: bool = False
    step_free: bool = False
    address: str = ""

    @property
    def stairs(self) -> bool:
        """Whether one climbs stairs to get in; not where we do not know."""
        return bool(self.floor and self.floor > 0 and not self.lift)


@dataclass(frozen=True, slots=True)
class Walk:
    """Minutes on foot to somebody or something that matters, now and then; None: too far to walk.

    `to` with its article: "uw kind", "de huisarts". `person`: somebody, not a place.
    """

    to: str
    now: int | None
    then: int | None
    person: bool = True

    @property
    def nearer(self) -> int:
        """How many minutes nearer; negative when farther."""
        now, then = (TOO_FAR if m is None else m for m in (self.now, self.then))
        return now - then


@dataclass(frozen=True, slots=True)
class Rent:
    """Net rent a month in eurocents: now (None: unknown, or a starter), and then; with schemes.

    `kept`: a scheme lets the old rent move along. `grants`: name and eurocents once.
    """

    now: int | None
    then: int
    kept: bool = False
    grants: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the coach as the household knows her, and her telephone number if we know it."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One proposal, as far as paper tells of it; `home` is None for who leaves none behind.

    `on` is the day of the letter, `until` the last day to answer. `waits_for`: how many households
    must first move for the home to come free; `together`: with how many others in an exchange all
    move at once. `estimate`: minutes are as the crow flies. `priority`: it has one.
    """

    proposal: str
    name: str
    on: date
    until: date | None
    home: Home | None
    to: Home
    rent: Rent
    caller: Caller
    walks: tuple[Walk, ...] = ()
    estimate: bool = True
    priority: bool = False
    waits_for: int = 0
    together: int = 0
