"""What stands on each sheet of the workbook: headings and rows, before anybody writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from desk.paper.whatif import cells, sections
from desk.paper.whatif.answers import answers
from desk.paper.whatif.assumptions import assumptions
from desk.paper.whatif.dimensions import dimension_in_words, value_in_words
from desk.paper.whatif.figured import FEW, FEW_NOTE
from matching.simulate.catalogue import MEASURES
from matching.simulate.comparison import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from desk.paper.whatif.report import Told
    from desk.paper.whatif.shapes import Point

Cell: TypeAlias = str | int | float | None
NUMBERS = ("mean", "low", "high", "difference", "difference_low", "difference_high")
HEADINGS = (
    *("Gemiddelde", "95 % laag", "95 % hoog"),
    *("Verschil met niets doen", "Verschil laag", "Verschil hoog", "Oordeel", "Herhalingen"),
)
"""Of every row of figures: the mean and its interval, the difference and its interval."""
PLACE = "neighbourhood:"


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: what it is called, its headings, its rows."""

    name: str
    headings: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def pages(told: Told) -> tuple[Page, ...]:
    """Give the nine sheets, in order."""
    return (
        _assumed(told),
        _summary(told),
        _differences(told),
        _norms(told),
        _per_year(told),
        _chains(told),
        _freed(told),
        _sensitivity(told),
        _places(told),
    )


def _assumed(told: Told) -> Page:
    rows: list[tuple[Cell, ...]] = [
        (one.label, one.value, one.source, one.whose, one.usual, one.path)
        for one in assumptions(told.scenarios)
    ]
    headings = ("Aanname", "Waarde", "Bron", "Standaard of aangepast", "Standaard", "Naam in YAML")
    return Page("Aannamen", headings, rows)


def _summary(told: Told) -> Page:
    rows: list[tuple[Cell, ...]] = []
    for one in answers(told.comparison, told.scenarios):
        rows.append((one.title, "Vraag", one.question))
        rows += [(one.title, "Wat er verandert in dit scenario", said) for said in one.changes]
        rows += [(one.title, "Antwoord", said) for said in one.sentences]
    distances = sections.distances(told.comparison, told.titles)
    rows += [("", "Hoe ver van het beste plan", said) for said in distances]
    rows += [("", f"Verantwoording: {label}", str(value)) for label, value in told.receipt.items()]
    rows.append(("", FEW.capitalize(), FEW_NOTE))
    return Page("Samenvatting", ("Scenario", "Wat", "Tekst"), rows)


def _differences(told: Told) -> Page:
    table = told.comparison.totals
    here = table[(table["acceptance"] == told.comparison.acceptance)]
    rows = [
        (*_of(told, row), *_group(row), *_figures(row, row["measure"]))
        for row in _rows(here[~here["group"].str.startswith(PLACE)])
    ]
    rows += [
        (*_norm(told, row), "%", "", "", *_figures(row))
        for row in _rows(told.comparison.ratios)
        if row["year"] == 0
    ]
    headings = ("Scenario", "Maat", "Eenheid", "Onderverdeling", "Waarde", *HEADINGS)
    return Page("Verschillen", headings, rows)


def _norms(told: Told) -> Page:
    rows: list[tuple[Cell, ...]] = [
        (*_norm(told, row), row["year"], *_figures(row))
        for row in _rows(told.comparison.ratios)
        if row["year"]
    ]
    return Page("Normen", ("Scenario", "Norm (%)", "Jaar", *HEADINGS), rows)


def _norm(told: Told, row: Mapping[str, Any]) -> tuple[str, str]:
    return told.titles[row["scenario"]], sections.RATIOS[row["ratio"]]


def _per_year(told: Told) -> Page:
    table = told.comparison.yearly
    rows = [
        (*_of(told, row), row["year"], *_figures(row, row["measure"]))
        for row in _rows(table[table["group"] == WHOLE])
    ]
    return Page("Per jaar", ("Scenario", "Maat", "Eenheid", "Jaar", *HEADINGS), rows)


def _chains(told: Told) -> Page:
    names = {
        "moves": "verhuizingen per keten die eindigde",
        "vacancies": "vrijgekomen woningen per keten die eindigde",
        "older": "ouderen naar een geschikte woning, per keten die eindigde",
        "chains": "ketens die begonnen",
        "open": "ketens die nog open stonden",
        "open_moves": "verhuizingen tot nu toe, per open keten",
    }
    rows: list[tuple[Cell, ...]] = [
        (told.titles[row["scenario"]], *_kind(row), names[row["measure"]], *_figures(row))
        for row in _rows(told.comparison.lengths)
    ]
    rows += [
        (
            *(told.titles[row["scenario"]], *_kind(row), f"eindigt met: {row['end']} (%)"),
            *(row["tenths"] / 10, *(None,) * (len(HEADINGS) - 1)),
        )
        for row in _rows(told.comparison.ends)
    ]
    headings = ("Scenario", "Oorzaak", "Soort woning", "Buurt", "Wat", *HEADINGS)
    return Page("Ketens", headings, rows)


def _freed(told: Told) -> Page:
    rows: list[tuple[Cell, ...]] = [
        (
            *(told.titles[row["scenario"]], row["year"], row["rent"], row["rooms"] or "onbekend"),
            *(value_in_words("access", row["access"]), row["neighbourhood"], *_figures(row)),
        )
        for row in _rows(told.comparison.freed_yearly)
    ]
    headings = ("Scenario", "Jaar", "Huurklasse", "Kamers", "Toegankelijkheid", "Buurt", *HEADINGS)
    return Page("Vrijgekomen woningen", headings, rows)


def _sensitivity(told: Told) -> Page:
    table = told.comparison.totals
    rows = [
        (*_of(told, row), row["acceptance"], *_figures(row, row["measure"]))
        for row in _rows(table[table["group"] == WHOLE])
    ]
    headings = ("Scenario", "Maat", "Eenheid", "Kans dat een voorstel doorgaat (%)", *HEADINGS)
    return Page("Gevoeligheid", headings, rows)


def _places(told: Told) -> Page:
    table = told.comparison.totals
    here = table[table["group"].str.startswith(PLACE)]
    rows = [
        (*_of(told, row), row["group"].partition(":")[2], *_figures(row, row["measure"]))
        for row in _rows(here[here["acceptance"] == told.comparison.acceptance])
    ]
    return Page("Buurten", ("Scenario", "Maat", "Eenheid", "Buurt", *HEADINGS), rows)


def _of(told: Told, row: Mapping[str, Any]) -> tuple[str, str, str]:
    measure = row["measure"]
    return told.titles[row["scenario"]], MEASURES[measure].title, cells.unit_of(measure)[0]


def _group(row: Mapping[str, Any]) -> tuple[str, str]:
    dimension, _, value = row["group"].partition(":")
    return dimension_in_words(dimension), value_in_words(dimension, value)


def _kind(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return tuple(row[one] or "alle" for one in ("cause", "home", "neighbourhood"))  # type: ignore[return-value] # three of them


def _figures(row: Mapping[str, Any], measure: str | None = None) -> tuple[Cell, ...]:
    """Give the numbers of a row in the unit that is told, and what there is to say of them."""
    if row["suppressed"]:
        return (*(FEW,) * len(NUMBERS), "", None)
    per = cells.unit_of(measure)[1] if measure else 1.0
    numbers = tuple(None if row[one] != row[one] else row[one] / per for one in NUMBERS)
    return (*numbers, _verdict(cells.point(row, per=per, difference=True)), row["replications"])


def _verdict(away: Point) -> str:
    return sections.difference(away).verdict if away.low is not None else ""


def _rows(table: pd.DataFrame) -> Iterable[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_dict("records")
    return rows
