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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.optimise.prices import Task

# Far away: a machine would have to hang. Everything that decides a plan is counted, not timed.
KILL_SWITCH = dt.timedelta(hours=2)
HALF = 0.5
# Above this the solver's doubles no longer tell single points apart, so nothing counts as proven.
COUNTABLE = 1e9


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
class Relaxed:
    """An optimum of the linear programme: use of each column, prices (1/scale), value (points)."""

    use: NDArray[np.float64]
    price: NDArray[np.int64]
    value: float


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole plan: its columns, the solver's bound in points, and whether the search was ended."""

    columns: Columns
    bound: float
    proven: bool


def columns_of(active: NDArray[np.bool_], rings: NDArray[np.bool_]) -> Columns:
    """The columns switched on: `active` per place and arc, `rings` per ring."""
    place, arc = np.nonzero(active)
    return Columns(arc, place, np.flatnonzero(rings))


def relaxed(task: Task, columns: Columns) -> Relaxed | None:
    """The linear programme's optimum on these columns (GLOP); None if the solver finds none."""
    if not columns.size:
        return Relaxed(np.zeros(0), np.zeros(task.prices, dtype=np.int64), 0.0)
    model, rows = _model(task, columns, whole=False)
    parameters = mathopt.SolveParameters(threads=1, time_limit=KILL_SWITCH)
    result = _solved(model, mathopt.SolverType.GLOP, parameters)
    if not result.solutions:
        return None
    solution = result.solutions[0]
    duals = np.array(solution.dual_solution.dual_values.values)
    price = np.zeros(task.prices, dtype=np.int64)
    priced = rows.priced >= 0
    price[rows.priced[priced]] = np.rint(
        np.maximum(duals[: len(priced)][priced], 0) * task.scale
    ).astype(np.int64)
    use = np.array(solution.primal_solution.variable_values.values)
    return Relaxed(use, price, float(solution.primal_solution.objective_value))


def whole(
    task: Task, columns: Columns, *, nodes: int | None, gap: float, lottery: bool = False
) -> Whole:
    """The best plan on these columns (SCIP), stopped at `gap` points or after `nodes` nodes."""
    if not columns.size:
        return Whole(columns, 0.0, proven=True)
    model, _ = _model(task, columns, whole=True, lottery=lottery)
    parameters = mathopt.SolveParameters(
        threads=1,
        time_limit=KILL_SWITCH,
        node_limit=nodes,
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=gap,
        random_seed=1,
    )
    result = _solved(model, mathopt.SolverType.GSCIP, parameters)
    bounds = result.termination.objective_bounds
    chosen = np.zeros(columns.size, dtype=bool)
    if result.solutions:
        chosen = np.array(result.solutions[0].primal_solution.variable_values.values) > HALF
    ended = mathopt.TerminationReason(result.termination.reason)
    return Whole(
        columns.part(chosen),
        float(bounds.dual_bound),
        proven=ended is mathopt.TerminationReason.OPTIMAL and bounds.dual_bound < COUNTABLE,
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
    task: Task, columns: Columns, *, whole: bool, lottery: bool = False
) -> tuple[model_pb2.ModelProto, _Rows]:
    rows = _rows(task, columns)
    worth = worth_of(task, columns)
    if lottery:
        worth = worth + _lots(task, columns)
    order = np.lexsort((rows.column, rows.row))
    count, useful = columns.size, np.flatnonzero(worth)
    model = model_pb2.ModelProto()
    model.variables.ids.extend(range(count))
    model.variables.lower_bounds.extend([0.0] * count)
    # In the relaxation the rows already keep every column at most 1.
    model.variables.upper_bounds.extend([1.0 if whole else float("inf")] * count)
    model.variables.integers.extend([whole] * count)
    model.objective.maximize = True
    model.objective.linear_coefficients.ids.extend(useful.tolist())
    model.objective.linear_coefficients.values.extend(worth[useful].tolist())
    model.linear_constraints.ids.extend(range(rows.ones + rows.zeros))
    model.linear_constraints.lower_bounds.extend([-float("inf")] * (rows.ones + rows.zeros))
    model.linear_constraints.upper_bounds.extend([1.0] * rows.ones + [0.0] * rows.zeros)
    model.linear_constraint_matrix.row_ids.extend(rows.row[order].tolist())
    model.linear_constraint_matrix.column_ids.extend(rows.column[order].tolist())
    model.linear_constraint_matrix.coefficients.extend(rows.sign[order].tolist())
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
