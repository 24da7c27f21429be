"""Regions made, their candidates found, and plans chosen: what is measured, for child processes.

A region is named by its dwellings and seed, or by an address file. `prepared` leaves the options on
disk, so that choosing is measured apart from making. The State is built as a night builds it, from
delivery files through `parse`, `changes` and `project`, but without a database.
"""

from __future__ import annotations

import gc
import hashlib
import json
import sys
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.children import forget_peak, peak_mib
from benchmarks.turns import watching
from data_contracts.feeds import parse
from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from matching.candidates import candidates, every_home
from matching.chains import link, moves_of
from matching.match import options_hash
from matching.optimise import Limits, choose
from matching.shadow import registration_order, totals
from matching.state import State, changes, project
from pipelines.sources import deliveries_in, read
from pipelines.sources.example import region, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matching.candidates import Candidates
    from matching.model import Totals
    from matching.optimise import Choice

ON = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
SEED = 7
MINUTES = 60
KINDS = {"VRAGEND": 0.2, "DRAGEND": 0.4}
"""Shares of households; the others are neither."""
MEASURES = ("moves", "rings", "starters", "older_to_suitable", "minutes_to_ties",
            "family_homes_freed")  # fmt: skip


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Book the seconds of one step."""
    start = time.monotonic()
    yield
    seconds[name] = round(time.monotonic() - start, 3)


def limits() -> Limits:
    """Give the limits of the default policy."""
    policy = policy_from(None)
    return Limits(policy.longest_chain, policy.longest_ring, policy.acceptance_percent / 100)


def state_of(*, dwellings: int | None, seed: int, addresses: str | None = None) -> State:
    """Make a region, write it as deliveries, and take these in as a night does."""
    made = region(
        dwellings=dwellings, seed=seed, on=ON, addresses=Path(addresses) if addresses else None
    )
    with TemporaryDirectory() as folder:
        write(made, Path(folder))
        del made
        return _taken_in(Path(folder))


def _taken_in(folder: Path) -> State:
    state = State()
    for delivery, path in deliveries_in(folder):
        rows = parse(read(path), delivery).rows
        table, name = delivery.table, delivery.name
        facts = changes(state, table, rows, source="bench", delivery=name, at=AT)
        state = project(facts, onto=state)
    return state


def prepared(
    *, folder: str, dwellings: int | None = None, seed: int = 1, addresses: str | None = None
) -> dict[str, Any]:
    """Make a region and find who could move where; leaves both in the folder.

    Gives sizes, seconds per step, peak memory of the search, and what registration order reaches.
    """
    seconds: dict[str, float] = {}
    with timed(seconds, "make"):
        state = state_of(dwellings=dwellings, seed=seed, addresses=addresses)
    gc.collect()
    forget_peak()
    with timed(seconds, "candidates"):
        found = candidates(state, rules_on(ON), policy_from(None), ON)
    peak = peak_mib()
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    found.options.to_parquet(place / "options.parquet")
    read_by_conditions(found.options, state).to_parquet(place / "conditions.parquet")
    (place / "openings.json").write_text(json.dumps(found.openings), "utf-8")
    return sizes(state, found) | {
        "seconds": seconds,
        "candidates_mib": peak,
        "order": _by_registration(found, state),
    }


def read_by_conditions(options: pd.DataFrame, state: State) -> pd.DataFrame:
    """Give per option what side conditions read; who is vragend or dragend is drawn by lot."""
    homes, people = every_home(state), state.households
    entered = homes.reindex(options["dwelling"]).set_axis(options.index)
    left = homes["complex"].reindex(options["leaves"]).set_axis(options.index)
    known = pd.Series(sorted(options["household"].unique()), dtype="str")
    draw = np.random.default_rng(SEED).random(len(known))
    kind = np.full(len(known), None, dtype=object)
    kind[draw < sum(KINDS.values())] = "DRAGEND"
    kind[draw < KINDS["VRAGEND"]] = "VRAGEND"
    resident = pd.Series(kind, index=known, dtype="str").reindex(options["household"])
    corporation = people["corporation"].reindex(options["household"])
    return pd.DataFrame(
        {
            "resident": resident.to_numpy(),
            "complex": entered["complex"],
            "leaves_complex": left,
            "x": entered["x"],
            "y": entered["y"],
            "landlord": entered["corporation"],
            "corporation": corporation.to_numpy(),
            "minutes": MINUTES,
        },
        index=options.index,
    )


def sizes(state: State, found: Candidates) -> dict[str, Any]:
    """Count what there is to choose from."""
    return {
        "dwellings": len(state.dwellings),
        "seekers": int(found.options["household"].nunique()),
        "openings": len(found.openings),
        "options": len(found.options),
        "options_hash": options_hash(found.options)[:12],
    }


def _by_registration(found: Candidates, state: State) -> dict[str, int]:
    picked = registration_order(found.options, found.openings, state)
    told = totals(link(moves_of(picked), found.openings), found.options)
    return _totals(int(picked["gain"].sum()), told)


def _totals(points: int, told: Totals) -> dict[str, int]:
    """Give the points of all moves, whether or not they will be accepted, and what is counted."""
    return {"points": points} | {name: getattr(told, name) for name in MEASURES}


def stored(folder: str, *, conditioned: bool = False) -> tuple[pd.DataFrame, list[str]]:
    """Give the options and openings that `prepared` left, perhaps with what conditions read."""
    place = Path(folder)
    openings: list[str] = json.loads((place / "openings.json").read_text("utf-8"))
    options = pd.read_parquet(place / "options.parquet")
    if conditioned:
        more = pd.read_parquet(place / "conditions.parquet")
        options = options.assign(**{name: more[name] for name in more.columns})
    return options, openings


def chosen(*, folder: str, workers: int = 1, shuffle: int | None = None) -> dict[str, Any]:
    """Choose from what `prepared` left; `shuffle` puts rows and openings in another order first.

    Gives seconds (wall and processor), value, bound, peak memory, turns of every kind, the curve,
    the plan's measures, and hashes of the plan and its certificate.
    """
    options, openings = stored(folder)
    if shuffle is not None:
        draw = np.random.default_rng(shuffle)
        options = options.iloc[draw.permutation(len(options))].reset_index(drop=True)
        openings = [openings[at] for at in draw.permutation(len(openings))]
    gc.collect()
    forget_peak()
    choice, told = measured(options, openings, workers=workers)
    return told | {"peak_mib": peak_mib()} | _reached(choice, options, openings)


def measured(
    options: pd.DataFrame, openings: Sequence[str], *, workers: int = 1
) -> tuple[Choice, dict[str, Any]]:
    """Choose while counting turns and time."""
    start, used = time.monotonic(), time.process_time()
    with watching() as seen:
        choice = choose(options, openings, limits(), seed=SEED, workers=workers)
    told = {
        "seconds": round(time.monotonic() - start, 3),
        "processor_seconds": round(time.process_time() - used, 3),
        "value": choice.value,
        "bound": choice.bound,
        "certified": choice.certificate.bound,
        "status": choice.status.value,
        "turns": seen.turns(),
        "curve": seen.curve(choice.value, choice.bound),
    }
    return choice, told | hashes(choice)


def hashes(choice: Choice) -> dict[str, str]:
    """Give a hash of the plan's moves and one of its certificate."""
    moves = choice.moves[["household", "dwelling", "leaves"]].astype("str").fillna("")
    lines = sorted("|".join(row) for row in moves.itertuples(index=False))
    proof = repr((choice.value, choice.bound, choice.certificate))
    return {
        "plan": hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12],
        "proof": hashlib.sha256(proof.encode()).hexdigest()[:12],
    }


def _reached(
    choice: Choice, options: pd.DataFrame, openings: Sequence[str]
) -> dict[str, dict[str, int]]:
    told = totals(link(moves_of(choice.moves), frozenset(openings)), options)
    return {"reached": _totals(int(choice.moves["gain"].sum()), told)}


def country(*, regions: int, dwellings: int, first: int = 1) -> dict[str, Any]:
    """Many regions one after another in one process, each forgotten before the next is made."""
    told = []
    for seed in range(first, first + regions):
        told.append(_one_of_many(dwellings, seed))
        gc.collect()
        print(f"region {seed} of {regions}: {told[-1]['seconds']}", file=sys.stderr, flush=True)
    return {"regions": told, "peak_mib": peak_mib()}


def _one_of_many(dwellings: int, seed: int) -> dict[str, Any]:
    seconds: dict[str, float] = {}
    used = time.process_time()
    with timed(seconds, "make"):
        state = state_of(dwellings=dwellings, seed=seed)
    with timed(seconds, "candidates"):
        found = candidates(state, rules_on(ON), policy_from(None), ON)
    with timed(seconds, "choose"):
        choice = choose(found.options, found.openings, limits(), seed=SEED)
    return sizes(state, found) | {
        "seed": seed,
        "seconds": seconds,
        "processor_seconds": round(time.process_time() - used, 3),
        "value": choice.value,
        "bound": choice.bound,
        "moves": len(choice.moves),
        "peak_mib": peak_mib(),
        **hashes(choice),
    }
