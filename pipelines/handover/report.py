"""One page to look at: what the night found, where, and how good it is. No names, no ids.

The page asks nothing of any network: style and drawings are inside, scripts there are none.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from data_contracts import phrases
from pipelines.handover import charts
from pipelines.handover import region_map as maps
from pipelines.handover.agenda import Cast, cast
from pipelines.handover.facts import WHY_OPEN, HandoverFacts, Row
from pipelines.handover.looking import to_look_at

if TYPE_CHECKING:
    from pathlib import Path

    from matching.model import Chain, Plan

NAME = "verhuisplan.html"
SHOWN = 20
"""So many chains are drawn boldly and told as a card; the others stand in a table."""
MANY_PERSONS = 5
SCALES = {200: "200 m", 500: "500 m", 1000: "1 km", 2000: "2 km", 5000: "5 km", 10_000: "10 km"}
LABEL = (100, 24)
"""The room a label on the map takes, in drawing units."""
COLOURS = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One move as a planner may see it: who in the broadest words, and from what kind of home."""

    number: int
    who: str
    moves: str
    leaves: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """One chain as a planner may see it."""

    number: int
    length: int
    ring: bool
    opens: str
    why: str
    steps: tuple[Step, ...]
    closes: str
    frame: maps.Frame | None = None
    drawing: maps.Drawing | None = None
    dots: tuple[tuple[float, str], ...] = ()


def report(plan: Plan, facts: HandoverFacts, folder: Path) -> Path:
    """Write the page; equal plans and facts give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    path.write_text(page(plan, facts), encoding="utf-8", newline="\n")
    return path


def page(plan: Plan, facts: HandoverFacts) -> str:
    """Draw up the page as HTML text."""
    pages = Environment(
        loader=PackageLoader("pipelines.handover", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    pages.filters |= {"number": phrases.number, "day": phrases.day, "decimal": phrases.decimal}
    css = pages.get_template("report.css").render()
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return pages.get_template("report.html.j2").render(
        _told(plan, facts),
        css=Markup(css),  # noqa: S704 - our own style sheet, nothing of anybody's in it
        css_hash=f"sha256-{digest}",
    )


def _told(plan: Plan, facts: HandoverFacts) -> dict[str, Any]:
    """Gather everything the page says."""
    who = cast(plan, facts)
    numbered = list(enumerate(who.chains, 1))
    best = sorted(numbered, key=lambda item: (-_points(item[1]), item[0]))
    shown = {number for number, _ in best[:SHOWN]}
    cells = maps.lattice(facts.dwellings)
    return {
        "plan": plan,
        "region": facts.region,
        "on": facts.on,
        "figures": charts.big_figures(plan.totals, plan.shadow),
        "how_good": charts.how_good(plan.receipt),
        "map": _map(who, numbered, shown, cells),
        "lengths": charts.by_length(plan.totals, plan.shadow),
        "reasons": charts.reasons_mix(plan),
        "freed": charts.freed_homes(who.chains, who.homes),
        "opened": _opened(who),
        "cards": [_card(number, chain, who, cells) for number, chain in best[:SHOWN]],
        "others": [_card(n, chain, who, None) for n, chain in numbered if n not in shown],
        "passed_over": [
            (_home(who.homes.get(one.dwelling)), one.nights) for one in to_look_at(plan)
        ],
        "pooling": plan.pooling,
        "steps": charts.bars(_steps(facts)),
        "deliveries": facts.summary.get("deliveries", ()),
        "counts": dict(facts.summary.get("counts", {})),
        "notice": facts.summary.get("notice", ""),
        "rest_on": _rest_on(plan),
    }


def _points(chain: Chain) -> int:
    return sum(move.gain for move in chain.moves)


def _steps(facts: HandoverFacts) -> list[tuple[str, int]]:
    """Read seconds per step, whole milliseconds, from a mapping or from pairs."""
    steps = facts.summary.get("steps", {})
    pairs = steps.items() if hasattr(steps, "items") else steps
    return [(str(name), round(float(seconds) * 1000)) for name, seconds in pairs]


def _map(
    who: Cast, numbered: list[tuple[int, Chain]], shown: set[int], cells: maps.Lattice
) -> dict[str, Any] | None:
    points = maps.places_of(who.chains, who.homes)
    xs = [x for x, _ in points] + _edges(cells.x)
    ys = [y for _, y in points] + _edges(cells.y)
    if not xs:
        return None
    frame = maps.frame_around(xs, ys, width=1000, shape=(0.42, 0.78), least=1500)
    drawn = [maps.draw(number, chain, who.homes, frame) for number, chain in numbered]
    return {
        "frame": frame,
        "dots": maps.dots(cells, frame),
        "faint": [one for one in drawn if one.number not in shown],
        "bold": [one for one in drawn if one.number in shown],
        "lengths": sorted({min(one.length, COLOURS) for one in drawn}),
        "labels": _labels(who, frame),
        "metre": _scale_bar(frame),
    }


def _edges(axis: Any) -> list[int]:  # noqa: ANN401 - an array of metres
    """Give the span that holds nearly all dwellings, so that one farm does not shrink a town."""
    return [int(v) for v in np.quantile(axis, [0.01, 0.99])] if len(axis) else []


def _scale_bar(frame: maps.Frame) -> tuple[int, str]:
    """Choose a round distance that takes at most a quarter of the width."""
    fitting = [m for m in SCALES if m * frame.scale < frame.width / 4]
    metres = max(fitting, default=min(SCALES))
    return round(metres * frame.scale), SCALES[metres]


def _labels(who: Cast, frame: maps.Frame, most: int = 10) -> list[tuple[int, int, str]]:
    """Name the neighbourhoods where most homes of the plan lie, at the middle of those homes."""
    places: dict[str, list[maps.Point]] = {}
    for _, row in sorted(who.homes.items()):
        where, area = maps.place(row), _area(row)
        if where and area:
            places.setdefault(area, []).append(where)
    busiest = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
    labels: list[tuple[int, int, str]] = []
    for area, points in busiest[: 3 * most]:
        x, y = frame.at(*_middle(points))
        if all(abs(x - u) > LABEL[0] or abs(y - v) > LABEL[1] for u, v, _ in labels):
            labels.append((x, y, area))
    return labels[:most]


def _middle(points: list[maps.Point]) -> maps.Point:
    return sum(x for x, _ in points) // len(points), sum(y for _, y in points) // len(points)


def _area(home: Row | None) -> str:
    """Say in which neighbourhood a home lies: its name where given, else the end of its code."""
    row = home or {}
    code = str(row.get("neighbourhood") or "")
    return str(row.get("neighbourhood_name") or (f"buurt {code[-4:]}" if code else ""))


def _home(home: Row | None) -> str:
    """Describe a home as a planner may see it: never which one."""
    parts = (
        phrases.kind_of(home),
        phrases.rooms_of(home),
        phrases.floor_of(home),
        phrases.access_of(home),
        _area(home),
    )
    return ", ".join(part for part in parts if part)


def _household(household: Row | None) -> str:
    """Describe a household as a planner may see it: size and AOW, no needs, no age."""
    aow = ", AOW-leeftijd" if (household or {}).get("aow") else ""
    return phrases.persons_of(household, most=MANY_PERSONS) + aow


def _verb(household: Row | None) -> str:
    return "verhuizen" if ((household or {}).get("persons") or 1) > 1 else "verhuist"


def _card(number: int, chain: Chain, who: Cast, cells: maps.Lattice | None) -> Card:
    steps = tuple(
        Step(
            step,
            _household(who.households.get(move.household)),
            _verb(who.households.get(move.household)),
            _home(who.homes.get(move.leaves)) if move.leaves else None,
        )
        for step, move in enumerate(chain.moves, 1)
    )
    points = maps.places_of([chain], who.homes) if cells else []
    frame = _small_frame(points) if points else None
    return Card(
        number=number,
        length=len(chain.moves),
        ring=chain.ring,
        opens=_home(who.homes.get(chain.key)),
        why=_why_open(chain, who),
        steps=steps,
        closes=_closes(chain),
        frame=frame,
        drawing=maps.draw(number, chain, who.homes, frame) if frame else None,
        dots=tuple(maps.dots(cells, frame)) if frame and cells else (),
    )


def _small_frame(points: list[maps.Point]) -> maps.Frame:
    return maps.frame_around(
        [x for x, _ in points], [y for _, y in points], width=360, shape=(0.42, 0.5), least=1600
    )


def _why_open(chain: Chain, who: Cast) -> str:
    if chain.ring:
        return "woningruil"
    row = who.openings.get(chain.key) or {}
    why, free = WHY_OPEN.get(str(row.get("why")), "komt vrij"), phrases.day(row.get("free_on"))
    return f"{why}, vrij per {free}" if free else why


def _closes(chain: Chain) -> str:
    if chain.ring:
        return "De ruil is rond: ieder heeft de woning van een ander."
    if chain.closes is None:
        return "Een starter is gehuisvest. Hier eindigt de keten."
    return "Komt aan het eind vrij"


def _opened(who: Cast) -> list[tuple[str, int]]:
    """Count how chains begin."""
    whys = [_kind_of_opening(chain, who) for chain in who.chains]
    return sorted(Counter(whys).items(), key=lambda item: (-item[1], item[0]))


def _kind_of_opening(chain: Chain, who: Cast) -> str:
    if chain.ring:
        return "woningruil"
    return str((who.openings.get(chain.key) or {}).get("why") or "vrij")


def _rest_on(plan: Plan) -> list[tuple[str, str]]:
    """Read the receipt aloud."""
    rest = plan.receipt
    rings = f"hoogstens {rest.longest_ring} huishoudens" if rest.longest_ring else "niet toegestaan"
    return [
        ("Vrijkomende woningen", phrases.number(rest.openings)),
        ("Beoordeelde mogelijkheden", phrases.number(rest.options)),
        ("Punten van dit plan", phrases.number(rest.value)),
        ("Bewezen bovengrens", phrases.number(rest.bound)),
        ("Langste keten", phrases.plural(rest.longest_chain, "verhuizing", "verhuizingen")),
        ("Woningruil", rings),
        ("Kans dat een voorstel doorgaat", f"{rest.acceptance_percent} %"),
        ("Regels van het jaar", f"{rest.rules_year} ({rest.rules_hash[:12]})"),
        ("Beleid van de corporatie", rest.policy_hash[:12]),
        ("Stand van het logboek", phrases.number(rest.position)),
        ("Mogelijkheden, vingerafdruk", rest.options_hash[:12]),
        ("Voorwaarden, vingerafdruk", rest.conditions[:12] or "geen voorwaarden"),
        ("Versie van het programma", rest.code_version),
        ("Lotnummer bij gelijke stand", str(rest.seed)),
    ]
