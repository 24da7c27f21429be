"""What the options say of the moves of a plan, for the side conditions, and whether it is so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from matching.verify.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from matching.conditions import Conditions
    from matching.model import Move
    from matching.verify.world import World

Row = dict[str, Any]
"""What the options say of one move, by column: None where nothing is known."""


def columns_read(conditions: Conditions) -> frozenset[str]:
    """The columns of the options that these conditions speak of."""
    read = {"resident", "complex", "leaves_complex"} if conditions.mixes else set[str]()
    for group in conditions.groups:
        read |= {"complex"} if group.metres is None else {"x", "y"}
    for budget in conditions.budgets:
        read |= {budget.column} | ({budget.where[0]} if budget.where else set())
    return frozenset(read | ({"corporation"} if conditions.shares else set()))


def missing(conditions: Conditions, options: pd.DataFrame) -> list[str]:
    """The columns that these conditions speak of and that the options do not have."""
    return sorted(columns_read(conditions) - set(options.columns))


def about(moves: Sequence[Move], options: pd.DataFrame, columns: frozenset[str]) -> dict[Move, Row]:
    """Of every move its row among the options; of equal rows the one of most gain."""
    key = ["household", "dwelling", "leaves"]
    named = list(dict.fromkeys([*key, "gain", *sorted(columns)]))
    goes = options["household"].astype(object).map({move.household: move.to for move in moves})
    theirs = options.loc[(goes == options["dwelling"].astype(object)).to_numpy(), named]
    most_first = theirs.sort_values("gain", ascending=False, kind="stable")
    found: dict[tuple[Any, ...], Row] = {}
    for values in most_first.itertuples(index=False, name=None):
        row = dict(zip(named, map(plain, values), strict=True))
        found.setdefault(tuple(row[name] for name in key), row)
    told = {move: found.get((move.household, move.to, move.leaves)) for move in moves}
    return {move: row for move, row in told.items() if row is not None}


def plain(value: Any) -> Any:  # noqa: ANN401 - any cell of any column
    """One cell of the options; None where nothing is known."""
    return None if pd.isna(value) else value


def _of_household(column: str) -> Callable[[Move, World], Any]:
    return lambda move, world: (world.households.get(move.household) or {}).get(column)


def _of_home(column: str) -> Callable[[Move, World], Any]:
    return lambda move, world: (world.home(move.to) or {}).get(column)


def _leaves_complex(move: Move, world: World) -> str | None:
    """The complex one lives in now, also where others stay in the home."""
    home = world.home(world.lived_in(move.household) or "")
    return None if home is None else home["complex"]


FROM_STATE = {
    "resident": _of_household("resident"),
    "corporation": _of_household("corporation"),
    "coach": _of_household("coach"),
    "complex": _of_home("complex"),
    "x": _of_home("x"),
    "y": _of_home("y"),
    "landlord": _of_home("corporation"),
    "municipality": _of_home("municipality"),
    "leaves_complex": _leaves_complex,
}
"""Where in the State a column of the options comes from; others are worked out by the terms."""


def true_columns(
    moves: Sequence[Move], options: pd.DataFrame, conditions: Conditions, world: World
) -> Iterator[Finding]:
    """What the options say of a move, in a column that a condition reads, is what the State says.

    Of columns that are worked out (minutes, norms) the State says nothing.
    """
    read = columns_read(conditions) & set(FROM_STATE) & set(options.columns)
    for move, row in about(moves, options, read).items():
        for column in sorted(read):
            if row[column] != FROM_STATE[column](move, world):
                sentence = f"De mogelijkheden zeggen in '{column}' iets anders dan de gegevens."
                yield Finding("kolom_klopt", sentence, move.household, move.to)
