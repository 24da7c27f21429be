"""The parts of the bench: what each measures, as facts to keep and to write a page from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import around
from benchmarks.children import child
from benchmarks.side_conditions import ALL, DRAWN

if TYPE_CHECKING:
    from collections.abc import Callable

Facts = dict[str, Any]
SIZES = (2_500, 5_000, 10_000, 20_000, 40_000)
USUAL = 10_000


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: in full, or a little of everything."""

    sizes: tuple[int, ...] = SIZES
    usual: int = USUAL
    compared: int = 20
    country: tuple[int, int] = (25, 40_000)
    arcs: tuple[int, ...] = (250, 500, 1_000, 2_000)
    worlds: int = 3
    workers: tuple[int, ...] = (1, 2, 8)
    orders: tuple[int, ...] = (1, 2, 3)
    hashes: tuple[int, ...] = (0, 1, 424_242)
    changes: int = 50
    full_solves: int = 5


FULL = Scale()
QUICK = Scale(
    sizes=(200, 300), usual=300, compared=2, country=(2, 300), arcs=(60,), worlds=1, workers=(1, 2),
    orders=(1,), hashes=(1,), changes=2, full_solves=1,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the bench: where regions are left, what to measure, and what was made before."""

    work: Path
    scale: Scale = FULL
    addresses: Path | None = None
    pools: Path | None = None
    made: dict[str, Facts] = field(default_factory=dict)

    def region(self, dwellings: int, seed: int = 1) -> tuple[str, Facts]:
        """Give the folder of a generated region and what was measured in making it, once."""
        return self._made(f"{dwellings}-{seed}", dwellings=dwellings, seed=seed)

    def town(self) -> tuple[str, Facts] | None:
        """Give the region of the address file, if one was named."""
        if self.addresses is None:
            return None
        return self._made("town", addresses=str(self.addresses.resolve()))

    def largest(self) -> tuple[str, Facts]:
        """Give the town, or the largest generated region."""
        return self.town() or self.region(self.scale.sizes[-1])

    def _made(self, name: str, **of: Any) -> tuple[str, Facts]:  # noqa: ANN401 - passed on
        folder = str((self.work / name).resolve())
        if name not in self.made:
            self.made[name] = child("benchmarks.regions:prepared", folder=folder, **of)
        return folder, self.made[name]


def regions(run: Run) -> Facts:
    """Measure regions of every size, and the town: candidates, choice, bound, memory, curve."""
    sizes = run.scale.sizes
    told = [_region(f"{dwellings:,} generated", *run.region(dwellings)) for dwellings in sizes]
    town = run.town()
    if town:
        told.append(_region(f"{town[1]['dwellings']:,} real addresses", *town))
    return {"regions": told}


def _region(name: str, folder: str, made: Facts) -> Facts:
    return {"name": name, "made": made, "chosen": child("benchmarks.regions:chosen", folder=folder)}


def country(run: Run) -> Facts:
    """Measure many regions in one process, and whether one of them alone gets the same plan."""
    many, dwellings = run.scale.country
    told = child("benchmarks.regions:country", regions=many, dwellings=dwellings)
    seed = (many + 1) // 2
    folder, _ = run.region(dwellings, seed)
    alone = child("benchmarks.regions:chosen", folder=folder)
    within = next(one for one in told["regions"] if one["seed"] == seed)
    same = (alone["plan"], alone["proof"]) == (within["plan"], within["proof"])
    return told | {"alone": {"seed": seed, "same": same}}


def sameness(run: Run) -> Facts:
    """Choose again over workers, row orders and hash seeds; the town less often."""
    scale = run.scale
    told = [_same(f"{scale.usual:,} generated", run.region(scale.usual)[0], scale)]
    town = run.town()
    if town:
        told.append(_same("the town", town[0], scale, fewer=True))
    return {"regions": told}


def _same(name: str, folder: str, scale: Scale, *, fewer: bool = False) -> Facts:
    ways: list[tuple[str, Facts]] = [
        *((f"workers {count}", {"workers": count}) for count in scale.workers),
        *((f"rows shuffled ({order})", {"shuffle": order}) for order in scale.orders),
        *((f"PYTHONHASHSEED {seed}", {"hash_seed": seed}) for seed in scale.hashes),
    ]
    if fewer:
        first = (0, len(scale.workers) - 1, len(scale.workers), len(ways) - 1)
        ways = [ways[at] for at in sorted(set(first))]
    runs = [{"way": way, **_brief(folder, how)} for way, how in ways]
    return {"name": name, "runs": runs, "same": len({(r["plan"], r["proof"]) for r in runs}) == 1}


def _brief(folder: str, how: Facts) -> Facts:
    told = child("benchmarks.regions:chosen", folder=folder, **how)
    return {name: told[name] for name in ("plan", "proof", "value", "bound", "seconds", "load")}


def against(run: Run) -> Facts:
    """Set plans beside what registration order makes of the same options, over many regions."""
    seeds, usual = range(1, run.scale.compared + 1), run.scale.usual
    told = [_pair(f"seed {seed}", *run.region(usual, seed)) for seed in seeds]
    town = run.town()
    return {
        "dwellings": usual,
        "regions": told,
        "town": _pair("the town", *town) if town else None,
    }


def _pair(name: str, folder: str, made: Facts) -> Facts:
    ours = child("benchmarks.regions:chosen", folder=folder)
    return {"name": name, "ours": ours["reached"], "order": made["order"]}


def small(run: Run) -> Facts:
    """Solve small random worlds until proven."""
    return child("benchmarks.small:worlds", sizes=list(run.scale.arcs), seeds=run.scale.worlds)


def conditions(run: Run) -> Facts:
    """Choose under side conditions of every kind, on the town all of them together."""
    folder, made = run.region(run.scale.usual)
    told = [_under(f"{made['dwellings']:,} generated", folder, list(DRAWN))]
    town = run.town()
    if town:
        told.append(_under(f"{town[1]['dwellings']:,} real addresses", town[0], []))
    return {"regions": told}


def _under(name: str, folder: str, kinds: list[str]) -> Facts:
    every = [*kinds, ALL]
    return {
        "name": name,
        **child("benchmarks.side_conditions:conditioned", folder=folder, kinds=every),
    }


def repair(run: Run) -> Facts:
    """Measure answers to one changed fact in the largest region."""
    folder, made = run.largest()
    return around.measured_in(
        folder, changes=run.scale.changes, full_solves=run.scale.full_solves
    ) | {"dwellings": made["dwellings"]}


def pools(run: Run) -> Facts:
    """Measure kidney pools against other programmes, which must be installed."""
    return child("benchmarks.parts:pooled", folder=run.pools and str(run.pools.resolve()))


def pooled(*, folder: str | None) -> Facts:
    """Measure kidney pools; for a child process."""
    from benchmarks import pools as peers  # noqa: PLC0415 - other parts need no other programmes

    return peers.measured(Path(folder) if folder else None)


PARTS: dict[str, Callable[[Run], Facts]] = {
    "pools": pools,
    "regions": regions,
    "country": country,
    "small": small,
    "conditions": conditions,
    "repair": repair,
    "sameness": sameness,
    "against": against,
}
"""Everything that is measured, in order."""
