"""Watch the optimiser from outside: bound and best plan by seconds and by turn.

The product has no hook for this and needs none. While watched, a few of its functions are wrapped
wherever a module of `matching.optimise` holds them, and put back afterwards:

- `Walks.bound`: a turn of prices; gives a bound unless places are barred (then it is a dive's),
- `relaxed`, `whole`: a linear and an integer programme,
- `value_of`: a plan that was found,
- `markets`, `solved_part`: which markets there are, and which one is being solved.
"""

from __future__ import annotations

import functools
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.optimise import choose as _  # noqa: F401 - so that its modules are there to watch
from matching.optimise import prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matching.optimise.market import Market

ROOM = "matching.optimise"
FINE = 10_000
COUNTED = {"relaxed": "linear programmes", "whole": "integer programmes"}


@dataclass(slots=True)
class Seen:
    """What happened: (seconds, turns so far, kind, market, points), and how often each kind."""

    began: float = field(default_factory=time.monotonic)
    events: list[tuple[float, int, str, int, float]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"turns of prices": 0})
    parts: list[Market] = field(default_factory=list)
    now: threading.local = field(default_factory=threading.local)

    def count(self, kind: str) -> None:
        """Count one more of a kind."""
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def note(self, kind: str, market: Market, points: float) -> None:
        """Book a bound or a plan of the market being solved; of parts of it nothing follows."""
        if market is getattr(self.now, "market", None):
            seconds = round(time.monotonic() - self.began, 4)
            turn = self.counts["turns of prices"]
            self.events.append((seconds, turn, kind, id(market), points))

    def turns(self) -> dict[str, int]:
        """Say how often each kind of step was taken, and in how many markets."""
        return {"markets": len(self.parts), **self.counts}

    def curve(self, value: int, bound: int) -> list[tuple[float, int, float, float]]:
        """Give (seconds, turns, best plan, bound) of all markets together, wherever one improved.

        A market that has not been reached counts with the best gain of every home entered, which is
        a bound too. The last point is the plan as given.
        """
        bounds = {id(market): _at_most(market) for market in self.parts}
        plans = dict.fromkeys(bounds, 0.0)
        points = [(0.0, 0, 0.0, sum(bounds.values()))]
        for seconds, turn, kind, market, worth in self.events:
            if kind == "bound":
                bounds[market] = min(bounds[market], worth)
            else:
                plans[market] = max(plans[market], worth)
            here = (seconds, turn, sum(plans.values()), sum(bounds.values()))
            if _better(here, points[-1]):
                points.append(here)
        end = round(time.monotonic() - self.began, 4)
        return [*points, (end, self.counts["turns of prices"], float(value), float(bound))]


def _at_most(market: Market) -> float:
    starts = np.flatnonzero(np.diff(market.home, prepend=-1))
    best = np.maximum.reduceat(market.gain, starts) if market.size else np.zeros(1)
    return float(best.sum())


def _better(here: tuple[float, int, float, float], last: tuple[float, int, float, float]) -> bool:
    """Whether a picture would show the difference: a ten-thousandth."""
    step = last[3] / FINE
    return here[2] > last[2] + step or here[3] < last[3] - step


@contextmanager
def watching() -> Iterator[Seen]:
    """Watch every choice made inside; not for several choices at once."""
    seen = Seen()
    undo = [
        *_wrapped("relaxed", functools.partial(_counted, seen)),
        *_wrapped("whole", functools.partial(_counted, seen)),
        *_wrapped("value_of", functools.partial(_plans, seen)),
        *_wrapped("markets", functools.partial(_listed, seen)),
        *_wrapped("solved_part", functools.partial(_solving, seen)),
    ]
    bound = prices.Walks.bound
    prices.Walks.bound = _bounds(seen, bound)  # type: ignore[method-assign] # put back below
    try:
        yield seen
    finally:
        prices.Walks.bound = bound  # type: ignore[method-assign] # as it was
        for module, name, function in undo:
            setattr(module, name, function)


def _wrapped(
    name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> list[tuple[Any, str, Any]]:
    """Wrap a function wherever a module of the optimiser holds it; gives what to put back."""
    modules = [module for key, module in sorted(sys.modules.items()) if key.startswith(f"{ROOM}.")]
    undo = []
    for module in modules:
        function = module.__dict__.get(name)
        if callable(function):
            undo.append((module, name, function))
            setattr(module, name, wrap(function))
    return undo


def _counted(seen: Seen, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def counted(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - passes everything on
        seen.count(COUNTED[function.__name__])
        return function(*given, **named)

    return counted


def _plans(seen: Seen, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def valued(task: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - passes everything on
        value = function(task, *given, **named)
        seen.note("plan", task.market, float(value))
        return value

    return valued


def _listed(seen: Seen, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def listed(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - passes everything on
        seen.parts = list(function(*given, **named))
        return iter(seen.parts)

    return listed


def _solving(seen: Seen, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def solving(part: Market, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - idem
        seen.now.market = part
        return function(part, *given, **named)

    return solving


def _bounds(seen: Seen, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def bound(walks: Any, price: Any, barred: Any = None, **named: Any) -> Any:  # noqa: ANN401 - as given
        found = function(walks, price, barred, **named)
        seen.count("turns of prices")
        if barred is None or not barred.any():
            seen.note("bound", walks.task.market, found / walks.task.scale)
        return found

    return bound
