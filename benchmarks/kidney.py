"""Kidney pools: generated in the manner of the literature, or read from a PrefLib `.wmd` file.

Kidney exchange is the nearest problem that others solve too. A pair (patient and donor) is a
household with its home, an altruist is a vacancy, "this donor may give to that patient" is "this
home may go to that household": the pool is handed to `matching.optimise.choose` as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# Saidman and others, Transplantation 81 (2006) 773-782, tables 1 and 2 (https://doi.org/10.1097/
# 01.tp.0000195775.77081.25): blood types O, A, B, AB; who is sensitised how much; wives among them.
BLOOD = (0.4814, 0.3373, 0.1428, 0.0385)
GIVES = np.array([[1, 1, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1], [0, 0, 0, 1]], dtype=bool)
SENSITISED, CROSSMATCH = (0.7019, 0.2, 0.0981), (0.05, 0.45, 0.9)
WIFE = 0.4090 * 0.4897
WIFE_SHARE = 0.75
MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class Pool:
    """Who may give to whom: arcs from node to node; nodes are pairs first, then altruists."""

    name: str
    pairs: int
    altruists: int
    giver: NDArray[np.int64]
    taker: NDArray[np.int64]
    points: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many arcs."""
        return len(self.giver)

    def options(self) -> tuple[pd.DataFrame, list[str]]:
        """The pool as a housing market: options and openings for `choose`."""
        home = np.array([f"d{node}" for node in range(self.pairs + self.altruists)], dtype=object)
        table = pd.DataFrame(
            {
                "household": np.array([f"p{node}" for node in self.taker], dtype=object),
                "dwelling": home[self.giver],
                "leaves": home[self.taker],
                "gain": self.points,
            }
        )
        return table, home[self.pairs :].tolist()

    def weighted(self, seed: int) -> Pool:
        """The same pool with 1 to 100 points for every arc, drawn."""
        dice = np.random.default_rng(seed)
        drawn = dice.integers(1, MOST_POINTS + 1, self.size)
        return _pool(f"{self.name} weighted", self.pairs, self.altruists, self.giver, self.taker,
                     points=drawn)  # fmt: skip


def _pool(
    name: str,
    pairs: int,
    altruists: int,
    giver: NDArray[Any],
    taker: NDArray[Any],
    *,
    points: NDArray[Any] | None = None,
) -> Pool:
    drawn = np.ones(len(giver)) if points is None else points
    return Pool(
        name,
        pairs,
        altruists,
        np.asarray(giver, dtype=np.int64),
        np.asarray(taker, dtype=np.int64),
        np.asarray(drawn, dtype=np.int64),
    )


def _from_table(name: str, may: NDArray[np.bool_], pairs: int) -> Pool:
    """A pool from a table giver x patient; a donor does not give to the own patient."""
    may[np.arange(pairs), np.arange(pairs)] = False
    giver, taker = np.nonzero(may)
    return _pool(name, pairs, len(may) - pairs, giver, taker)


def saidman(pairs: int, altruists: int, *, seed: int) -> Pool:
    """Incompatible pairs with blood types and crossmatches, as in a national programme (dense)."""
    dice = np.random.default_rng(seed)
    patient, donor, chance = (np.zeros(0) for _ in range(3))
    while len(patient) < pairs:
        more = _people(dice, 4 * pairs)
        patient, donor, chance = (
            np.concatenate([old, new[more[3]]])[:pairs]
            for old, new in zip((patient, donor, chance), more[:3], strict=True)
        )
    everyone = np.concatenate([donor, dice.choice(4, altruists, p=BLOOD)]).astype(int)
    fits = GIVES[everyone][:, patient.astype(int)]
    fits &= dice.random(fits.shape) >= chance
    return _from_table(f"dense {pairs} + {altruists}", fits, pairs)


def _people(dice: np.random.Generator, count: int) -> tuple[NDArray[Any], ...]:
    """Patients' and donors' blood, the chance of a positive crossmatch, and who do not fit."""
    patient, donor = (dice.choice(4, count, p=BLOOD) for _ in range(2))
    chance = dice.choice(CROSSMATCH, count, p=SENSITISED)
    wife = dice.random(count) < WIFE
    chance = np.where(wife, 1 - WIFE_SHARE * (1 - chance), chance)
    return patient, donor, chance, ~GIVES[donor, patient] | (dice.random(count) < chance)


def sparse(pairs: int, altruists: int, *, seed: int, degree: float = 7.0) -> Pool:
    """Everyone fits few, anyone as well: `degree` patients per donor, drawn."""
    dice = np.random.default_rng(seed)
    may = dice.random((pairs + altruists, pairs)) < degree / pairs
    return _from_table(f"sparse {pairs} + {altruists}", may, pairs)


def heterogeneous(pairs: int, altruists: int, *, seed: int) -> Pool:
    """Half of the patients fit half of the donors, the others hardly any (Ashlagi and others).

    After Ashlagi, Gamarnik, Rees and Roth, The need for (long) chains in kidney exchange (2012,
    https://www.nber.org/papers/w18202).
    """
    dice = np.random.default_rng(seed)
    chance = np.where(np.arange(pairs) % 2 == 0, 0.5, 3 / pairs)
    may = dice.random((pairs + altruists, pairs)) < chance
    return _from_table(f"heterogeneous {pairs} + {altruists}", may, pairs)


def read_wmd(path: Path) -> Pool:
    """A pool of PrefLib's collection 00036, as downloaded from https://preflib.github.io.

    Its altruists are nodes that every pair "gives to" for nothing: such arcs close chains there and
    are left out here. The files write "Alturist", so what is not called a pair is an altruist.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("# ALTERNATIVE N")]
    rows = [line.split(",") for line in lines if line and not line.startswith("#")]
    giver, taker = (np.array([int(row[at]) - 1 for row in rows], dtype=np.int64) for at in (0, 1))
    weight = np.array([float(row[2]) for row in rows])
    pair = np.array([name.startswith("Pair") for name in names])
    number = np.where(pair, np.cumsum(pair) - 1, pair.sum() + np.cumsum(~pair) - 1)
    kept = pair[taker]
    if (weight[kept] % 1 != 0).any():
        raise SystemExit(f"{path.name}: alleen gehele gewichten worden gelezen.")
    return _pool(
        f"{path.stem} ({pair.sum()} + {(~pair).sum()})",
        int(pair.sum()),
        int((~pair).sum()),
        number[giver[kept]],
        number[taker[kept]],
        points=weight[kept],
    )
