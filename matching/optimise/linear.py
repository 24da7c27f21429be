"""The linear programme over (move, place in the chain) and rings, handed to the solver as arrays.

One column per move and place and one per ring, as in kidney exchange (PICEF, Dickerson et al.
2016, https://doi.org/10.1145/2940716.2940759): a household moves once, a vacancy starts one chain,
and who enters a home at place k + 1 needs someone who left it at place k. Its LP bound is nearly
tight.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2
from ortools.math_opt.core.python import solver
from ortools.math_opt.python import mathopt
from ortools.math_opt.solvers.gscip import gscip_pb2
from scipy.sparse import coo_array

from data_contracts.words import VerhuisketenError
from matching.rows import PER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.optimise.prices import Task

# Far away: a machine would have to hang. Everything that decides a plan is counted, not timed.
KILL_SWITCH = dt.timedelta(hours=2)
HALF = 0.5
DOUBLES = 2e-6  # of a limit: twice what the solver may let it be passed by
PLAIN = gscip_pb2.GScipParameters(int_params={"branching/pscost/priority": 1_000_000})
# Above this the solver's doubles no longer tell single points apart, so nothing counts as proven.
COUNTABLE = 1e9
# What a side condition that falls short costs in the relaxation, in moves of the greatest worth.
SHORT = 1_000.0


class NoAnswer(VerhuisketenError):
    """De oplosser gaf geen antwoord; het vorige plan blijft gelden. Probeer het later opnieuw."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The variables: moves at places (0-based), then rings, each by its position in the task."""

    arc: NDArray[np.int64]
    place: NDArray[np.int64]
    ring: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many variables."""
        return len(self.arc) + len(self.ring)

    def part(self, chosen: NDArray[np.bool_]) -> Columns:
        """Only the chosen columns."""
        arcs, rings = chosen[: len(self.arc)], chosen[len(self.arc) :]
        return Columns(self.arc[arcs], self.place[arcs], self.ring[rings])


@dataclass(frozen=True, slots=True)
class Side:
    """More rows sum(coefficient x use) ≤ limit, as triplets over positions in the columns."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    coefficient: NDArray[np.float64]
    limit: NDArray[np.float64]


NO_SIDE = Side(np.zeros(0, int), np.zeros(0, int), np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Relaxed:
    """An optimum of the linear programme: use of each column, prices (1/scale), value (points).

    `side_price` is the dual of each row of the `Side` that was given, in points.
    """

    use: NDArray[np.float64]
    price: NDArray[np.int64]
    value: float
    side_price: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole plan: its columns, the solver's bound in points, and whether the search was ended.

    `broken`: no plan on these columns keeps the side conditions (or none was found).
    """

    columns: Columns
    bound: float
    proven: bool
    broken: bool = False


def columns_of(active: NDArray[np.bool_], rings: NDArray[np.bool_]) -> Columns:
    """The columns switched on: `active` per place and arc, `rings` per ring."""
    place, arc = np.nonzero(active)
    return Columns(arc, place, np.flatnonzero(rings))


def relaxed(task: Task, columns: Columns, side: Side = NO_SIDE) -> Relaxed | None:
    """The linear programme's optimum on these columns (GLOP); None if the solver finds none.

    Side conditions that need moves may fall short here, at a price no plan would pay: so columns
    that meet them can still be priced in.
    """
    if not columns.size and not len(task.market.rows):
        nothing = np.zeros(task.prices, dtype=np.int64)
        return Relaxed(np.zeros(0), nothing, 0.0, np.zeros(len(side.limit)))
    model, rows = _model(task, columns, side, whole=False)
    parameters = mathopt.SolveParameters(threads=1, time_limit=KILL_SWITCH)
    result = _solved(model, mathopt.SolverType.GLOP, parameters)
    if not result.solutions:
        return None
    solution = result.solutions[0]
    duals = np.array(solution.dual_solution.dual_values.values)
    use = np.array(solution.primal_solution.variable_values.values)[: columns.size]
    paid = np.maximum(duals, 0)
    return Relaxed(
        use,
        _prices(task, rows, paid),
        float(solution.primal_solution.objective_value),
        paid[len(paid) - len(side.limit) :],
    )


def _prices(task: Task, rows: _Rows, paid: NDArray[np.float64]) -> NDArray[np.int64]:
    """Duals as whole prices: 1/scale a household or home or unit, or millionths of worth."""
    price = np.zeros(task.prices, dtype=np.int64)
    priced = rows.priced >= 0
    price[rows.priced[priced]] = np.rint(paid[: len(priced)][priced] * task.scale).astype(np.int64)
    begin = rows.ones + rows.zeros
    unit = np.where(task.market.rows.by_worth, PER, task.scale)
    duals = paid[begin : begin + len(unit)]
    price[task.row_prices] = np.rint(duals * unit).astype(np.int64)
    return task.held(price if task.firm is None else price + task.firm)


def whole(
    task: Task,
    columns: Columns,
    side: Side = NO_SIDE,
    *,
    nodes: int | None,
    gap: float,
    lottery: bool = False,
    plain: bool = False,
) -> Whole:
    """The best plan on these columns (SCIP), stopped at `gap` points or after `nodes` nodes.

    `plain` is branch and bound alone, by pseudo-costs: where reduced-cost fixing left little the
    tree is small, and cuts, heuristics and trial branching would take ten times as long.

    Raises NoAnswer when the solver gives up on anything but its nodes.
    """
    if not columns.size:
        asked = np.concatenate([task.market.rows.limit, side.limit])
        return Whole(columns, 0.0, proven=True, broken=bool((asked < 0).any()))
    model, _ = _model(task, columns, side, whole=True, lottery=lottery)
    parameters = mathopt.SolveParameters(
        threads=1,
        time_limit=KILL_SWITCH,
        node_limit=nodes,
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=gap,
        random_seed=1,
        presolve=mathopt.Emphasis.LOW if plain else None,
        cuts=mathopt.Emphasis.OFF if plain else None,
        heuristics=mathopt.Emphasis.OFF if plain else None,
        gscip=PLAIN if plain else gscip_pb2.GScipParameters(),
    )
    result = _solved(model, mathopt.SolverType.GSCIP, parameters)
    bounds = result.termination.objective_bounds
    chosen = np.zeros(columns.size, dtype=bool)
    if not result.solutions and not _ended(result.termination):
        raise NoAnswer
    if result.solutions:
        chosen = np.array(result.solutions[0].primal_solution.variable_values.values) > HALF
    ended = mathopt.TerminationReason(result.termination.reason)
    return Whole(
        columns.part(chosen),
        float(bounds.dual_bound),
        proven=ended is mathopt.TerminationReason.OPTIMAL and bounds.dual_bound < COUNTABLE,
        broken=not result.solutions,
    )


def _ended(termination: Any) -> bool:  # noqa: ANN401 - a protobuf without types
    """Whether a solver without a plan says that there is none, or has used the nodes it was given.

    A time-out, a lack of memory or an error says nothing: an empty plan would be a wrong answer.
    """
    reason = mathopt.TerminationReason(termination.reason)
    none = {
        mathopt.TerminationReason.INFEASIBLE,
        mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED,
    }
    return reason in none or termination.limit == mathopt.Limit.NODE.value


def side_of(task: Task, columns: Columns) -> Side:
    """The side conditions over these columns; rows over worth in points."""
    rows = task.market.rows
    if not len(rows):
        return NO_SIDE
    member_column, member = _members(task, columns)
    length = np.bincount(member_column, minlength=columns.size)[member_column]
    arc = np.concatenate([columns.arc, member])
    column = np.concatenate([np.arange(len(columns.arc)), member_column])
    weight = np.array([0, *task.weights])[np.concatenate([columns.place + 1, length])]
    table = coo_array((rows.coefficient, (rows.arc, rows.row)), shape=(task.market.size, len(rows)))
    at = coo_array(table.tocsr()[arc])
    which, row = at.coords
    worth = task.market.gain[arc[which]] * weight[which] / task.scale
    counted = np.where(rows.by_worth[row], at.data * worth, at.data)
    summed = coo_array((counted, (column[which], row)), shape=(columns.size, len(rows))).tocsr()
    columns_of_rows = coo_array(summed)
    return Side(
        columns_of_rows.coords[1].astype(np.int64),
        columns_of_rows.coords[0].astype(np.int64),
        columns_of_rows.data,
        rows.limit.astype(np.float64),
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows' coefficients, the number of rows ≤ 1 and ≤ 0, and which price each row carries."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    sign: NDArray[np.float64]
    ones: int
    zeros: int
    priced: NDArray[np.int64]


def _rows(task: Task, columns: Columns) -> _Rows:
    market, places = task.market, task.places + 1
    at = np.arange(len(columns.arc))
    member_column, member = _members(task, columns)
    people, person_row = np.unique(
        np.concatenate([market.household[columns.arc], market.household[member]]),
        return_inverse=True,
    )
    home = market.home[columns.arc]
    first = columns.place == 0
    capped = (market.opening[home] & first) | task.priced[home]
    ring_capped = market.opening[market.home[member]] | task.priced[market.home[member]]
    homes, home_row = np.unique(
        np.concatenate([home[capped], market.home[member][ring_capped]]), return_inverse=True
    )
    need = home[~first] * places + columns.place[~first]
    needs, need_row = np.unique(need, return_inverse=True)
    onward = market.onward[columns.arc]
    give = np.where(onward < market.homes, onward * places + columns.place + 1, -1)
    giver = np.isin(give, needs)
    ones = len(people) + len(homes)
    return _Rows(
        row=np.concatenate(
            [
                person_row,
                len(people) + home_row,
                ones + need_row,
                ones + np.searchsorted(needs, give[giver]),
            ]
        ),
        column=np.concatenate(
            [at, member_column, at[capped], member_column[ring_capped], at[~first], at[giver]]
        ),
        sign=np.concatenate(
            [np.ones(len(person_row) + len(home_row) + len(need)), -np.ones(int(giver.sum()))]
        ),
        ones=ones,
        zeros=len(needs),
        priced=np.concatenate(
            [people, np.where(task.priced[homes], market.households + homes, -1)]
        ).astype(np.int64),
    )


def tightened(task: Task, columns: Columns) -> Side:
    """The rows over worth, asking as much more as rounding and the solver's doubles may hide."""
    side, rows = side_of(task, columns), task.market.rows
    hidden = DOUBLES + 2 / max(1, min(task.weights, default=1))
    here = np.flatnonzero(rows.by_worth[side.row])
    limit = np.where(rows.by_worth, side.limit - np.abs(side.limit) * hidden, np.inf)
    return Side(side.row[here], side.column[here], side.coefficient[here], limit)


def _members(task: Task, columns: Columns) -> tuple[NDArray[Any], NDArray[Any]]:
    """Of every ring column its moves: (column number, arc)."""
    arcs = task.rings[columns.ring]
    which, position = np.nonzero(arcs >= 0)
    return len(columns.arc) + which, arcs[which, position]


def worth_of(task: Task, columns: Columns) -> NDArray[np.float64]:
    """What each column is worth, in points."""
    per_place = np.zeros(len(columns.arc), dtype=np.int64)
    for place, worth in enumerate(task.worth):
        here = columns.place == place
        per_place[here] = worth[columns.arc[here]]
    return np.concatenate([per_place, task.ring_worth[columns.ring]]) / task.scale


def _lots(task: Task, columns: Columns) -> NDArray[np.float64]:
    """Less than half a point for a whole plan, shared out by lot, so that one plan is the best."""
    lot = task.market.lot.astype(np.float64) / 2.0**64
    rings = np.where(task.rings >= 0, lot[task.rings], 0).sum(axis=1)[columns.ring]
    most = max(1, min(task.market.households, task.market.homes))
    return np.concatenate([lot[columns.arc], rings]) * (0.45 / most)


def _model(
    task: Task, columns: Columns, extra: Side, *, whole: bool, lottery: bool = False
) -> tuple[model_pb2.ModelProto, _Rows]:
    rows, asked = _rows(task, columns), side_of(task, columns)
    worth = worth_of(task, columns)
    if lottery:
        worth = worth + _lots(task, columns)
    # In the relaxation what side conditions fall short is a column too, dearer than any plan.
    short = 0 if whole or not (asked.limit < 0).any() else len(asked.limit)
    penalty = SHORT * max(1.0, float(np.abs(worth).max(initial=0)))
    worth = np.concatenate([worth, np.full(short, -penalty)])
    begin = rows.ones + rows.zeros
    row = np.concatenate(
        [
            rows.row,
            begin + asked.row,
            begin + np.arange(short),
            begin + len(asked.limit) + extra.row,
        ]
    )
    column = np.concatenate(
        [rows.column, asked.column, columns.size + np.arange(short), extra.column]
    )
    sign = np.concatenate([rows.sign, asked.coefficient, -np.ones(short), extra.coefficient])
    limit = np.concatenate([np.ones(rows.ones), np.zeros(rows.zeros), asked.limit, extra.limit])
    order = np.lexsort((column, row))
    count, useful = columns.size + short, np.flatnonzero(worth)
    model = model_pb2.ModelProto()
    model.variables.ids.extend(range(count))
    model.variables.lower_bounds.extend([0.0] * count)
    # In the relaxation the rows already keep every column at most 1.
    model.variables.upper_bounds.extend([1.0 if whole else float("inf")] * count)
    model.variables.integers.extend([whole] * count)
    model.objective.maximize = True
    model.objective.linear_coefficients.ids.extend(useful.tolist())
    model.objective.linear_coefficients.values.extend(worth[useful].tolist())
    model.linear_constraints.ids.extend(range(len(limit)))
    model.linear_constraints.lower_bounds.extend([-float("inf")] * len(limit))
    model.linear_constraints.upper_bounds.extend(limit.tolist())
    model.linear_constraint_matrix.row_ids.extend(row[order].tolist())
    model.linear_constraint_matrix.column_ids.extend(column[order].tolist())
    model.linear_constraint_matrix.coefficients.extend(sign[order].tolist())
    return model, rows


def _solved(
    model: model_pb2.ModelProto,
    engine: mathopt.SolverType,
    parameters: mathopt.SolveParameters,
) -> Any:  # noqa: ANN401 - a protobuf without types
    """Solve the arrays themselves: building Python expressions would cost more than solving."""
    return solver.solve(
        model,
        engine.value,
        mathopt.StreamableSolverInitArguments().to_proto(),
        parameters.to_proto(),
        model_parameters_pb2.ModelSolveParametersProto(),
        None,
        callback_pb2.CallbackRegistrationProto(),
        None,
        None,
    )
