"""Small random worlds: is the optimum always proven, and how soon? For a child process."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.regions import SEED
from matching.model import Status
from matching.optimise import Limits, choose

KINDS = {
    "life-like": {"arcs_each": 10, "openings": 0.2, "starters": 0.3},
    "everyone swaps": {"arcs_each": 16, "openings": 0.02, "starters": 0.0},
}
"""Options per seeker, openings per seeker, and the share who leave no home."""
CASES = (
    ("life-like", 5, 3, 1.0),
    ("life-like", 8, 3, 1.0),
    ("life-like", 5, 3, 0.9),
    ("everyone swaps", 4, 3, 1.0),
    ("everyone swaps", 4, 3, 0.9),
)


def world(kind: str, *, arcs: int, seed: int) -> tuple[pd.DataFrame, list[str]]:
    """Draw seekers, the homes they leave, and who may enter which home, with gains of 20 to 400."""
    shape = KINDS[kind]
    draw = np.random.default_rng(seed)
    each = int(shape["arcs_each"])
    seekers = max(2, arcs // each)
    vacant = max(1, round(shape["openings"] * seekers))
    who = np.repeat(np.arange(seekers), each)
    where = draw.integers(0, seekers + vacant, len(who))
    leaves = np.where(draw.random(seekers) < shape["starters"], None, _names("W", seekers))
    table = pd.DataFrame(
        {
            "household": _names("H", seekers)[who],
            "dwelling": _names("W", seekers + vacant)[where],
            "leaves": leaves[who],
            "gain": draw.integers(20, 401, len(who)),
        }
    )
    return table, list(_names("W", seekers + vacant)[seekers:])


def _names(letter: str, count: int) -> Any:  # noqa: ANN401 - an array of text
    return np.array([f"{letter}{number}" for number in range(count)], dtype=object)


def worlds(*, sizes: list[int], seeds: int) -> dict[str, Any]:
    """Solve worlds of every kind and size; gives seconds and whether the optimum was proven."""
    told = []
    for kind, chain, ring, acceptance in CASES:
        for arcs in sizes:
            for seed in range(seeds):
                options, openings = world(kind, arcs=arcs, seed=seed)
                start = time.monotonic()
                choice = choose(options, openings, Limits(chain, ring, acceptance), seed=SEED)
                told.append(
                    {
                        "kind": kind, "chain": chain, "ring": ring, "acceptance": acceptance,
                        "arcs": arcs, "seconds": round(time.monotonic() - start, 3),
                        "proven": choice.status in {Status.PROVEN, Status.EMPTY},
                        "gap": choice.bound - choice.value,
                    }
                )  # fmt: skip
    return {"worlds": told}
