"""Which figures are of too few people to show, and which would give those away: for every table.

The same number stands in several tables under several names. So there is one set of cells, by
measure and group, and every table asks here. A kind of chain is a group of BEGUN: `home:ruim`, or
of two things `cause+home:zorg|ruim`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from matching.simulate.comparison import SMALL, WHOLE
from matching.simulate.ledger import OF_HOMES, Cause
from matching.simulate.portal import OUTSIDE, STARTER, TENANT
from matching.simulate.ratios import SHARES
from matching.simulate.small import hidden, lines_of
from matching.simulate.tally import PLACES
from matching.simulate.told import OF, marked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matching.simulate.catalogue import Measure
    from matching.simulate.told import Told

BEGUN = "chains_begun"
CHAIN = ["by", *PLACES]
BAR = "|"
CELL = [*OF, "measure", "group", "year"]
EVERY = -1
"""The year of a cell that stands for all years."""
GROUP = r"(?P<by>[^:+]*)\+?(?P<also>[^:]*):?(?P<value>[^|]*)\|?(?P<also_value>.*)"
"""What a group says: by one thing or two, and of each which."""
_FREED_BY_MOVE = ("freed", f"cause:{Cause.MOVE}")
SAME = (
    (("moves", WHOLE), ("lets", WHOLE)),  # who moves is let a home
    (("moves", f"kind:{STARTER}"), ("moves_starters", WHOLE)),
    (("moves", f"kind:{STARTER}"), ("housed_last", f"end:{STARTER}")),  # leave nothing behind,
    (("moves", f"kind:{OUTSIDE}"), ("moves_outside", WHOLE)),
    (("moves", f"kind:{OUTSIDE}"), ("housed_last", f"end:{OUTSIDE}")),  # nor do these
    (("declined", WHOLE), ("moves", "channel:match"), ("proposals", WHOLE)),  # no, or a move
    # A home comes free by a move, or a chain begins; and how many come free is shown.
    (_FREED_BY_MOVE, (BEGUN, WHOLE)),
    # Who moves leaves a home, or is housed last; two who become one can leave one more.
    (_FREED_BY_MOVE, ("housed_last", WHOLE), ("moves", WHOLE)),
    (_FREED_BY_MOVE, ("housed_last", f"end:{TENANT}"), ("moves", f"kind:{TENANT}")),
    *((("freed", f"cause:{one}"), (BEGUN, f"cause:{one}")) for one in Cause if one != Cause.MOVE),
)
"""Figures by measure and group of which each can be told from the others: they are one number, or
add up (`matching.simulate.happening` and `letting` count them so)."""


@dataclass(frozen=True, slots=True)
class Few:
    """Cells that count people, by CELL: how many (`mean`), and whether that is not shown (`small`).

    In `horizon` the year is EVERY. In `yearly` it is so of a flow, which is hidden in all years or
    in none, as the horizon would tell one year from the others; `mean` is of its lowest year.
    """

    horizon: pd.DataFrame
    yearly: pd.DataFrame

    @classmethod
    def of(cls, told: Told, measures: Mapping[str, Measure]) -> Few:
        """Judge the cells of all runs."""
        stocks = [name for name, one in measures.items() if one.kind == "stock"]
        horizon = told.means("horizon", ["measure", "group"]).assign(year=EVERY)
        years = told.means("yearly", ["measure", "group", "year"])
        begun = told.means("begun", [*CHAIN, "year"])
        begun = begun.assign(measure=BEGUN, group=group_of(begun))
        chains = begun.assign(year=EVERY).groupby(CELL, as_index=False)["mean"].sum()
        whole = pd.concat([_of_people(horizon, measures), chains], ignore_index=True)
        told_of = _judged(whole, measures)
        while (under := _under_hidden(told_of) & ~told_of["small"]).any():
            told_of = _judged(whole, measures, told_of["small"] | under)
        alone = begun[~begun["by"].str.contains("+", regex=False)]
        every = pd.concat([_of_people(years, measures), alone[[*CELL, "mean"]]])
        every["year"] = every["year"].where(every["measure"].isin(stocks), EVERY)
        lowest = every.groupby(CELL, as_index=False)["mean"].min()
        # What is hidden over the horizon is so in each year of it; of a stock that is the last.
        last = told_of["year"].mask(told_of["measure"].isin(stocks), years["year"].max())
        gone = marked(lowest, told_of[[*CELL, "small"]].assign(year=last))
        return cls(told_of, _judged(lowest, measures, gone))


def group_of(chains: pd.DataFrame) -> pd.Series:
    """Name kinds of chains (columns of CHAIN) as groups of BEGUN."""
    told = chains["cause"] + BAR + chains["home"] + BAR + chains["neighbourhood"]
    group = chains["by"] + ":" + told.str.replace(2 * BAR, BAR).str.strip(BAR)
    return group.where(chains["by"] != WHOLE, WHOLE)


def parts(cells: pd.DataFrame) -> pd.DataFrame:
    """Give cells that are a part of a total, with the group of that (`of`); by two things twice.

    `by` and `also` are what their group tells apart, `also` only of two things.
    """
    named = cells["group"].str.extract(GROUP)
    one, two = (named["by"] != WHOLE) & (named["also"] == ""), named["also"] != ""
    cells = cells.assign(by=named["by"], also=named["also"])
    return pd.concat(
        [
            cells[one].assign(of=WHOLE),
            cells[two].assign(of=(named["by"] + ":" + named["value"])[two]),
            cells[two].assign(of=(named["also"] + ":" + named["also_value"])[two]),
        ],
        ignore_index=True,
    )


def _of_people(figures: pd.DataFrame, measures: Mapping[str, Measure]) -> pd.DataFrame:
    """Give the cells (CELL and `mean`) that count people, but BEGUN; and who a norm is not met for.

    Why something happened (`cause:`) is about people, as somebody died or went to care, unless it
    is for everybody to know.
    """
    cells = figures[[*CELL, "mean"]]
    people = cells["measure"].isin([name for name, one in measures.items() if one.people])
    known = cells["group"].isin([f"cause:{one}" for one in OF_HOMES])
    why = cells["group"].str.startswith("cause:") & ~known
    theirs = cells[(people | why) & (cells["measure"] != BEGUN)]
    return pd.concat([theirs, *(_rest(cells, *both) for both in SHARES.values())])


def _rest(cells: pd.DataFrame, part: str, of: str) -> pd.DataFrame:
    """Give what is in one measure and not in the other: nobody shows it, and it can be told."""
    keys = [name for name in CELL if name != "measure"]
    whole, some = (cells[cells["measure"] == one].set_index(keys)["mean"] for one in (of, part))
    others = whole - some.reindex(whole.index).fillna(0.0)
    return others.reset_index().assign(measure=rest(part, of))


def rest(part: str, of: str) -> str:
    """Name the measure of who is counted `of`, but not in the `part`."""
    return f"{of} - {part}"


def _judged(
    cells: pd.DataFrame, measures: Mapping[str, Measure], gone: pd.Series | None = None
) -> pd.DataFrame:
    """Say of cells whether they are `small`; those that are `gone` are, however many they count."""
    members = pd.concat([_totals(cells, measures), _same(cells)])[[*CELL, "line"]]
    small = cells["mean"] < SMALL if gone is None else gone | (cells["mean"] < SMALL)
    lines = lines_of(cells, members, [*OF, "year"])
    return cells.assign(small=hidden(cells["mean"], small, lines))


def _under_hidden(cells: pd.DataFrame) -> pd.Series:
    """Say which cells told apart by two things are a part of a hidden one.

    What is shown of it would be a step towards the rest, by way of the totals across.
    """
    told = parts(cells.assign(at=cells.index)).drop(columns=["group", "small"])
    of = told[told["also"] != WHOLE].rename(columns={"of": "group"})
    under = of.loc[marked(of, cells[[*CELL, "small"]]), "at"]
    return pd.Series(cells.index.isin(under), index=cells.index)


def _totals(cells: pd.DataFrame, measures: Mapping[str, Measure]) -> pd.DataFrame:
    """Name the members of lines in which groups add up to a total, the total as the last."""
    told = parts(cells)
    apart = [(name, one) for name, told_of in measures.items() for one in told_of.overlapping]
    told = told[~pd.MultiIndex.from_frame(told[["measure", "by"]]).isin(apart)]
    of = told["measure"] + " " + told["by"] + " " + told["also"] + " " + told["of"]
    told = told.assign(line=of)
    return pd.concat([told, told.assign(group=told["of"]).drop_duplicates([*CELL, "line"])])


def _same(cells: pd.DataFrame) -> pd.DataFrame:
    """Name the members of lines of SAME, and per group who a norm is met for, not met, and all."""
    named = pd.DataFrame(
        [(*cell, f"same {at}") for at, line in enumerate(SAME) for cell in line],
        columns=["measure", "group", "line"],
    )
    norms = pd.DataFrame(
        [
            (one, f"norm {part}")
            for part, of in SHARES.values()
            for one in (rest(part, of), part, of)
        ],
        columns=["measure", "line"],
    )
    by_group = cells.merge(norms, on="measure")
    by_group["line"] += " " + by_group["group"]
    return pd.concat([cells.merge(named, on=["measure", "group"]), by_group])
