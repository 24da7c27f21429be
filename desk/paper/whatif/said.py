"""What there is to say of a chart, in one sentence, and what has to be said beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_contracts.phrases import ACCESS
from data_contracts.words import Access
from desk.paper.whatif.figured import FEW, between, figure, signed
from matching.area.classes import RENT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from desk.paper.whatif.shapes import Line, Panel, Point, Row
    from matching.simulate.catalogue import Measure

INTERVAL_NOTE = "Een streep is het 95 %-interval: wat het toeval uitmaakt bij gelijke aannamen."
RANGE_NOTE = (
    "Het grijze vlak is de marge van laag tot hoog: beperking en geschiktheid zijn schattingen. "
    "Een streep bij een punt is het 95 %-interval. De stippellijn is niets doen."
)
ZERO_NOTE = (
    "De dikke lijn is nul: gelijk aan niets doen. Loopt een streep (95 %-interval) over die lijn, "
    "dan is het verschil niet te onderscheiden van niets doen."
)
LENGTH_NOTE = (
    "Geteld zijn ketens die in deze jaren begonnen en eindigden. Een streep is het 95 %-interval."
)
LEFT_OUT = " Andere oorzaken staan in het werkboek."
ENDS_NOTE = (
    "Van buiten: wie een woning buiten deze voorraad achterlaat. Achterblijver: in de oude woning "
    "blijft iemand wonen. Nog open: de laatste woning staat aan het eind van de rekentijd leeg."
)
SWEEP_NOTE = (
    "Hoe vaak een voorstel doorgaat, is een aanname: een Nederlands cijfer is niet bekend. Daarom "
    "is alles met meer kansen gerekend. Een streep is het 95 %-interval."
)


def years(number: int) -> str:
    """Say how many years: `10 jaar`."""
    return f"{number} jaar"


def repeated(number: int) -> str:
    """Say how many replications: `2 herhalingen`."""
    return f"{number} {'herhaling' if number == 1 else 'herhalingen'}"


def listed(parts: Sequence[str]) -> str:
    """Put parts in one sentence: `a, b en c`."""
    return " en ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def figures_of(point: Point) -> str:
    """Say a figure, or that it is about too few people."""
    return FEW if point.few else figure(point.value)


def over_time(measure: Measure, lines: Sequence[Line], last: int) -> str:
    """Say where each scenario ends."""
    parts = [f"{_at_the_end(line)} bij {line.title}" for line in lines]
    return f"In jaar {last}: {listed(parts)} ({measure.unit})."


def _at_the_end(line: Line) -> str:
    told = figures_of(line.points[-1])
    if not line.least:
        return told
    marge = between(line.least[-1].value, line.most[-1].value)
    return f"{told} (marge {marge})" if marge else told


def differences(series: Sequence[str], panels: Sequence[Panel]) -> str:
    """Say of each scenario how many measures surely differ."""
    parts = []
    for number, title in enumerate(series):
        points = [panel.rows[0].points[number] for panel in panels]
        clear = sum(point.clear for point in points)
        parts.append(f"bij {title} {clear or 'geen'} van de {len(points)}")
    return f"Zeker anders dan niets doen: {listed(parts)} onderdelen."


def lengths(
    series: Sequence[str],
    whole: Mapping[tuple[str, str, str], Point],
    names: Sequence[str],
) -> str:
    """Say how long a chain is on average."""
    parts = [
        f"{figures_of(point)} bij {title}"
        for title, name in zip(series, names, strict=True)
        if (point := whole.get((name, "", ""))) is not None
    ]
    if not parts:
        return "Er zijn te weinig ketens om een lengte te noemen."
    return f"Een keten telt gemiddeld zoveel verhuizingen: {listed(parts)}."


def ends(parts: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Say what most chains end with."""
    said = []
    for title, shares in rows:
        most = list(shares).index(max(shares))
        said.append(f"bij {title} is dat {parts[most]} ({figure(shares[most] / 10)} %)")
    return f"Zo eindigen de meeste ketens: {listed(said)}."


def freed(by: str, series: Sequence[str], rows: Sequence[Row]) -> str:
    """Say which kind comes free most."""
    parts = []
    for number, title in enumerate(series):
        shown = [row for row in rows if row.points[number].shown]
        if shown:
            most = max(shown, key=lambda row: row.points[number].value or 0)
            parts.append(f"{most.label} bij {title} ({figure(most.points[number].value)})")
    return f"Naar {by} komt het meest vrij: {listed(parts)}." if parts else "Er komt niets vrij."


def sweep(measure: Measure, lines: Sequence[Line], levels: Sequence[int]) -> str:
    """Say what the difference is at both ends of the band."""
    low, high = levels[0], levels[-1]
    parts = [
        f"bij {line.title} van {_difference(line.points[0])} tot {_difference(line.points[-1])}"
        for line in lines
    ]
    return (
        f"{measure.title}: bij een kans van {low} tot {high} % loopt het verschil {listed(parts)}."
    )


def _difference(point: Point) -> str:
    return FEW if point.few else signed(point.value)


def kind_in_words(dimension: str, kind: str) -> str:
    """Say what homes are told apart by."""
    if dimension == "rooms":
        return "onbekend" if kind == "0" else f"{kind} {'kamer' if kind == '1' else 'kamers'}"
    return ACCESS[Access(kind)] if dimension == "access" and kind in set(Access) else kind


def ordered(dimension: str, kinds: Collection[str]) -> list[str]:
    """Put kinds in the order that a planner expects: cheap to dear, few to many rooms."""
    if dimension == "rooms":
        return sorted(kinds, key=lambda kind: (kind == "0", int(kind) if kind.isdigit() else 99))
    known = list(RENT_CLASSES) if dimension == "rent" else [str(one) for one in Access]
    return sorted(kinds, key=lambda kind: (known.index(kind) if kind in known else 99, kind))
