"""What is wrong with a scenario, as Dutch sentences that say where, and what to do."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from data_contracts.scenario_adjusting import Adjust
from data_contracts.scenario_changes import MONTH_PATTERN, WEIGHTS, Change, month_of
from data_contracts.scenario_model import Scenario
from data_contracts.scenario_text import Where, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from pydantic_core import ErrorDetails

_CHANGES: dict[str, type[BaseModel]] = {
    str(get_args(kind.model_fields["change"].annotation)[0]): kind
    for kind in get_args(get_args(Change)[0])
}
"""Every kind of change by the word that names it."""
_YES_NO = frozenset({"lift", "rent_retention"})
"""The only fields in which yes or no may stand."""
_WHOLE = "een geheel getal te staan"
_NUMBER = "een getal te staan, met een punt voor de decimalen"
_GROUP = "een groep te staan: onderdelen met elk een naam, verder ingesprongen"
_DAY = "een datum te staan, zoals 2030-12-31"
_EXPECTED = {
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": "true of false te staan",
    "bool_parsing": "true of false te staan",
    "string_type": "tekst te staan: zet er aanhalingstekens omheen",
    "tuple_type": "een lijst te staan: elke regel met een streepje ervoor",
    "dict_type": _GROUP,
    "model_type": _GROUP,
    "model_attributes_type": _GROUP,
    "date_from_datetime_parsing": _DAY,
    "date_parsing": _DAY,
    "date_type": _DAY,
}
_NO_FIELDS = ("base", "adjust")
"""What a file may say besides the fields of a scenario: they are gone once it is read."""
_NO_ASSUMPTION = ("name", "title", "question", "sources", "changes")
_MOST_SHOWN = 40
GUIDE = "docs/guides/wat-als.md"


def near(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Ask whether a near word was meant, or name those there are."""
    words = list(known)
    lowered = {one.lower(): one for one in words}
    close = get_close_matches(word.lower(), lowered, n=1, cutoff=cutoff)
    return f"Bedoelt u '{lowered[close[0]]}'?" if close else f"Kies uit: {', '.join(words)}."


def shown(value: object) -> str:
    """Write a value that somebody typed: short, on one line."""
    if value is None:
        return "niets"
    text = re.sub(r"\s+|[\x00-\x1f]", " ", str(value))
    return f"'{text[:_MOST_SHOWN]}{'…' if len(text) > _MOST_SHOWN else ''}'"


def mistake(error: ErrorDetails) -> tuple[Where, str]:
    """Give the place of a mistake that pydantic found, and its sentence."""
    where = _where(error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    if kind in _ABOUT:
        return _ABOUT[kind](where, error)
    if kind in _EXPECTED:
        return where, f"Bij {spoken(where)} hoort {_EXPECTED[kind]}."
    if "field" in context:
        where = (*where, context["field"]) if context["field"] else where
        return where, f"Bij {spoken(where)}: {context['sentence']}."
    if kind.startswith(("greater_than", "less_than", "string_too", "too_")):
        return where, _out_of_range(where, error)
    said = error["msg"] if "fields" in context else f"De waarde klopt niet; zie {GUIDE}."
    return where, f"Bij {spoken(where)}: {said}"


def _where(loc: tuple[int | str, ...]) -> Where:
    """Give a place as it stands in the file: without the words pydantic adds for itself."""
    tag = loc[2] if len(loc) > 2 and loc[0] == "changes" and loc[2] in _CHANGES else None  # noqa: PLR2004 - changes, number, tag
    rest = (*loc[:2], *loc[3:]) if tag is not None else loc
    if rest and rest[-1] == "[key]":  # the name itself is wrong, of what stands under it
        return tuple(rest[:-2])
    return tuple(rest)


def _unknown(where: Where, error: ErrorDetails) -> tuple[Where, str]:
    where = (*where[:-1], str(where[-1]))
    inside = where[:-1]
    known = fields_at(error["loc"][:-1])
    told = f"het onderdeel {shown(where[-1])} kennen wij niet. {near(str(where[-1]), known)}"
    return where, f"Bij {spoken(inside)}: {told}" if inside else told[:1].upper() + told[1:]


def _missing(where: Where, _error: ErrorDetails) -> tuple[Where, str]:
    inside = f" bij {spoken(where[:-1])}" if len(where) > 1 else ""
    return where, f"Het onderdeel '{where[-1]}' ontbreekt{inside}. Vul het in; zie {GUIDE}."


def _choice(where: Where, error: ErrorDetails) -> tuple[Where, str]:
    known = re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))
    told = f"staat {shown(error['input'])}; dat kennen wij niet. {near(str(error['input']), known)}"
    return where, f"Bij {spoken(where)} {told}"


def _change(where: Where, error: ErrorDetails) -> tuple[Where, str]:
    place = (*where, "change")
    tag = str(error.get("ctx", {}).get("tag", ""))
    told = f"staat {shown(tag)}; dat kennen wij niet. {near(tag, _CHANGES)}"
    return place, f"Bij {spoken(place)} {told}"


def _no_change(where: Where, _error: ErrorDetails) -> tuple[Where, str]:
    told = f"Bij {spoken(where)} ontbreekt 'change': wat verandert er? {near('', _CHANGES)}"
    return where, told


def _pattern(where: Where, error: ErrorDetails) -> tuple[Where, str]:
    place, typed = spoken(where), shown(error["input"])
    if error.get("ctx", {}).get("pattern") == MONTH_PATTERN:
        told = "dat is geen maand. Schrijf jaar en maand, zoals 2028-03."
    else:
        told = "gebruik alleen kleine letters, cijfers en streepjes, hoogstens 63 tekens."
    return where, f"Bij {place} staat {typed}; {told}"


def _weight(where: Where, error: ErrorDetails) -> tuple[Where, str]:
    name = str(error.get("ctx", {}).get("name", ""))
    told = f"het gewicht {shown(name)} kennen wij niet. {near(name, WEIGHTS)}"
    return where, f"Bij {spoken(where)}: {told}"


_ABOUT = {
    "extra_forbidden": _unknown,
    "invalid_key": _unknown,
    "missing": _missing,
    "enum": _choice,
    "literal_error": _choice,
    "union_tag_invalid": _change,
    "union_tag_not_found": _no_change,
    "string_pattern_mismatch": _pattern,
    "unknown_weight": _weight,
}


_LIMITS = {
    "ge": "moet minstens {} zijn",
    "gt": "moet meer dan {} zijn",
    "le": "mag hoogstens {} zijn",
    "lt": "moet minder dan {} zijn",
}


def _out_of_range(where: Where, error: ErrorDetails) -> str:
    context, place = error.get("ctx", {}), spoken(where)
    if error["type"].startswith("too_"):
        return f"Bij {place} hoort minstens één regel te staan."
    if error["type"].startswith("string_too_"):
        least, most = context.get("min_length"), context.get("max_length")
        told = f"minstens {least} teken" if least else f"hoogstens {most} tekens"
        return f"Bij {place} hoort tekst van {told} te staan."
    name = next(name for name in _LIMITS if name in context)
    limit = _LIMITS[name].format(_short(context[name]))
    return f"Bij {place} staat {shown(error['input'])}; het {limit}."


def _short(limit: object) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit)


def fields_at(loc: Sequence[int | str]) -> list[str]:
    """Name the fields that may stand at a place, as pydantic names places."""
    model: type[BaseModel] | None = Scenario
    for number, part in enumerate(loc):
        if part == "adjust" and number == 0:
            model = Adjust
        elif number == 2 and loc[0] == "changes":  # noqa: PLR2004 - changes, number, tag
            model = _CHANGES.get(str(part))
        elif isinstance(part, str) and model is not None and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation)
    return [*(_NO_FIELDS if model is Scenario else ()), *(model.model_fields if model else ())]


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type, of any form
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inside = (_model_in(inner) for inner in get_args(annotation))
    return next((model for model in inside if model is not None), None)


def no_yes_or_no(said: object, where: Where = ()) -> Iterator[tuple[Where, str]]:
    """Find yes and no where a number or a word belongs: pydantic would take yes for 1."""
    if isinstance(said, bool) and (not where or where[-1] not in _YES_NO):
        word = "ja of nee (true of false, of een los woord als yes, no, on, off)"
        yield where, f"Bij {spoken(where)} hoort geen {word}. Zet aanhalingstekens om een woord."
    elif isinstance(said, dict):
        for name, inside in said.items():
            yield from no_yes_or_no(inside, (*where, str(name)))
    elif isinstance(said, list):
        for number, inside in enumerate(said):
            yield from no_yes_or_no(inside, (*where, number))


def outside(scenario: Scenario, on: date) -> Iterator[tuple[Where, str]]:
    """Find changes before the month of a day, or after what the scenario looks ahead from it.

    What lasts until after that is no mistake.
    """
    first = on.year * 12 + on.month - 1
    last = first + scenario.months - 1
    for number, change in enumerate(scenario.changes):
        if change.month is None or first <= month_of(change.month) <= last:
            continue
        where: Where = ("changes", number, "month")
        if month_of(change.month) < first:
            told = f"dat is vóór het begin ({_written(first)}). Kies een latere maand."
        else:
            told = (
                f"dat is na het einde ({_written(last)}). Kies een eerdere maand, of meer"
                " jaren bij years."
            )
        yield where, f"Bij {spoken(where)} staat '{change.month}'; {told}"


def unknown_sources(scenario: Scenario) -> Iterator[tuple[Where, str]]:
    """Find sources of what is no part of a scenario: a typing error would lose one in silence."""
    known = list(_names(Scenario))
    for name in scenario.sources:
        if name.partition("[")[0] != "changes" and name not in known:
            where: Where = ("sources", name)
            told = f"het onderdeel {shown(name)} kennen wij niet. {near(name, known)}"
            yield where, f"Bij sources: {told}"


def _names(model: type[BaseModel], inside: str = "") -> Iterator[str]:
    """Name every assumption of a scenario, as `demography.portal.starters`."""
    for name, field in model.model_fields.items():
        if name not in _NO_ASSUMPTION:
            yield f"{inside}{name}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _names(field.annotation, f"{inside}{name}.")


def mistakes(errors: Sequence[ErrorDetails]) -> Iterator[tuple[Where, str]]:
    """Give the mistakes that pydantic found, without those that only follow from another."""
    meant = {
        (*loc, near(str(typed), fields_at(loc)))
        for *loc, typed in (one["loc"] for one in errors if one["type"] == "extra_forbidden")
    }
    for error in errors:
        loc, kind = error["loc"], error["type"]
        inside = any(one["loc"][: len(loc)] == loc != one["loc"] for one in errors)
        empty = kind.startswith("too_") and inside  # what was in it was wrong
        misspelt = kind == "missing" and (*loc[:-1], f"Bedoelt u '{loc[-1]}'?") in meant
        if not (empty or misspelt):
            yield mistake(error)


def _written(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"
