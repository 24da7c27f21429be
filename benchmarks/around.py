"""Answers to one changed fact, on a plan that is kept warm: seconds, and what they lose."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.children import child, peak_mib
from benchmarks.regions import SEED, limits, stored
from matching.around.alternatives import alternatives
from matching.around.change import Change
from matching.around.facts import facts_after, facts_of
from matching.around.price import plan_b, price
from matching.around.repair import repair
from matching.around.standing import standing_of
from matching.chains import link, moves_of, unlink
from matching.conditions import NONE, ImpossibleConditions
from matching.optimise import choose

if TYPE_CHECKING:
    from collections.abc import Callable

    from matching.around.repair import Repaired
    from matching.around.standing import Standing
    from matching.model import Move

DRAW = 1
MIDDLE, NEARLY_ALL = 50, 95
FEWER = 5


def measured_in(folder: str, *, changes: int, full_solves: int) -> dict[str, Any]:
    """Measure repairs of the region that `prepared` left in a folder, in a child process."""
    return child(
        "benchmarks.around:repaired", folder=folder, changes=changes, full_solves=full_solves
    )


def repaired(*, folder: str, changes: int, full_solves: int) -> dict[str, Any]:
    """Repair after random changes, each of the plan as it was; solve some in full beside it."""
    told, warm = _taken_up(folder)
    draw = np.random.default_rng(DRAW)
    moves = unlink(warm.chains)
    asked = []
    for turn in range(changes):
        kind = list(CHANGES)[turn % len(CHANGES)]
        change = CHANGES[kind](warm, moves[int(draw.integers(len(moves)))], draw)
        asked.append(_one(warm, kind, change))
    spread = {round(at) for at in np.linspace(0, changes - 1, min(full_solves, changes))}
    beside = [_beside_full(warm, asked[at]) for at in sorted(spread)]
    few = [moves[int(draw.integers(len(moves)))] for _ in range(max(1, changes // FEWER))]
    seconds = {"any change": [one.seconds for one in asked]} | {
        kind: [one.seconds for one in asked if one.kind == kind] for kind in CHANGES
    }
    seconds |= {name: [_asked(ask, warm, move) for move in few] for name, ask in QUESTIONS.items()}
    return told | {
        "questions": [_timed(name, ones) for name, ones in seconds.items()],
        "loss_at_most": max(one.found.loss_at_most for one in asked),
        "kept_least": min(len(one.found.kept) for one in asked),
        "chains": len(warm.chains),
        "against_full": beside,
        "peak_mib": peak_mib(),
    }


@dataclass(frozen=True, slots=True)
class Answer:
    """One change, how long its repair took, and the repaired plan."""

    kind: str
    change: Change
    seconds: float
    found: Repaired


def _taken_up(folder: str) -> tuple[dict[str, Any], Standing]:
    options, openings = stored(folder)
    choice = choose(options, openings, limits(), seed=SEED)
    start = time.monotonic()
    facts = facts_of(options, openings, limits(), conditions=NONE, seed=SEED)
    chains = link(moves_of(choice.moves), frozenset(openings))
    warm = standing_of(facts, chains, certificate=choice.certificate)
    seconds = round(time.monotonic() - start, 3)
    return {"standing_seconds": seconds, "value": choice.value, "bound": choice.bound}, warm


def _one(warm: Standing, kind: str, change: Change) -> Answer:
    start = time.monotonic()
    found = repair(warm, change)
    return Answer(kind, change, round(time.monotonic() - start, 4), found)


def _asked(ask: Callable[[Standing, Move], object], warm: Standing, move: Move) -> float:
    start = time.monotonic()
    with contextlib.suppress(ImpossibleConditions):  # that no plan can be is an answer too
        ask(warm, move)
    return round(time.monotonic() - start, 4)


def _beside_full(warm: Standing, one: Answer) -> dict[str, Any]:
    after = facts_after(warm.facts, one.change, answered=True)
    start = time.monotonic()
    full = choose(
        after.table(), after.openings, after.limits, conditions=after.conditions, seed=SEED
    )
    return {
        "kind": one.kind,
        "value": one.found.value,
        "full": full.value,
        "told": one.found.loss_at_most,
        "seconds": one.seconds,
        "full_seconds": round(time.monotonic() - start, 3),
    }


def _timed(question: str, seconds: list[float]) -> dict[str, Any]:
    known = np.array(seconds or [0.0])
    middle, most = np.percentile(known, [MIDDLE, NEARLY_ALL])
    return {
        "question": question,
        "count": len(seconds),
        "p50": round(float(middle), 3),
        "p95": round(float(most), 3),
        "most": round(float(known.max()), 3),
    }


def _declined(_: Standing, move: Move, __: np.random.Generator) -> Change:
    return Change(forbidden=((move.household, move.to),))


def _withdrawn(_: Standing, move: Move, __: np.random.Generator) -> Change:
    return Change(withdrawn=(move.to,))


def _notice(warm: Standing, move: Move, draw: np.random.Generator) -> Change:
    """Somebody who seeks, planned or not, leaves by themselves; who leaves no home, then `move`."""
    options = warm.facts.options
    row = options.iloc[int(draw.integers(len(options)))]
    home = row["leaves"]
    if not isinstance(home, str) or home in warm.facts.openings:
        return _wish(warm, move, draw)
    return Change(renewed=(str(row["household"]),), vacated=(home,))


def _wish(warm: Standing, move: Move, draw: np.random.Generator) -> Change:
    """Of all homes that suited a planned household, about half still do."""
    options = warm.facts.options
    theirs = options[options["household"] == move.household]
    still = theirs[draw.random(len(theirs)) < 0.5]  # noqa: PLR2004 - half
    return Change(renewed=(move.household,), options=still.reset_index(drop=True))


CHANGES: dict[str, Callable[[Standing, Move, np.random.Generator], Change]] = {
    "a proposal declined": _declined,
    "a home withdrawn": _withdrawn,
    "notice given": _notice,
    "a wish changed": _wish,
}
"""What may change, in turn."""


def _other(warm: Standing, move: Move) -> tuple[str, str]:
    """The household of a move in the middle one of its other homes."""
    options = warm.facts.options
    theirs = options.loc[options["household"] == move.household, "dwelling"]
    others = sorted(theirs[theirs != move.to]) or [move.to]
    return move.household, str(others[len(others) // 2])


QUESTIONS: dict[str, Callable[[Standing, Move], object]] = {
    "price of forbidding a move": lambda warm, move: price(
        warm, Change(forbidden=((move.household, move.to),))
    ),
    "price of another home": lambda warm, move: price(warm, Change(pinned=(_other(warm, move),))),
    "plan B for a link": plan_b,
    "alternatives, three": lambda warm, move: alternatives(warm, move.household, many=3),
}
"""What is asked about one move of the plan."""
