"""A home as the coach's page shows it, and two of them side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_contracts.phrases import ACCESS, kind_of
from data_contracts.words import Access, DwellingKind
from desk.figures import euro, signed
from desk.reading.words import features_in_words
from matching.candidates import every_home, lived_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from matching.state import State


@dataclass(frozen=True, slots=True)
class HomeSide:
    """One home: what matters of it to who would live there. Rents in eurocents a month, area in m².

    `rent` is what the household pays here, now or after the move; `target` what the corporation
    asks of a new tenant. `floor` is that of the front door: 0 is the ground.
    """

    dwelling: str
    corporation: str
    kind: DwellingKind | None
    kind_words: str
    rooms: int | None
    area: int | None
    floor: int | None
    lift: bool
    access: Access | None
    access_words: str
    energy: str | None
    neighbourhood: str | None
    features: tuple[str, ...]
    rent: int | None
    target: int | None
    free: date | None = None
    place: tuple[int, int] | None = None

    @property
    def stairs(self) -> int:
        """How many floors must be climbed without a lift."""
        return 0 if self.lift else max(self.floor or 0, 0)

    @property
    def floor_words(self) -> str:
        """Say how one gets to the front door."""
        if self.floor is None:
            return "onbekend"
        if self.floor <= 0:
            return "begane grond"
        return f"{self.floor}e verdieping, {'met' if self.lift else 'zonder'} lift"


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing of two homes side by side, in words; `better` where it is plain which way it goes.

    `change` is the difference in words, empty where there is none to tell.
    """

    what: str
    now: str
    then: str
    change: str = ""
    better: bool | None = None


def home_side(
    state: State, dwelling: str, *, rent: int | None, free: date | None = None
) -> HomeSide | None:
    """Describe a home with what the household pays there; None when nobody knows it any more."""
    homes = every_home(state)
    if dwelling not in homes.index:
        return None
    return side_of(dwelling, plain_row(homes.loc[dwelling].to_dict()), rent=rent, free=free)


def side_of(
    dwelling: str, row: Mapping[str, Any], *, rent: int | None, free: date | None = None
) -> HomeSide:
    """Describe a home from a plain row of its fields (None where nothing is known)."""
    access = Access(row["access"]) if row.get("access") else None
    x, y = row.get("x"), row.get("y")
    return HomeSide(
        dwelling=dwelling,
        corporation=str(row.get("corporation") or ""),
        kind=DwellingKind(row["kind"]) if row.get("kind") else None,
        kind_words=kind_of(dict(row)),
        rooms=row.get("rooms"),
        area=row.get("area"),
        floor=row.get("floor"),
        lift=bool(row.get("lift")),
        access=access,
        access_words="onbekend" if access is None else ACCESS[access],
        energy=row.get("energy"),
        neighbourhood=row.get("neighbourhood"),
        features=features_in_words(row.get("features")),
        rent=rent,
        target=row.get("target_rent"),
        free=free,
        place=None if x is None or y is None else (int(x), int(y)),
    )


def plain_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Make the cells of a row plain Python: None for what is missing, a date for a moment."""
    return {str(name): plain(value) for name, value in row.items()}


def plain(value: Any) -> Any:  # noqa: ANN401 - a cell, of whatever type
    """Make one cell plain Python."""
    if value is None or value != value or str(value) in ("<NA>", "NaT"):  # noqa: PLR0124 - NaN
        return None
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime().date()
    return value.item() if hasattr(value, "item") else value


def lives_in(state: State, household: str, on: date) -> tuple[str, int] | None:
    """Give the home a household lives in and the rent it pays (eurocents); None for a starter."""
    lives = lived_in(state, on)
    if household not in lives.index:
        return None
    row = lives.loc[household]
    return str(row["dwelling"]), int(row["rent"])


def compared(now: HomeSide | None, then: HomeSide | None) -> tuple[Compared, ...]:
    """Put two homes side by side, what matters most to an older tenant first; None is unknown."""
    return (
        _floors(now, then),
        _rents(now, then),
        _same("Toegankelijkheid", _word(now, "access_words"), _word(then, "access_words")),
        _counted("Kamers", _number(now, "rooms"), _number(then, "rooms")),
        _counted("Oppervlakte", _number(now, "area"), _number(then, "area"), unit=" m²"),
        _same("Soort woning", _word(now, "kind_words"), _word(then, "kind_words")),
        _same("Energielabel", _word(now, "energy"), _word(then, "energy")),
        _same("Buurt", _word(now, "neighbourhood"), _word(then, "neighbourhood")),
        _same("Wat de woning heeft", _features(now), _features(then)),
    )


def _floors(now: HomeSide | None, then: HomeSide | None) -> Compared:
    words = [_word(home, "floor_words") for home in (now, then)]
    if now is None or then is None or now.floor is None or then.floor is None:
        return Compared("Verdieping en lift", words[0], words[1])
    climbed = then.stairs - now.stairs
    change = (
        "" if climbed == 0 else f"{_flights(abs(climbed))} {'minder' if climbed < 0 else 'meer'}"
    )
    better = None if climbed == 0 else climbed < 0
    return Compared("Verdieping en lift", words[0], words[1], change, better)


def _flights(count: int) -> str:
    return "1 trap" if count == 1 else f"{count} trappen"


def _rents(now: HomeSide | None, then: HomeSide | None) -> Compared:
    old, new = (None if home is None else home.rent for home in (now, then))
    words = [_or_unknown(None if rent is None else euro(rent)) for rent in (old, new)]
    if old is None or new is None or old == new:
        return Compared("Netto huur per maand", words[0], words[1])
    change = f"{euro(abs(new - old))} {'lager' if new < old else 'hoger'}"
    return Compared("Netto huur per maand", words[0], words[1], change, new < old)


def _counted(what: str, now: int | None, then: int | None, *, unit: str = "") -> Compared:
    words = [_or_unknown(None if number is None else f"{number}{unit}") for number in (now, then)]
    differs = now is not None and then is not None and now != then
    change = f"{signed((then or 0) - (now or 0))}{unit}" if differs else ""
    return Compared(what, words[0], words[1], change)


def _same(what: str, now: str, then: str) -> Compared:
    return Compared(what, now, then, "zelfde" if now == then != "onbekend" else "")


def _features(home: HomeSide | None) -> str:
    if home is None:
        return "onbekend"
    return ", ".join(home.features) or "niets bijzonders bekend"


def _word(home: HomeSide | None, name: str) -> str:
    return _or_unknown(None if home is None else getattr(home, name))


def _number(home: HomeSide | None, name: str) -> int | None:
    found: int | None = None if home is None else getattr(home, name)
    return found


def _or_unknown(words: str | None) -> str:
    return words or "onbekend"
