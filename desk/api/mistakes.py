"""What is wrong with a request, in Dutch: every mistake at once, and never what stood there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data_contracts.mistakes import NAMEABLE, Mistake, at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNKNOWN_FIELD = "extra_forbidden"
SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("ontbreekt", "Dit is nodig en ontbreekt. Vul het aan."),
    UNKNOWN_FIELD: ("onbekend_veld", "Hier staat een veld dat wij niet kennen. Laat het weg."),
    "json_invalid": ("geen_json", "Dit is geen geldige JSON in UTF-8. Kijk het bericht na."),
    "enum": ("onbekende_waarde", "Deze waarde kennen wij niet. Kies er een uit het API-document."),
    "literal_error": ("onbekende_waarde", "Deze waarde kennen wij niet. Kijk in het API-document."),
    "int_type": ("geen_geheel_getal", "Hier hoort een geheel getal, zonder aanhalingstekens."),
    "int_parsing": ("geen_geheel_getal", "Hier hoort een geheel getal, alleen cijfers."),
    "int_parsing_size": ("te_groot", "Dit getal is te groot."),
    "int_from_float": ("geen_geheel_getal", "Hier hoort een geheel getal, zonder decimalen."),
    "greater_than_equal": ("te_klein", "Dit getal is te klein."),
    "less_than_equal": ("te_groot", "Dit getal is te groot."),
    "string_type": ("geen_tekst", "Hier hoort tekst, tussen aanhalingstekens."),
    "string_unicode": ("geen_tekst", "Hier staan tekens die geen tekst zijn. Schrijf UTF-8."),
    "string_too_short": ("te_kort", "Deze tekst is te kort."),
    "string_too_long": ("te_lang", "Deze tekst is te lang."),
    "string_pattern_mismatch": ("verkeerde_vorm", "Deze tekst heeft niet de vorm die hier hoort."),
    "model_attributes_type": ("geen_object", "Hier hoort een JSON-object te staan."),
    "dict_type": ("geen_object", "Hier hoort een JSON-object te staan."),
}
"""By what pydantic calls it: our code, and the sentence."""
OTHER = ("ongeldig", "Dit klopt niet. Kijk in het API-document wat hier hoort.")


def mistakes_of(errors: Iterable[Any]) -> list[Mistake]:
    """Tell the errors of pydantic in our words; a mistake of our own keeps its own."""
    return [_told(error) for error in errors]


def _told(error: dict[str, Any]) -> Mistake:
    kind: str = error["type"]
    pointer = _where(error["loc"], known=kind != UNKNOWN_FIELD)
    if fields := error.get("ctx", {}).get("fields"):  # a sentence of ours: `data_contracts.cells`
        return Mistake(pointer + at(fields[0]), kind, error["msg"])
    return Mistake(pointer, *SENTENCES.get(kind, OTHER))


def _where(loc: Sequence[str | int], *, known: bool) -> str:
    """Point at a place: `/reden` in the body, else the sort of parameter and its name.

    The name of a field we do not know was chosen by whoever sent it: we point at what holds it.
    """
    steps = list(loc if known else loc[:-1])
    if steps[:1] == ["body"]:
        steps = [step for step in steps[1:] if isinstance(step, int) or NAMEABLE.fullmatch(step)]
    return at(*steps)
