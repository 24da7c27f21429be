"""Build `docs/mapping.md`: per delivery and field its column, meaning, unit and place in VERA.

Names, obligations and codes come from the row models; meaning and VERA are written here. Run
`python -m docs.build_mapping` after a change; a test says when the page is no longer fresh.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from data_contracts.record import apart_fields
from data_contracts.records import DELIVERIES
from data_contracts.words import Feature
from docs.mapping_words import ABOUT, FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data_contracts.records import Delivery

PAGE = Path(__file__).with_name("mapping.md")

_INTRODUCTION = """# Aanleveringen: welke kolom betekent wat

Deze bladzijde is gemaakt uit de code (`python -m docs.build_mapping`).
Wijzig haar niet met de hand.

**Bestand.** De naam begint met die van de aanlevering: `woningen.csv`, `woningen-2026-11.xlsx`.
CSV (`;`, `,` of tab; UTF-8, UTF-16 of Windows-1252), XLSX (eerste blad), Parquet of JSON-regels.
Van elke aanlevering staat een voorbeeld in [`samples/`](samples/). Alles daarin is verzonnen.

**Kolommen.** Hoofdletters, spaties, streepjes en liggende streepjes maken geen verschil; de Engelse
naam mag ook. Een onbekende kolom wordt overgeslagen, met één melding. Ontbreekt een verplichte
kolom, dan gaat het hele bestand terug.

**Cellen.** Een datum is dag-maand-jaar (`1-2-2026` is 1 februari) of `2026-02-01`. Een bedrag is in
euro's: `1.184,82` of `612,45`. Ja en nee zijn `J` en `N`. Meer codes in één cel: `TUIN|BERGING`.
Een kenmerk blijft zoals het er staat, met voorloopnullen. Een lege cel betekent: niet bekend.

**Plaats.** `rd_x` en `rd_y` (RD, EPSG:28992, in meters) of `breedtegraad` en `lengtegraad` (WGS84).
Wij rekenen in RD. De plaats van een band ronden wij af op het midden van een vak van 100 meter.

**Afgekeurd.** Een regel die niet klopt, houdt de rest niet tegen. U ziet het regelnummer (1 is de
eerste na de kopregel), de kolom en een zin. Verbeter de regel en lever het bestand opnieuw aan.

**Apart.** Wat *apart* heet (naam, telefoon, adres) komt niet in het logboek of de berekening.
Een BSN, een inkomen en een diagnose vragen wij niet. Lever die niet aan.

VERA: gegevensmodel 4.3.0, referentiedata van 26 juni 2026. Bij *geen* kent VERA het niet.
"""


def page() -> str:
    """Give the whole page as Markdown."""
    parts = [_INTRODUCTION, *(_section(delivery) for delivery in DELIVERIES.values()), _codes()]
    return "\n".join(parts)


def _section(delivery: Delivery) -> str:
    sample = f"samples/{delivery.name}.csv"
    key = _alias(delivery, delivery.key)
    lines = [
        f"## {delivery.name}",
        "",
        f"{ABOUT[delivery.table]} Sleutel: `{key}`. Voorbeeld: [`{sample}`]({sample}).",
        "",
        "| kolom | betekenis | eenheid of codes | verplicht | VERA |",
        "|---|---|---|---|---|",
        *(_row(delivery, field) for field in delivery.record.model_fields),
        "",
    ]
    return "\n".join(lines)


def _alias(delivery: Delivery, field: str) -> str:
    return delivery.record.model_fields[field].alias or field


def _row(delivery: Delivery, field: str) -> str:
    meaning, unit, vera = described(delivery, field)
    model = delivery.record.model_fields[field]
    needed = "ja" if model.is_required() else _default(model.default)
    if field in apart_fields(delivery.record):
        meaning += " (*apart*)"
    codes = ", ".join(_enumerated(model.annotation))
    cells = (f"`{model.alias}`<br>`{field}`", meaning, unit or codes, needed, vera)
    return f"| {' | '.join(cells)} |"


def described(delivery: Delivery, field: str) -> tuple[str, str, str]:
    """Give meaning, unit and VERA of a field: its own in this delivery, or the common one."""
    return FIELDS.get(f"{delivery.table}.{field}") or FIELDS[field]


def _default(value: object) -> str:
    if value is None or value == "":
        return "nee"
    if isinstance(value, bool):
        return f"nee ({'J' if value else 'N'})"
    return f"nee ({value})"


def _enumerated(annotation: Any) -> Iterator[str]:  # noqa: ANN401 - a type, of whatever form
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        yield from (f"{member.value}" for member in annotation)
    for inner in get_args(annotation):
        yield from _enumerated(inner)


def _codes() -> str:
    features = "\n".join(f"- `{feature.value}`" for feature in Feature)
    return f"## Kenmerken van een woning\n\n{features}\n"


def build() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    build()
