"""Tables as a Dutch spreadsheet writes them: `;`, decimal comma, 31-12-2026, J/N, CRLF, BOM."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, get_args

import pandas as pd

from data_contracts.cells import Eurocents
from data_contracts.records import DELIVERIES

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic.fields import FieldInfo

    from data_contracts.record import Record

_MONEY = get_args(Eurocents)[1]
_LEFT_OUT = {"lat", "lon", "street", "house_number", "house_letter", "addition"}
_LEFT_OUT |= {"vbo", "nummeraanduiding"}


def as_text(table: pd.DataFrame, record: type[Record]) -> pd.DataFrame:
    """Turn typed columns into the text of a delivery, with its Dutch headers in their order."""
    kept = {name: field for name, field in record.model_fields.items() if name not in _LEFT_OUT}
    return pd.DataFrame(
        {
            str(field.alias): _text(table[name], field)
            for name, field in kept.items()
            if name in table
        }
    )


def _text(values: pd.Series, field: FieldInfo) -> pd.Series:
    missing = values.isna()
    if missing.all():
        return pd.Series("", index=values.index, dtype="str")
    if _is(field, _MONEY):
        text = _euros(values.fillna(0).astype(int))
    elif date in _kinds(field.annotation):
        text = pd.to_datetime(values).dt.strftime("%d-%m-%Y")
    elif bool in _kinds(field.annotation):
        text = values.astype(bool).map({True: "J", False: "N"})
    elif int in _kinds(field.annotation):
        text = values.astype("Int64").astype("str")
    else:
        text = values.astype("str")
    return text.astype("str").mask(missing, "")


def _euros(cents: pd.Series) -> pd.Series:
    return (cents // 100).astype("str") + "," + (cents % 100).astype("str").str.zfill(2)


def _is(field: FieldInfo, mark: Any) -> bool:  # noqa: ANN401 - a pydantic validator
    inside = [m for a in get_args(field.annotation) for m in getattr(a, "__metadata__", ())]
    return mark in [*field.metadata, *inside]


def _kinds(annotation: Any) -> set[Any]:  # noqa: ANN401 - a type, of whatever form
    parts = get_args(annotation)
    return {annotation, *(kind for part in parts for kind in _kinds(part))}


def write_table(table: pd.DataFrame, name: str, folder: Path) -> Path:
    """Write one delivery: woningen.csv and so on."""
    path = folder / f"{DELIVERIES[name].name}.csv"
    table.to_csv(path, sep=";", index=False, lineterminator="\r\n", encoding="utf-8-sig")
    return path
