"""A number that looks like a burgerservicenummer has no place in any field: it is refused.

Looked for is what people type freely. Ids, telephone numbers and BAG codes are numbers of their
own, and one in eleven of nine digits passes the test by chance.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from data_contracts.cells import Id
from data_contracts.record import inner_marks

if TYPE_CHECKING:
    from data_contracts.record import Record

PROSE = frozenset({"name", "email", "street", "town"})
"""Fields in which people type what they like; a test says that there are no others."""
NUMBERS = frozenset({"phone", "corporation"})
"""Fields that hold long numbers of their own, besides ids."""
BSN = ("bsn", "Hier staat een nummer dat op een burgerservicenummer lijkt. Haal het weg.")
_NINE = re.compile(r"(?<![0-9])[0-9](?:[ .-]?[0-9]){8}(?![0-9])")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_ELEVEN = 11
_ID = Id.__metadata__[-1]  # type: ignore[attr-defined] # what makes an Id an Id: its pattern


def holds_bsn(text: str) -> bool:
    """Whether nine digits in a text pass the elfproef of a burgerservicenummer."""
    return any(_passes(found) for found in _NINE.findall(text))


def _passes(found: str) -> bool:
    digits = [int(character) for character in found if character.isdigit()]
    total = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return total % _ELEVEN == 0 and any(digits)


@cache
def prose_columns(record: type[Record]) -> frozenset[str]:
    """Name the columns of a delivery in which people type what they like."""
    return _columns(record, PROSE & record.model_fields.keys())


@cache
def _columns_of_numbers(record: type[Record]) -> frozenset[str]:
    ids = {
        name
        for name, field in record.model_fields.items()
        if _ID in (*field.metadata, *inner_marks(field.annotation))
    }
    return _columns(record, (NUMBERS & record.model_fields.keys()) | ids)


def _columns(record: type[Record], names: set[str] | frozenset[str]) -> frozenset[str]:
    return frozenset(record.model_fields[name].alias or name for name in names)


def without_bsn(cells: dict[str, str], record: type[Record]) -> dict[str, str]:
    """Give the cells of a refused row as they may be kept: one that holds such a number is empty.

    In every column but those of ids and telephones: in a refused row cells may have shifted.
    """
    own = _columns_of_numbers(record)
    return {
        column: "" if column not in own and holds_bsn(cell) else cell
        for column, cell in cells.items()
    }
