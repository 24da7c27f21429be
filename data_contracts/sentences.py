"""What is wrong with a row, in the words of a data steward: a reason code and a Dutch sentence.

Pydantic says what it found in its own types and in English, and repeats the value. Here that
becomes our code, our sentence, and never a value: error texts hold nobody's data.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from data_contracts.cells import eurocents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails, ValidationError

    from data_contracts.record import Record

RECORD_PROBLEMS = {
    "verkeerd_aantal_velden": "Deze regel heeft meer of minder velden dan de kopregel.",
    "kapot_aanhalingsteken": "In deze regel staat een aanhalingsteken dat niet klopt.",
    "te_lange_regel": "Deze regel is te lang om te lezen.",
    "geen_json": "Deze regel is geen JSON-object.",
    "dubbele_sleutel": "In deze regel staat een naam tweemaal.",
    "geneste_waarde": "In deze regel staat een lijst of object waar één waarde hoort.",
    "onleesbaar_teken": "In deze regel staat een onleesbaar teken.",
}
"""What can be wrong with a record before its cells are looked at, by reason code."""

UNREADABLE = ("onleesbaar_teken", "Er staat een onleesbaar teken in deze cel.")
NUL = ("nul_teken", "Er staat een leeg (NUL) teken in deze cel.")
TWICE = "dubbel_kenmerk"

ENDED = {
    ("toegankelijkheidslabel", "GEL"): "De code GEL is vervallen; gebruik GNV of NUL.",
    ("benodigde_toegankelijkheid", "GEL"): "De code GEL is vervallen; gebruik GNV of NUL.",
    ("woonvorm", "GEB"): "De code GEB is vervallen als woonvorm; laat de cel leeg.",
    ("status", "OND"): "De code OND is vervallen; gebruik UIT.",
    ("status", "VEK"): "De code VEK is vervallen; gebruik UIT.",
    ("status", "AFW"): "De code AFW is vervallen; gebruik AFG.",
}
"""Codes that VERA ended, by column. Source: VERA-referentiedata 2026-06-26."""


def twice(record: int) -> str:
    """Say that a key was there before, in which record."""
    return f"Dit kenmerk staat ook in regel {record}, met een andere inhoud; die telt."


def complaints(error: ValidationError, record: type[Record]) -> Iterator[tuple[str, str, str]]:
    """Give column, reason code and Dutch sentence for everything wrong with one row."""
    for detail in error.errors(include_url=False):
        column = _column(detail, record)
        code, sentence = _translated(detail, column, record)
        yield column, code, sentence


def _column(detail: ErrorDetails, record: type[Record]) -> str:
    if detail["loc"]:
        return str(detail["loc"][0])
    fields = detail.get("ctx", {}).get("fields", ())
    return record.model_fields[fields[0]].alias or "" if fields else ""


def _translated(detail: ErrorDetails, column: str, record: type[Record]) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "enum":
        return _unknown_code(str(detail["input"]).strip().upper(), column, record)
    if kind in {"greater_than_equal", "less_than_equal"}:
        return "buiten_bereik", _out_of_range(kind, context, _is_money(record, column))
    if "fields" in context:  # a sentence of our own, see `cells.wrong`
        return kind, detail["msg"]
    if kind == "missing":
        return "ontbreekt", "Dit verplichte veld is leeg."
    if kind == "string_too_long":
        return "te_lang", f"Deze tekst is te lang: hoogstens {context['max_length']} tekens."
    return "ongeldig", "Wat hier staat past niet in deze kolom; zie docs/mapping.md."


def _unknown_code(code: str, column: str, record: type[Record]) -> tuple[str, str]:
    if ended := ENDED.get((column, code)):
        return "vervallen_code", ended
    allowed = ", ".join(_codes(record, column))
    return "onbekende_code", f"Deze code is onbekend; gebruik een van: {allowed}."


def _out_of_range(kind: str, context: dict[str, Any], money: bool) -> str:  # noqa: FBT001 - private
    bound = context.get("ge", context.get("le"))
    figure = str(bound)
    if money:
        euros, cents = divmod(int(figure), 100)
        figure = f"{euros:,}".replace(",", ".") + f",{cents:02d} euro"
    size = "laag: minstens" if kind == "greater_than_equal" else "hoog: hoogstens"
    return f"Dit getal is te {size} {figure}."


@cache
def _codes(record: type[Record], column: str) -> tuple[str, ...]:
    found = (part for part in _parts(_annotation(record, column)))
    return tuple(
        member.value
        for part in found
        if isinstance(part, type) and issubclass(part, StrEnum)
        for member in part
    )


@cache
def _is_money(record: type[Record], column: str) -> bool:
    field = next(f for f in record.model_fields.values() if f.alias == column)
    marks = (*field.metadata, *_parts(field.annotation))
    return any(getattr(mark, "func", None) is eurocents for mark in marks)


def _annotation(record: type[Record], column: str) -> object:
    return next(f.annotation for f in record.model_fields.values() if f.alias == column)


def _parts(annotation: object) -> Iterator[object]:
    yield annotation
    yield from getattr(annotation, "__metadata__", ())
    for inner in get_args(annotation):
        yield from _parts(inner)
