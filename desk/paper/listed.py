"""The morning list as rows of a sheet: what a coach works from on a train or at a kitchen table."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from desk.reading.morning import MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk.paper.sheet import Cell
    from desk.reading import HomeSide, MorningRow

HEADINGS = (
    *("Voorstel", "Stand", "Let op", "Antwoord voor", "Dagen over", "Huishouden", "Personen"),
    *("AOW", "Woning", "Soort", "Kamers", "Oppervlakte (m²)", "Verdieping", "Toegankelijkheid"),
    *("Buurt", "Streefhuur", "Keten", "Stap", "Aangeboden op", "Wat er veranderde", "Te oud"),
)
PEOPLE = ("Naam", "Telefoon", "Adres nu", "Adres woning")
"""Only where the coach asked for them: then who looked, at whom and why is written down."""


@dataclass(frozen=True, slots=True)
class Known:
    """Who and where, as the coach of the case may know: by household, and by dwelling."""

    names: Mapping[str, str] = field(default_factory=dict)
    phones: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)


def listed(
    rows: Sequence[MorningRow], known: Known | None = None
) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """Give headings and rows of the list; with people's own columns where they are given."""
    headings = HEADINGS if known is None else (*HEADINGS, *PEOPLE)
    return headings, [_cells(row) + _people(row, known) for row in rows]


def _cells(row: MorningRow) -> tuple[Cell, ...]:
    return (
        row.id,
        row.state_words,
        ", ".join(MARKS[mark] for mark in row.marks),
        row.until,
        row.days_left,
        row.household,
        row.persons,
        "ja" if row.aow else "nee",
        row.dwelling,
        *_home(row.home),
        row.chain,
        row.step,
        row.offered_on,
        " ".join(row.because),
        " ".join(row.stale),
    )


def _home(home: HomeSide | None) -> tuple[Cell, ...]:
    if home is None:
        return (None,) * 7
    return (
        home.kind_words,
        home.rooms,
        home.area,
        home.floor_words,
        home.access_words,
        home.neighbourhood,
        None if home.target is None else Decimal(home.target) / 100,
    )


def _people(row: MorningRow, known: Known | None) -> tuple[Cell, ...]:
    if known is None:
        return ()
    return (
        known.names.get(row.household),
        known.phones.get(row.household),
        known.addresses.get(row.leaves or ""),
        known.addresses.get(row.dwelling),
    )
