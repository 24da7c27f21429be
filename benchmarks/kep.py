"""kep-solver on a kidney pool: the nearest published solver (PyPI, benchmark-only).

It counts a chain's altruist as one of its length, and its chains may end in a gift to a waiting
list: ours of at most L moves is its L + 1, with points on arcs only.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pulp
from kep_solver.entities import Donor, Instance, Transplant
from kep_solver.model import PICEF, Objective, Sense
from kep_solver.programme import Programme
from kep_solver.solving import SolvingOptions

if TYPE_CHECKING:
    from benchmarks.kidney import Pool


class Points(Objective):  # type: ignore[misc] # kep-solver ships no types
    """The sum of the points on the arcs."""

    def __init__(self) -> None:
        """Need nothing."""

    def edgeValue(self, graph: Any, edge: Any, position: int | None = None) -> float:  # noqa: ANN401, ARG002, N802 - kep-solver's own signature
        """Give the points of an arc; the gift to a waiting list has none."""
        return edge.getProperty("weight") if edge.end.index >= 0 else 0

    def describe(self) -> str:
        """Say what is counted."""
        return "points"

    @property
    def sense(self) -> Any:  # noqa: ANN401 - kep-solver's own enumeration
        """The more the better."""
        return Sense.MAX


def solved(
    pool: Pool, longest_chain: int, longest_ring: int, *, seconds: float
) -> tuple[int | None, float]:
    """Value and wall seconds of kep-solver's own PICEF on CBC; value None when it is not proven.

    Its clock runs from the filled instance to the solution, as ours from the table to the choice.
    """
    instance = instance_of(pool)
    start = time.perf_counter()
    solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds)
    programme = Programme(
        [Points()], longest_ring, longest_chain + 1 if pool.altruists else 0, pool.name,
        full_details=False, model=PICEF,
    )  # fmt: skip
    _, model = programme.solve_single(instance, solvingOptions=SolvingOptions(solver=solver))
    spent = time.perf_counter() - start
    proven = model.sol_status == pulp.constants.LpSolutionOptimal
    return (round(model.objective_values[0]) if proven else None), spent


def instance_of(pool: Pool) -> Any:  # noqa: ANN401 - kep-solver's own instance
    """Fill kep-solver's own instance."""
    instance = Instance()
    donors = [Donor(str(node)) for node in range(pool.pairs + pool.altruists)]
    for node, donor in enumerate(donors):
        if node < pool.pairs:
            recipient = instance.recipient(f"r{node}")
            donor.recipient = recipient
            recipient.addDonor(donor)
        else:
            donor.NDD = True
        instance.addDonor(donor)
    arcs = zip(pool.giver.tolist(), pool.taker.tolist(), pool.points.tolist(), strict=True)
    for giver, taker, points in arcs:
        instance.addTransplant(Transplant(donors[giver], instance.recipient(f"r{taker}"), points))
    return instance
