"""How one cell of a delivery is read: as text, by our own rules, with a Dutch sentence when not.

Every type here accepts what a Dutch spreadsheet writes and what our own facts hold, so the same
record model reads deliveries and facts. Nothing guesses: `1E5` is no number, `01-02-2026` is the
first of February, and what cannot be read says so.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from math import floor
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

# [0-9] and not \d: that also matches Arabic and full-width digits.
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,9}([.,][0-9]{1,17})?")
_MONEY = re.compile(r"(?:€\s*)?([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,9})(?:,([0-9]{1,2}|-))?")
_MONEY_POINT = re.compile(r"(?:€\s*)?([0-9]{1,9})\.([0-9]{1,2})")
_DATES = (
    (re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})"), (3, 2, 1)),
    (
        re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?"),
        (1, 2, 3),
    ),
    (re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"), (1, 2, 3)),
)
_REMEMBERED = 4_096  # cells of a column repeat: what was read before need not be read again
_LAST_HOUSE_NUMBER = 99_999  # BAG
_FIRST_YEAR = 1900  # a tenancy of the year 226 is a typing error
_YES = frozenset({"j", "ja", "true", "waar", "1"})
_NO = frozenset({"n", "nee", "false", "onwaar", "0"})
HIGHEST_HOUSE_NUMBER = 99_999  # BAG


def wrong(code: str, sentence: str, *fields: str) -> PydanticCustomError:
    """Say what is wrong with a cell: a reason code, and a Dutch sentence without its value.

    What is wrong with a row as a whole names the fields to look at, first the likeliest.
    """
    context = {"fields": fields}
    return PydanticCustomError(code, sentence, context)


def whole_number(cell: object) -> object:
    """Read a whole number; `3,0`, `1E5` and `3 kamers` are not."""
    if not isinstance(cell, str):
        return cell
    if not _WHOLE.fullmatch(cell.strip()):
        raise wrong("geen_geheel_getal", "Hier hoort een geheel getal te staan, alleen cijfers.")
    return int(cell)


def decimal_number(cell: object) -> object:
    """Read a decimal number written with a comma or a point, without thousands."""
    if not isinstance(cell, str):
        return cell
    if not _DECIMAL.fullmatch(cell.strip()):
        raise wrong("geen_getal", "Hier hoort een getal te staan, met een komma of punt.")
    return float(cell.strip().replace(",", "."))


def metres(cell: object) -> object:
    """Read a coordinate in metres, with or without decimals, rounded half up to a whole one."""
    number = decimal_number(cell)
    return floor(number + 0.5) if isinstance(number, float) else number


def eurocents(cell: object) -> object:
    """Read an amount in euros (`1.184,82`, `650`, `650.5`) as whole eurocents."""
    return _cents(cell.strip()) if isinstance(cell, str) else cell


@lru_cache(_REMEMBERED)
def _cents(text: str) -> int:
    if point := _MONEY_POINT.fullmatch(text):
        return int(point[1]) * 100 + int(point[2].ljust(2, "0"))
    if found := _MONEY.fullmatch(text):
        cents = (found[2] or "").replace("-", "").ljust(2, "0")
        return int(found[1].replace(".", "")) * 100 + int(cents)
    raise wrong("geen_bedrag", "Hier hoort een bedrag in euro's te staan, zoals 612,45.")


def yes_or_no(cell: object) -> object:
    """Read J/N, ja/nee, true/false, waar/onwaar or 1/0."""
    if not isinstance(cell, str):
        return cell
    word = cell.strip().lower()
    if word not in _YES | _NO:
        raise wrong("geen_ja_nee", "Hier hoort J of N te staan.")
    return word in _YES


def day(cell: object) -> object:
    """Read a date day first (`1-2-2026`) or ISO (`2026-02-01`)."""
    if isinstance(cell, datetime):
        return cell.date()
    return _date(cell.strip()) if isinstance(cell, str) else cell


@lru_cache(_REMEMBERED)
def _date(text: str) -> date:
    for pattern, (year, month, number) in _DATES:
        if found := pattern.fullmatch(text):
            try:
                when = date(int(found[year]), int(found[month]), int(found[number]))
            except ValueError:
                break
            if when.year >= _FIRST_YEAR:
                return when
    raise wrong("geen_datum", "Hier hoort een bestaande datum te staan, zoals 31-12-2026.")


def codes(cell: object) -> object:
    """Read a list of codes (`A|B` or `A, B`) as sorted text `A|B`; order never matters."""
    return _sorted_codes(cell) if isinstance(cell, str) else cell


@lru_cache(_REMEMBERED)
def _sorted_codes(text: str) -> str:
    return "|".join(sorted({part.strip().upper() for part in re.split(r"[|,]", text)} - {""}))


def code(cell: object) -> object:
    """Read one code: upper case, no blanks around it."""
    return cell.strip().upper() if isinstance(cell, str) and type(cell) is str else cell


def without_nul(text: str) -> str:
    """Refuse the character PostgreSQL cannot store."""
    if "\x00" in text:
        raise wrong("nul_teken", "Er staat een onleesbaar teken in deze cel.")
    return text


def pattern(regex: str, code_: str, sentence: str) -> AfterValidator:
    """Hold text against a pattern, with a sentence of our own when it does not fit."""
    compiled = re.compile(regex)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise wrong(code_, sentence)
        return text

    return AfterValidator(check)


Whole = Annotated[int, BeforeValidator(whole_number)]
Metres = Annotated[int, BeforeValidator(metres)]
Decimal = Annotated[float, BeforeValidator(decimal_number)]
Eurocents = Annotated[int, BeforeValidator(eurocents)]
YesNo = Annotated[bool, BeforeValidator(yes_or_no)]
Day = Annotated[date, BeforeValidator(day)]
Codes = Annotated[str, BeforeValidator(codes)]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    AfterValidator(without_nul),
]
Id = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    pattern(
        r"[0-9A-Za-z][0-9A-Za-z._:/-]{0,63}",
        "geen_kenmerk",
        "Een kenmerk bestaat uit letters, cijfers en . _ : / -, hoogstens 64 tekens.",
    ),
]
Corporation = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    pattern(
        r"[0-9]{8}|[0-9]{8}[0-9A-Za-z]{8,9}0{3,4}",
        "geen_organisatienummer",
        "Hier hoort een KvK-nummer (8 cijfers) of een OIN (20 tekens) te staan.",
    ),
    pattern(r".{8}|.{20}", "geen_organisatienummer", "Een OIN heeft 20 tekens."),
]
Vbo = Annotated[
    str,
    pattern(
        r"[0-9]{4}(01|02|03)[0-9]{10}",
        "geen_bag_object",
        "Dit is geen BAG-code van een adresseerbaar object (16 cijfers).",
    ),
]
Nummeraanduiding = Annotated[
    str,
    pattern(
        r"[0-9]{4}20[0-9]{10}",
        "geen_bag_nummeraanduiding",
        "Dit is geen BAG-code van een nummeraanduiding (16 cijfers).",
    ),
]
Gemeente = Annotated[
    str, BeforeValidator(code), pattern(r"GM[0-9]{4}", "geen_gemeentecode", "GM en vier cijfers.")
]
Wijk = Annotated[
    str,
    BeforeValidator(code),
    pattern(r"WK[0-9]{4}[0-9A-Z]{2}", "geen_wijkcode", "WK en zes tekens (CBS)."),
]
Buurt = Annotated[
    str,
    BeforeValidator(code),
    pattern(r"BU[0-9]{4}[0-9A-Z]{4}", "geen_buurtcode", "BU en acht tekens (CBS)."),
]
Areas = Annotated[
    Codes,
    pattern(
        r"((GM[0-9]{4}|WK[0-9]{4}[0-9A-Z]{2}|BU[0-9]{4}[0-9A-Z]{4})(\||$))*",
        "geen_gebiedscodes",
        "Hier horen CBS-codes van buurten, wijken of gemeenten te staan (BU…, WK…, GM…).",
    ),
]


def postcode(cell: object) -> object:
    """Read a postcode as PC6 without its space."""
    return cell.replace(" ", "").upper() if isinstance(cell, str) else cell


Postcode = Annotated[
    str,
    BeforeValidator(postcode),
    pattern(
        r"[1-9][0-9]{3}(?!SA|SD|SS)[A-Z]{2}",
        "geen_postcode",
        "Dit is geen Nederlandse postcode (1234 AB).",
    ),
]
Huisnummer = Annotated[
    int,
    BeforeValidator(whole_number),
    AfterValidator(lambda n: n if 1 <= n <= HIGHEST_HOUSE_NUMBER else _no_house_number()),
]


def _no_house_number() -> int:
    raise wrong("geen_huisnummer", "Een huisnummer ligt tussen 1 en 99999.")


Huisletter = Annotated[
    str, pattern(r"[A-Za-z]", "geen_huisletter", "Een huisletter is één letter.")
]
Toevoeging = Annotated[
    str,
    pattern(r"[0-9A-Za-z]{1,4}", "geen_toevoeging", "Hoogstens vier letters of cijfers."),
]
