"""How far a what-if is, and how long it takes, in a sentence."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from desk.figures import many
from store.simulations import DONE, FAILED, RUNNING, STOPPED, WAITING

if TYPE_CHECKING:
    from desk.whatif.study import Seen
    from store.simulations import Progress, Question

STATES = {
    WAITING: ("wacht", "neutral"),
    RUNNING: ("bezig", "info"),
    DONE: ("klaar", "positive"),
    STOPPED: ("gestopt", "warning"),
    FAILED: ("mislukt", "negative"),
}
"""What is said of a what-if, and how loudly."""
HOMES_MONTHS_A_SECOND = 22_000
"""So many homes one of two cores takes a month further in a second, measured on 10,000 homes by
`python -m benchmarks.scenario`."""
MINUTE, HOUR = 60, 3_600


def progress_in_words(progress: Progress) -> str:
    """Say how far a what-if is."""
    done = f"{progress.done} van {progress.total} keer doorgerekend"
    if progress.status == WAITING:
        return f"Wacht tot er een rekenaar vrij is. {done}." if progress.done else _WAITS
    if progress.status == RUNNING:
        if progress.stopping:
            return f"Wordt gestopt: wat loopt, wordt nog afgemaakt. {done}."
        return f"{done}{_left(progress.seconds)}."
    if progress.status == FAILED:
        return f"{progress.sentence} {done}.".strip()
    return f"Klaar: {done}." if progress.status == DONE else f"Gestopt: {done}."


_WAITS = "Wacht tot er een rekenaar vrij is."


def _left(seconds: int | None) -> str:
    return "" if seconds is None else f", nog {duration(seconds)}"


def duration(seconds: float) -> str:
    """Say roughly how long: never more exact than it is known."""
    if seconds < MINUTE:
        return "minder dan een minuut"
    if seconds < HOUR:
        return f"ongeveer {many(round(seconds / MINUTE), 'minuut', 'minuten')}"
    return f"ongeveer {many(round(seconds / HOUR), 'uur', 'uur')}"


def estimate(question: Question, homes: int | None) -> str:
    """Say beforehand what is run and roughly how long that takes, when nothing goes before it."""
    runs, first = len(question.jobs), question.scenarios[0]
    years = many(first.years, "jaar", "jaar")
    levels = [f"{level} procent" for level in question.acceptances[1:]]
    also = f" Ook met een kans van {' en '.join(levels)}." if levels else ""
    told = f"Wij rekenen {many(runs, 'keer', 'keer')} {years} door, met en zonder uw verandering."
    if homes is None:
        return told + also
    work = homes * first.months * runs / HOMES_MONTHS_A_SECOND
    took = duration(work / (os.cpu_count() or 1))
    return f"{told}{also} Dat duurt {took}, als er niets voor gaat."


def stage_of(one: Seen, *, waiting: bool) -> str:
    """Name how far a what-if is: the same as long as there is nothing new to say of it.

    `waiting`: for its summary.
    """
    progress = one.progress
    part = progress.done * 20 // max(progress.total, 1)
    return f"{progress.status}-{part}-{one.stage}-{int(progress.stopping)}{int(waiting)}"
