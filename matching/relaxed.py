"""What a household might ask a little less of: one wish at a time, never what it needs.

How accessible a home must be, and what it must have, are no wishes: nobody is asked to pretend.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data_contracts.words import TieKind
from matching.criteria.rules import LEVELS
from matching.explain import euros

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.state import State

SMALLER = 10
"""Square metres that one asks fewer."""
LONGER = 5
"""Minutes that somebody who must be near may be farther."""
NEIGHBOURS = 3
"""How many of the nearest neighbourhoods are tried."""
RENTS = (
    ("huurtoeslag", "kwaliteitskortingsgrens", "de kwaliteitskortingsgrens"),
    ("passend_toewijzen", "aftoppingsgrens_laag", "de lage aftoppingsgrens"),
    ("passend_toewijzen", "aftoppingsgrens_hoog", "de hoge aftoppingsgrens"),
    ("daeb", "huurgrens", "de huurgrens voor sociale huur"),
)
"""The limits of the year that rents gather under."""
WHO: dict[TieKind, str] = {
    TieKind.KIND: "een kind",
    TieKind.OUDER: "een ouder",
    TieKind.FAMILIE: "familie",
    TieKind.MANTELZORGER: "de mantelzorger",
    TieKind.MANTELONTVANGER: "degene voor wie het huishouden zorgt",
    TieKind.VRIEND: "een vriend",
    TieKind.BUUR: "een buur",
    TieKind.VERENIGING: "de vereniging",
    TieKind.GELOOF: "de plek van het geloof",
    TieKind.HUISARTS: "de huisarts",
    TieKind.DAGBESTEDING: "de dagbesteding",
    TieKind.SCHOOL: "de school",
    TieKind.WERK: "het werk",
}
"""What a tie is called; never who it is."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """One wish asked less of: the columns of the wish, or of one tie, and what they become.

    A value of None is: nothing is asked. `name` stays the same from day to day.
    """

    name: str
    sentence: str
    columns: tuple[tuple[str, Any], ...]
    tie: str | None = None


def relaxations(
    state: State, household: str, homes: pd.DataFrame, rules: Rules, policy: Policy
) -> tuple[Relaxed, ...]:
    """Name every wish that could be asked less of, in a fixed order; none without a wish.

    `homes` are those that can be entered: which neighbourhoods lie near is read from them.
    """
    if household not in state.wishes.index:
        return ()
    wish: dict[str, Any] = state.wishes.loc[household].to_dict()
    ties = state.ties[(state.ties["household"] == household).to_numpy(dtype=bool, na_value=False)]
    return (
        *_size(wish),
        *_rent(wish, rules),
        *_floor(wish),
        *_where(wish, homes, policy),
        *_kind(wish),
        *_ties(ties.sort_index()),
    )


def applied(state: State, household: str, relaxed: Relaxed) -> State:
    """Suppose that the household asks this; what follows from the State is worked out apart."""
    name, key = ("wishes", household) if relaxed.tie is None else ("ties", relaxed.tie)
    table = state.tables[name].copy()
    for column, value in relaxed.columns:
        table.loc[key, column] = missing(table, column) if value is None else value
    tables = state.tables | {name: table.astype(state.tables[name].dtypes)}
    return replace(state, tables=tables, _known=dict(state._known))  # noqa: SLF001 - its own copy


def missing(table: pd.DataFrame, column: str) -> Any:  # noqa: ANN401 - as the column says it
    """Give what a column says where nothing is asked."""
    return "" if column in ("areas", "kinds") else table[column].dtype.na_value


def _asked(wish: dict[str, Any], column: str) -> int | None:
    value = wish[column]
    return None if pd.isna(value) else int(value)


def _size(wish: dict[str, Any]) -> Iterator[Relaxed]:
    least, most, area = (_asked(wish, name) for name in ("min_rooms", "max_rooms", "min_area"))
    if least is not None and least > 1:
        yield Relaxed("kamer_minder", _rooms(least - 1), (("min_rooms", least - 1),))
    if most is not None:
        yield Relaxed("kamer_meer", _rooms(most + 1), (("max_rooms", most + 1),))
    if area is not None:
        less = max(8, area - SMALLER)
        sentence = f"Als een woning van {less} m² ook groot genoeg is (nu gevraagd: {area} m²)."
        yield Relaxed("kleiner", sentence, (("min_area", less),))


def _rooms(rooms: int) -> str:
    return f"Als een woning met {rooms} kamer{'s' * (rooms > 1)} ook goed is."


def _rent(wish: dict[str, Any], rules: Rules) -> Iterator[Relaxed]:
    most = _asked(wish, "max_rent")
    if most is None:
        return
    limits = [(rules.value(section, name), said) for section, name, said in RENTS]
    higher = sorted((value, said) for value, said in limits if value is not None and value > most)
    for value, said in higher[:1]:
        sentence = f"Als de huur tot {euros(value)} mag zijn: {said} van {rules.year}."
        yield Relaxed("hogere_huur", sentence, (("max_rent", value),))


def _floor(wish: dict[str, Any]) -> Iterator[Relaxed]:
    most = _asked(wish, "max_floor")
    if most is not None:
        sentence = f"Als een woning op verdieping {most + 1} ook goed is."
        yield Relaxed("verdieping_hoger", sentence, (("max_floor", most + 1),))
        sentence = (
            "Als hoger wonen ook goed is, met een lift of zo ver als het huishouden kan klimmen."
        )
        yield Relaxed("met_lift", sentence, (("max_floor", None),))


def _where(wish: dict[str, Any], homes: pd.DataFrame, policy: Policy) -> Iterator[Relaxed]:
    areas = "" if pd.isna(wish["areas"]) else str(wish["areas"])
    if not areas:
        return
    for near in neighbours(homes, frozenset(areas.split("|"))):
        sentence = f"Als een woning in buurt {near} ook goed is."
        yield Relaxed(f"buurt_{near}", sentence, (("areas", f"{areas}|{near}"),))
    sentence = (
        f"Als iedere woning binnen {policy.search_radius} meter van de eigen woning, of van "
        "belangrijke mensen en plekken, goed is."
    )
    yield Relaxed("alle_buurten", sentence, (("areas", None),))


def neighbours(homes: pd.DataFrame, areas: frozenset[str]) -> tuple[str, ...]:
    """Name the neighbourhoods nearest to those asked for, by the middle of their homes."""
    placed = homes[homes["neighbourhood"].notna() & homes["x"].notna()]
    inside = np.zeros(len(placed), dtype=bool)
    for level in LEVELS:
        inside |= placed[level].isin(areas).to_numpy(dtype=bool)
    middle = placed.groupby("neighbourhood")[["x", "y"]].mean().astype("int64")
    asked = middle.index.isin(placed["neighbourhood"][inside].unique())
    there, others = middle[asked].to_numpy(), middle[~asked]
    if not len(there) or others.empty:
        return ()
    apart = ((others.to_numpy()[:, None, :] - there[None, :, :]) ** 2).sum(axis=2).min(axis=1)
    nearest = sorted(zip(apart.tolist(), others.index.tolist(), strict=True))
    return tuple(str(name) for _, name in nearest[:NEIGHBOURS])


def _kind(wish: dict[str, Any]) -> Iterator[Relaxed]:
    if not pd.isna(wish["kinds"]) and wish["kinds"]:
        yield Relaxed("ieder_soort", "Als het soort woning niet uitmaakt.", (("kinds", None),))


def _ties(ties: pd.DataFrame) -> Iterator[Relaxed]:
    for number, (tie, row) in enumerate(ties.iterrows(), start=1):  # a household has few
        if not bool(row["must"]) or pd.isna(row["must"]):
            continue
        who, minutes = WHO[TieKind(row["kind"])], int(row["minutes"])
        sentence = (
            f"Als {who} tot {minutes + LONGER} minuten lopen mag zijn, in plaats van {minutes}."
        )
        yield Relaxed(f"band_{number}_verder", sentence, (("minutes", minutes + LONGER),), str(tie))
        sentence = f"Als dichtbij {who} wonen een wens is, en geen eis."
        yield Relaxed(f"band_{number}_wens", sentence, (("must", False),), str(tie))
