"""What a fact says, as it comes in one by one: JSON held against the row model of its table.

A delivery is text that a person may have typed; here a program speaks, so the types must be those
of the published schema: whole numbers (eurocents, metres), true or false, days as 2026-12-31.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from data_contracts.cells import Id
from data_contracts.events import KINDS, TABLES, canonical
from data_contracts.mistakes import NAMEABLE, UNREADABLE, Mistake, at
from data_contracts.people import Tie
from data_contracts.places import SQUARE, to_rd
from data_contracts.record import Located, apart_fields, dtypes
from data_contracts.sentences import complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data_contracts.record import Record

NOTHING = "{}"
MOST_UNKNOWN = 20
"""More unknown fields than this are not named one by one: the sender means something else."""
DEGREES = {"lat": "Float64", "lon": "Float64"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID = TypeAdapter(Id)
TYPES = {
    "boolean": ("geen_ja_nee", "Hier hoort true of false te staan, zonder aanhalingstekens."),
    "Int64": (
        "geen_geheel_getal",
        "Hier hoort een geheel getal te staan, zonder aanhalingstekens; geld in eurocenten.",
    ),
    "Float64": ("geen_getal", "Hier hoort een getal te staan, zonder aanhalingstekens."),
    "datetime64[s]": ("geen_datum", "Hier hoort een datum te staan, zoals 2026-12-31."),
    "str": ("geen_tekst", "Hier hoort tekst te staan, tussen aanhalingstekens."),
}
"""What must stand in a field of each kind, by its dtype."""


def is_id(text: str) -> bool:
    """Whether a text may be the id of something: letters, digits and . _ : / -, at most 64."""
    try:
        return bool(_ID.validate_python(text) == text)
    except ValidationError:
        return False


@cache
def fields_of(table: str) -> dict[str, str]:
    """Name the fields that a fact about a table may give, with their dtypes."""
    record = TABLES[table][0]
    return dtypes(record) | (DEGREES if issubclass(record, Located) else {})


def read_data(kind: str, data: object) -> tuple[str, list[Mistake]]:
    """Give a fact's data as canonical JSON, with everything that is wrong with it.

    The text means nothing when there are mistakes. The place of a tie comes out coarse, and
    degrees come out as RD metres, as in a delivery.
    """
    if not KINDS[kind].appears:
        return NOTHING, [] if data in (None, {}) else [_superfluous()]
    if not isinstance(data, dict):
        sentence = "Bij dit soort feit horen gegevens: een object met de velden van het schema."
        return NOTHING, [Mistake(at("data"), "geen_gegevens", sentence)]
    table = KINDS[kind].table
    found = [*_strange(table, data), *_mistyped(table, data)]
    wrongly = {mistake.pointer for mistake in found}
    row, more = _validated(
        TABLES[table][0],
        {
            name: value
            for name in fields_of(table)
            if (value := data.get(name)) is not None and at("data", name) not in wrongly
        },
        wrongly,
    )
    if row is None or found or more:
        return NOTHING, found + more
    return _written(row)


def _superfluous() -> Mistake:
    return Mistake(at("data"), "te_veel", "Bij dit soort feit horen geen gegevens: laat ze weg.")


def _strange(table: str, data: dict[str, Any]) -> Iterator[Mistake]:
    record = TABLES[table][0]
    apart = apart_fields(record)
    kept_apart = {*apart, *(record.model_fields[name].alias for name in apart)}
    unknown = [name for name in data if name not in fields_of(table)]
    for name in unknown[:MOST_UNKNOWN]:
        where = at("data", name) if NAMEABLE.fullmatch(name) else at("data")
        if name in kept_apart:
            sentence = "Dit persoonsgegeven hoort niet in een feit: geef het met een levering."
            yield Mistake(where, "persoonsgegeven", sentence)
        else:
            sentence = "Dit veld kennen wij niet: kijk in het schema van dit soort feit."
            yield Mistake(where, "onbekend_veld", sentence)


def _mistyped(table: str, data: dict[str, Any]) -> Iterator[Mistake]:
    for name, kind in fields_of(table).items():
        value = data.get(name)
        if value is not None and not _fits(value, kind):
            yield Mistake(at("data", name), *TYPES[kind])
        elif isinstance(value, str) and UNREADABLE.search(value):
            sentence = "Er staat een onleesbaar teken in deze tekst."
            yield Mistake(at("data", name), "onleesbaar_teken", sentence)


def _fits(value: object, kind: str) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "Int64":  # 3.0 is a whole number in JSON Schema
        return _number(value) and float(value).is_integer()  # type: ignore[arg-type] # a number
    if kind == "Float64":
        return _number(value)
    if kind == "datetime64[s]":
        return isinstance(value, str) and _DAY.fullmatch(value) is not None
    return isinstance(value, str)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53


def _validated(
    record: type[Record], row: dict[str, Any], wrongly: set[str]
) -> tuple[Record | None, list[Mistake]]:
    """Validate until nothing new is said: a wrong field is left out, to hear what comes after it.

    What fields say of each other can only be judged once each of them is right by itself.
    """
    found: list[Mistake] = []
    names = {field.alias or name: name for name, field in record.model_fields.items()}
    row = {alias: row[name] for alias, name in names.items() if name in row}
    groups = {at("data", name) for group in record.one_of for name in group}
    while True:
        try:
            return record.model_validate(row), found
        except ValidationError as error:
            of_the_row = not error.errors(include_url=False)[0]["loc"]
            said = [
                Mistake(at("data", names.get(column, column)), code, sentence)
                for column, code, sentence in complaints(error, record)
            ]
        told = wrongly | {mistake.pointer for mistake in found}
        # "one of these fields is needed" says nothing new when one of them was there, but wrong
        beside = groups if of_the_row and told & groups else set()
        new = [m for m in said if m.pointer not in told and m.pointer not in beside]
        found += new
        wrong = {mistake.pointer for mistake in said}
        left = {alias: cell for alias, cell in row.items() if at("data", names[alias]) not in wrong}
        if len(left) == len(row):
            return None, found
        row = left


def _written(row: Record) -> tuple[str, list[Mistake]]:
    said = row.model_dump(mode="json", include=set(dtypes(type(row))))
    if isinstance(row, Located):
        place = _place(row)
        said |= place
        if not _in_the_country(place):
            sentence = "Deze plaats ligt buiten Nederland: kijk breedte- en lengtegraad na."
            return NOTHING, [Mistake(at("data", "lat"), "buiten_bereik", sentence)]
    return canonical(said), []


def _place(row: Located) -> dict[str, int | None]:
    """Give the place in RD metres: of a tie the middle of its square, see `places.place`."""
    x, y = row.x, row.y
    if (x is None or y is None) and row.lat is not None and row.lon is not None:
        (x, *_), (y, *_) = (axis.tolist() for axis in to_rd([row.lat], [row.lon]))
    if isinstance(row, Tie) and x is not None and y is not None:
        x, y = (metres // SQUARE * SQUARE + SQUARE // 2 for metres in (x, y))
    return {"x": x, "y": y}


def _in_the_country(place: dict[str, int | None]) -> bool:
    x, y = place["x"], place["y"]
    if x is None or y is None:
        return True
    return 0 <= x <= 300_000 and 300_000 <= y <= 625_000  # noqa: PLR2004 - RD
