"""Side conditions: what a plan must keep to, besides each household and each home at most once.

Nouns only, in ids and columns of the options; `matching.optimise` honours them, the judge checks
them, `tests/brute_force.py` says what they mean. Every condition is kept by the plan as a whole;
the mix of a complex is kept at every moment while the plan is carried out.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from collections.abc import Iterable

Pair = tuple[str, str]
"""A household and the dwelling it would enter."""


class ImpossibleConditions(VerhuisketenError):
    """Deze voorwaarden kunnen niet samen: laat een vastgezette verhuizing of een norm los."""


@dataclass(frozen=True, slots=True)
class Group:
    """Households that move together or not at all, into homes near each other.

    Near is: in the same complex (`metres` None; a home without complex is near nothing), or every
    two homes at most `metres` apart in a straight line. Reads the columns complex, x, y (RD metres)
    of the home entered.
    """

    name: str
    members: tuple[str, ...]
    metres: int | None = None


@dataclass(frozen=True, slots=True)
class Mix:
    """How many households of one kind (vragend, dragend) a complex may hold, at every moment.

    `now` live there. Whichever chains are carried out however far (any prefix of each, rings whole
    or not at all), the number stays from `least` to `most`; where it lies outside already it gets
    no worse. Reads the columns resident (the kind of the household), complex, leaves_complex.
    """

    complex: str
    kind: str
    now: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What a column of the options comes to over the moves of the plan: `at_most`.

    A coach's hours (minutes per move), or a year's norm with its running counter: the column is
    then norm x counts - 100 x meets, which may be negative. `where` (column, value) says which
    rows count; None: all. A year that is already behind its norm gets `at_most` 0, so that the
    plan itself keeps the norm; below zero it is impossible.
    """

    name: str
    column: str
    at_most: int
    where: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """What one move asks of another household, because a tie that must be near moves too.

    When `household` enters `dwelling`, `other` stays or enters one of `allowed`; with `needs`, it
    must enter one of `allowed`.
    """

    household: str
    dwelling: str
    other: str
    allowed: tuple[str, ...] = ()
    needs: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What the moves of one corporation's households must be worth: `at_least`, in whole points.

    So no corporation of a pool is worse off than alone. Reads the column corporation (of the
    household). Worth is as in the plan's value: expected, without what stability adds.
    """

    corporation: str
    at_least: int


@dataclass(frozen=True, slots=True)
class Conditions:
    """All side conditions of one plan.

    `pinned` moves are in the plan, `forbidden` ones are not. `seen` proposals have been shown to
    people and stand open: each that the plan does not keep costs `change_cost` points. A household
    with `most_open` seen proposals or more gets no other move than one of these (None: no limit).
    """

    pinned: tuple[Pair, ...] = ()
    forbidden: tuple[Pair, ...] = ()
    seen: tuple[Pair, ...] = ()
    change_cost: int = 0
    most_open: int | None = None
    groups: tuple[Group, ...] = ()
    mixes: tuple[Mix, ...] = ()
    budgets: tuple[Budget, ...] = ()
    together: tuple[Together, ...] = ()
    shares: tuple[Share, ...] = ()

    @property
    def hash(self) -> str:
        """The sha256 of all conditions, first 16 characters; empty when there are none."""
        if self == NONE:
            return ""
        text = json.dumps(_fields(self), sort_keys=True, separators=(",", ":"), default=_fields)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def at_stake(self) -> int:
        """What it costs to keep none of the proposals that people have been shown, in points."""
        return self.change_cost * len(set(self.seen))

    def full_of(self) -> frozenset[str]:
        """The households that have as many open proposals as they may have."""
        if self.most_open is None:
            return frozenset()
        return frozenset(_at_least(self.most_open, (household for household, _ in self.seen)))


NONE = Conditions()


def _fields(one: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass of this module
    """The fields by name, not copied: there may be tens of thousands of pairs."""
    return {each.name: getattr(one, each.name) for each in fields(one)}


def _at_least(times: int, names: Iterable[str]) -> list[str]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return [name for name, count in counts.items() if count >= times]
