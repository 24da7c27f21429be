"""What there is to say of a chart, in one sentence, and what has to be said beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_contracts.words import Access
from desk.paper.whatif.figured import figure
from desk.paper.whatif.shapes import reach, words
from matching.area.classes import RENT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from desk.paper.whatif.shapes import Line, Panel, Point, Row
    from matching.simulate.catalogue import Measure

INTERVAL_NOTE = "Een streep is het 95 %-interval: wat het toeval uitmaakt bij gelijke aannamen."
RANGE_NOTE = (
    "Het grijze vlak loopt van de strenge tot de ruime lezing: beperking en geschiktheid zijn "
    "schattingen. "
    "Een streep bij een punt is het 95 %-interval. De stippellijn is niets doen."
)
FROM_ZERO = " Waar de strenge lezing niet getoond is, begint het vlak bij nul."
ZERO_NOTE = (
    "De dikke lijn is nul: gelijk aan niets doen. Loopt een streep (95 %-interval) over die lijn, "
    "dan is het verschil niet te onderscheiden van niets doen."
)
LENGTH_NOTE = (
    "Geteld zijn ketens die in deze jaren begonnen en eindigden. Een streep is het 95 %-interval."
)
HIDDEN_KINDS = " Soorten woningen met te weinig ketens zijn niet getoond."
ENDS_NOTE = (
    "Van buiten: wie een woning buiten deze voorraad achterlaat. Achterblijver: in de oude woning "
    "blijft iemand wonen. Nog open: de laatste woning staat aan het eind van de rekentijd leeg."
)
REST_NOTE = " Overig: manieren waarop te weinig ketens eindigen om apart te tonen."
UNCLEAR = "niet te onderscheiden"
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


def away(point: Point) -> str:
    """Say a difference: `+34 (20 tot 48)`, or `+2 (−10 tot 14, niet te onderscheiden)`."""
    said = words(point, difference=True)
    return said if point.clear or not said.endswith(")") else f"{said[:-1]}, {UNCLEAR})"


def _differing(titles: Sequence[str], points: Sequence[Point], of: str = "") -> str:
    told = [f"{away(point)} bij {title}" for title, point in zip(titles, points, strict=True)]
    return f"; verschil{of} {listed(told)}" if told else ""


def over_time(measure: Measure, lines: Sequence[Line], last: int) -> str:
    """Say where doing nothing ends, and how much each scenario differs from that."""
    nothing, *others = lines
    span = f", naar gelang de lezing {reach(nothing, -1)}" if nothing.least else ""
    said = f"In jaar {last}: {words(nothing.points[-1])} {measure.unit} bij {nothing.title}{span}"
    of = " in de middelste lezing" if nothing.least else ""
    return f"{said}{_differing([o.title for o in others], [o.away[-1] for o in others], of)}."


def differences(series: Sequence[str], panels: Sequence[Panel]) -> str:
    """Say of each scenario how many of the measures that are shown demonstrably differ."""
    parts = []
    for number, title in enumerate(series):
        points = [panel.rows[0].points[number] for panel in panels]
        clear = sum(point.clear for point in points)
        shown = sum(point.shown for point in points)
        parts.append(f"bij {title} {clear or 'geen'} van de {shown}")
    return f"Aantoonbaar anders dan niets doen: {listed(parts)} onderdelen."


def left_out(titles: Sequence[str], where: str) -> str:
    """Say what does not fit a page; nothing when all does."""
    return f" Niet in deze grafiek, wel in {where}: {listed(titles)}." if titles else ""


def lengths(series: Sequence[str], points: Sequence[Point], differing: Sequence[Point]) -> str:
    """Say how long a chain is when nothing is done, and how much longer or shorter otherwise."""
    if not points[0].shown:
        return "Er zijn te weinig ketens om een lengte te noemen."
    said = f"Een keten telt gemiddeld {words(points[0])} verhuizingen bij {series[0]}"
    return f"{said}{_differing(series[1:], differing[1:])}."


def ends(parts: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Say what chains end with; of shares there is no interval, so none is called the most."""
    said = []
    for title, shares in rows:
        told = [f"{figure(n / 10)} % {part}" for part, n in zip(parts, shares, strict=True) if n]
        said.append(f"bij {title} {listed(told)}")
    return f"Zo eindigen ketens, gemiddeld en zonder interval: {'; '.join(said)}."


def freed(by: str, series: Sequence[str], rows: Sequence[Row]) -> str:
    """Say of which kinds demonstrably more or fewer come free."""
    if len(series) == 1:
        told = [f"{row.label} {words(row.points[0])}" for row in rows]
        return f"Naar {by} komt er vrij bij {series[0]}: {listed(told)}."
    parts = []
    for number, title in enumerate(series[1:], start=1):
        clear = [
            f"{row.label} {words(row.away[number], difference=True)}"
            for row in rows
            if row.away[number].clear
        ]
        parts.append(f"bij {title} {listed(clear) or 'niets'}")
    return f"Aantoonbaar anders naar {by}: {'; '.join(parts)}."


def sweep(measure: Measure, lines: Sequence[Line], levels: Sequence[int]) -> str:
    """Say what the difference is at both ends of the band."""
    low, high = levels[0], levels[-1]
    parts = [
        f"bij {line.title} van {away(line.points[0])} tot {away(line.points[-1])}" for line in lines
    ]
    return (
        f"{measure.title}: bij een kans van {low} tot {high} % loopt het verschil {listed(parts)}."
    )


def sweep_note(times: Mapping[int, int]) -> str:
    """Say what a sweep rests on: how many replications there are by level."""
    told = listed([f"{number} bij {level} %" for level, number in times.items()])
    fewer = " Met minder herhalingen is een streep langer." if len({*times.values()}) > 1 else ""
    return f"{SWEEP_NOTE} Herhalingen: {told}.{fewer}"


def ordered(dimension: str, kinds: Collection[str]) -> list[str]:
    """Put kinds in the order that a planner expects: cheap to dear, few to many rooms."""
    if dimension == "rooms":
        return sorted(kinds, key=lambda kind: (kind == "0", int(kind) if kind.isdigit() else 99))
    known = list(RENT_CLASSES) if dimension == "rent" else [str(one) for one in Access]
    return sorted(kinds, key=lambda kind: (known.index(kind) if kind in known else 99, kind))
