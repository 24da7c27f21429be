"""What a record is: a row that was agreed upon, where its place is, and what a fact carries of it.

The rows themselves stand in `data_contracts.records`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from data_contracts.cells import Decimal, Metres, code, wrong
from data_contracts.words import Feature


@dataclass(frozen=True, slots=True)
class Apart:
    """Marks a field that stays out of facts, State and matching."""


@dataclass(frozen=True, slots=True)
class Place:
    """Marks latitude and longitude, which become RD metres before anything else sees them."""


UpperCase = BeforeValidator(code)
RdX = Annotated[Metres, Field(ge=0, le=300_000)]
RdY = Annotated[Metres, Field(ge=300_000, le=625_000)]
Lat = Annotated[Decimal, Field(ge=50.75, le=53.70), Place()]
Lon = Annotated[Decimal, Field(ge=3.2, le=7.22), Place()]


class Record(BaseModel):
    """A row that was agreed upon; unknown columns are ignored, known ones must be right.

    `one_of` names groups of fields of which a row needs one whole group.
    """

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()

    model_config = ConfigDict(
        frozen=True, populate_by_name=True, extra="ignore", str_strip_whitespace=True
    )


class Located(Record):
    """A row with a place, in RD (EPSG:28992) or WGS84; after reading always RD in metres."""

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = (("x", "y"), ("lat", "lon"))

    x: RdX | None = Field(default=None, alias="rd_x")
    y: RdY | None = Field(default=None, alias="rd_y")
    lat: Lat | None = Field(default=None, alias="breedtegraad")
    lon: Lon | None = Field(default=None, alias="lengtegraad")

    def place_given(self) -> bool:
        """Whether one whole pair of coordinates is there."""
        rd, wgs = (self.x, self.y), (self.lat, self.lon)
        return None not in rd or None not in wgs

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        place = (self.x, self.y, self.lat, self.lon)
        half = place != (None,) * 4 and not Located.place_given(self)
        if half or not self.place_given():
            raise wrong(
                "geen_plaats",
                "Er ontbreekt een plaats: geef rd_x en rd_y, of breedtegraad en lengtegraad.",
                *self._empty_place(),
            )
        return self

    def _empty_place(self) -> tuple[str, ...]:
        pair = ("lat", "lon") if self.x is None and self.y is None else ("x", "y")
        empty = tuple(name for name in pair if getattr(self, name) is None)
        return empty if len(empty) == 1 else ("x",)


def known_features(joined: str, field: str) -> None:
    """Refuse a list of features with one nobody knows."""
    if set(filter(None, joined.split("|"))) - set(Feature):
        raise wrong(
            "onbekend_kenmerk",
            "Er staat een onbekend kenmerk in de lijst; zie docs/mapping.md.",
            field,
        )


def in_order(row: Record, first: str, second: str) -> None:
    """Refuse a row whose second field lies before its first: days, or a minimum and a maximum."""
    low, high = getattr(row, first), getattr(row, second)
    if low is None or high is None or low <= high:
        return
    names = type(row).model_fields[first].alias, type(row).model_fields[second].alias
    if isinstance(low, date):
        raise wrong("einde_voor_begin", f"De {names[1]} ligt vóór de {names[0]}.", second)
    raise wrong("minimum_boven_maximum", f"Het {names[0]} is hoger dan het {names[1]}.", second)


def _marked(record: type[BaseModel], mark: type) -> list[str]:
    return [
        name
        for name, field in record.model_fields.items()
        if any(isinstance(m, mark) for m in (*field.metadata, *inner_marks(field.annotation)))
    ]


def inner_marks(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a type, of whatever form
    """Give what a type is annotated with, however deep it stands."""
    inside = tuple(getattr(annotation, "__metadata__", ()))
    return inside + tuple(
        m for a in get_args(annotation) if not isinstance(a, str) for m in inner_marks(a)
    )


def apart_fields(record: type[BaseModel]) -> list[str]:
    """Name the fields that are kept apart."""
    return _marked(record, Apart)


def fact_fields(record: type[BaseModel]) -> list[str]:
    """Name the fields a fact carries and a State table has: all but those apart and lat/lon."""
    out = {*apart_fields(record), *_marked(record, Place)}
    return [name for name in record.model_fields if name not in out]


_DTYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "Int64"),
    (float, "Float64"),
    (date, "datetime64[s]"),
)


def dtypes(record: type[BaseModel]) -> dict[str, str]:
    """Say the pandas dtype of every fact field: boolean, Int64, Float64, datetime64[s] or str."""
    return {name: _dtype(record.model_fields[name].annotation) for name in fact_fields(record)}


def _dtype(annotation: Any) -> str:  # noqa: ANN401 - a type, of whatever form
    kinds = {annotation, *_leaves(annotation)}
    for kind, dtype in _DTYPES:
        if kind in kinds:
            return dtype
    return "str"


def _leaves(annotation: Any) -> set[Any]:  # noqa: ANN401 - a type, of whatever form
    found: set[Any] = set()
    for inner in get_args(annotation):
        if isinstance(inner, type):
            found.add(inner)
        found |= _leaves(inner)
    return found
