"""The figures behind the charts: bars against the shadow, reasons, freed homes, time spent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.phrases import criterion_in_words, decimal, kind_of, number, plural
from matching.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matching.model import Chain, Plan, Receipt, Totals
    from pipelines.handover.facts import Row

FULL = 100
CHECKED = "Dat is nagerekend, los van het programma dat het plan maakte."
LABELS = {
    "banden": "Dichter bij mensen en vaste plekken",
    "voorzieningen": "Meer voorzieningen dichtbij",
    "langer_thuis": "Oudere van ongeschikt naar geschikt",
    "gezinswoning": "Gezinswoning komt vrij",
    "huur_verschil": "Lagere huur",
    "eigen_buurt": "Blijft in de eigen buurt",
    "wachttijd": "Staat al lang ingeschreven",
    "voorrang": "Heeft voorrang",
    "buitenruimte": "Tuin of balkon",
    "sorteerlabel": "Past bij het label van de woning",
    "regeling": "Regeling voor wie doorstroomt",
}
"""What points for a preference mean, in a few words."""
NO_BETTER = "Binnen de regels en met deze mogelijkheden bestaat er geen plan met meer punten."
SOME_ROOM = "Het beste plan dat kan bestaan, heeft hoogstens zoveel meer punten dan dit plan."


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart: label, number, its words, and widths in percent of the longest bar."""

    label: str
    value: int
    words: str
    width: float
    shadow: int | None = None
    shadow_width: float = 0.0
    step: int = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """A big number of the opening, against what registration order would have made of it."""

    words: str
    label: str
    note: str
    width: float
    shadow_width: float


def bars(counts: Iterable[tuple[str, int]], *, words: str = "") -> list[Bar]:
    """Make bars of labelled numbers, the longest 100 percent wide."""
    pairs = list(counts)
    longest = max((value for _, value in pairs), default=0) or 1
    return [
        Bar(label, value, f"{number(value)}{words}", round(FULL * value / longest, 1))
        for label, value in pairs
    ]


def by_length(ours: Totals, shadow: Totals) -> list[Bar]:
    """Compare how many chains of each length ours and the shadow have."""
    mine, theirs = dict(ours.by_length), dict(shadow.by_length)
    longest = max([*mine.values(), *theirs.values()], default=0) or 1
    return [
        Bar(
            label=plural(length, "verhuizing", "verhuizingen"),
            value=mine.get(length, 0),
            words=number(mine.get(length, 0)),
            width=round(FULL * mine.get(length, 0) / longest, 1),
            shadow=theirs.get(length, 0),
            shadow_width=round(FULL * theirs.get(length, 0) / longest, 1),
            step=min(length, 6),
        )
        for length in sorted({*mine, *theirs})
    ]


def reasons_mix(plan: Plan, most: int = 8) -> list[Bar]:
    """Count for each preference the moves it brought points to; the most frequent first."""
    counts = Counter(
        reason.criterion
        for why in plan.reasons
        for reason in why.reasons
        if reason.verdict is None and reason.points > 0
    )
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
    return bars((LABELS.get(name, criterion_in_words(name)), count) for name, count in ranked)


def freed_homes(chains: Iterable[Chain], homes: dict[str, Row], most: int = 7) -> list[Bar]:
    """Count what stands free when all have moved, by kind; the most frequent first."""
    counts = Counter(kind_of(homes.get(chain.closes)) for chain in chains if chain.closes)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ranked[most:])
    return bars([*ranked[:most], *([("overige", rest)] if rest else [])])


def big_figures(ours: Totals, shadow: Totals) -> list[Figure]:
    """Give the opening figures: moves, older people housed well, minutes nearer, family homes."""
    nearer, shadow_nearer = -ours.minutes_to_ties, -shadow.minutes_to_ties
    return [
        figure(ours.moves, shadow.moves, "verhuizingen mogelijk"),
        figure(
            ours.older_to_suitable,
            shadow.older_to_suitable,
            "ouderen van een ongeschikte naar een geschikte woning",
        ),
        figure(
            nearer,
            shadow_nearer,
            f"minuten lopen {direction(nearer)} naasten, bij elkaar opgeteld",
            note=f"{number(abs(shadow_nearer))} {direction(shadow_nearer)}",
        ),
        figure(ours.family_homes_freed, shadow.family_homes_freed, "gezinswoningen komen vrij"),
    ]


def direction(nearer: int) -> str:
    """Say whether minutes bring people nearer or further."""
    return "dichter bij" if nearer >= 0 else "verder van"


def figure(ours: int, shadow: int, label: str, *, note: str = "") -> Figure:
    """Set one number beside its shadow; widths are in percent of the larger, never below zero."""
    longest = max(ours, shadow, 1)
    return Figure(
        words=number(abs(ours)),
        label=label,
        note=note or number(shadow),
        width=round(FULL * max(ours, 0) / longest, 1),
        shadow_width=round(FULL * max(shadow, 0) / longest, 1),
    )


def how_good(receipt: Receipt) -> tuple[str, str]:
    """Say in words how good the plan is known to be: a heading and a sentence.

    'Bewezen optimaal' only when the proof leaves less than one point; else the room that is left,
    rounded up.
    """
    room = receipt.bound - receipt.value
    if receipt.status == Status.EMPTY:
        return (
            "Niets voor te stellen",
            "Er was vannacht geen verhuizing die aan alle regels voldoet.",
        )
    if receipt.status == Status.PROVEN and room < 1:
        return "Bewezen optimaal", f"{NO_BETTER} {CHECKED}"
    if receipt.value <= 0:
        return "Nog niet te zeggen", "Hoeveel beter het kan, is vannacht niet bewezen."
    tenths = -(-room * 1000 // receipt.value)
    return f"Hoogstens {decimal(tenths / 10)} % beter mogelijk", f"{SOME_ROOM} {CHECKED}"
