"""A solver that gives up, breaks or lies: nothing wrong is ever published.

Who stands guard, in order: `linear.whole` refuses an answer without a plan (NoAnswer); `solve`
counts every condition again (ImpossibleConditions); `link`
refuses moves that free one another no home (BrokenChain); the certificate is integers that any
price may enter, so its bound never lies under the best plan; `match` says "bewezen optimaal" only
when that bound says so; and the judge lets no plan pass that breaks a rule, a condition or counts
itself richer than it is.
"""

import warnings
from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
import pytest
from ortools.math_opt.python import mathopt

from data_contracts.words import VerhuisketenError
from matching.conditions import NONE, Budget, Conditions, ImpossibleConditions, Mix
from matching.model import Status
from matching.optimise import Limits, choose, linear, solve
from matching.optimise.linear import NoAnswer
from matching.verify import verify
from tests.brute_force import best_plan
from tests.judged import POLICY, RULES, judged_state, matched_in, plan_under, told_apart
from tests.worlds import KINDS, a_town, a_world

REAL = linear._solved
WHOLE = mathopt.SolverType.GSCIP
RELAXED = mathopt.SolverType.GLOP


@cache
def judged():
    return judged_state()


@cache
def honest():
    return matched_in(judged())


def answering(monkeypatch, change, *, of=(WHOLE, RELAXED)):
    """Let these solvers give a changed answer: `change(result)` once they have solved.

    So small a market is mostly solved by its relaxation; when only the solver of whole plans lies,
    the road that asks it is taken.
    """
    if list(of) == [WHOLE]:
        monkeypatch.setattr(solve, "_proven", lambda *_: None)

    def solved(model, engine, parameters):
        result = REAL(model, engine, parameters)
        if engine in of:
            change(result)
        return result

    monkeypatch.setattr(linear, "_solved", solved)


def without_a_plan(reason, limit=mathopt.Limit.UNDETERMINED):
    """An answer that holds nothing but why the search ended."""

    def change(result):
        del result.solutions[:]
        result.termination.Clear()
        result.termination.reason = reason.value
        result.termination.limit = limit.value

    return change


def claiming(values):
    """The claim that these values of the columns are the optimum, and that nothing is better."""

    def change(result):
        result.termination.reason = mathopt.TerminationReason.OPTIMAL.value
        primal = result.solutions[0].primal_solution
        count = len(primal.variable_values.values)
        primal.variable_values.values[:] = [float(v) for v in values(count)]
        result.termination.objective_bounds.dual_bound = 0.0

    return change


def pricing(prices):
    """The claim that these are the duals of the relaxation."""

    def change(result):
        duals = result.solutions[0].dual_solution.dual_values.values
        duals[:] = [float(p) for p in prices(np.array(duals))]

    return change


def limits_of(world):
    return Limits(world.longest_chain, world.longest_ring, world.acceptance)


def chosen(world, **how):
    return choose(
        world.options, world.openings, limits_of(world), conditions=world.conditions, seed=1, **how
    )


def published(make, options=None, conditions=NONE):
    """The plan if it would be published, and else which guard stopped it."""
    try:
        plan = make()
    except VerhuisketenError as refused:
        return None, type(refused).__name__
    told = honest().found.options if options is None else options
    found = verify(plan, judged(), RULES, POLICY, options=told, conditions=conditions)
    return (None, f"keuring: {found[0].rule}") if found else (plan, "")


# It gives up


GIVES_UP = [
    (mathopt.TerminationReason.NO_SOLUTION_FOUND, mathopt.Limit.TIME),
    (mathopt.TerminationReason.NO_SOLUTION_FOUND, mathopt.Limit.MEMORY),
    (mathopt.TerminationReason.NO_SOLUTION_FOUND, mathopt.Limit.UNDETERMINED),
    (mathopt.TerminationReason.NUMERICAL_ERROR, mathopt.Limit.UNDETERMINED),
    (mathopt.TerminationReason.OTHER_ERROR, mathopt.Limit.UNDETERMINED),
]


@pytest.mark.parametrize("small", [1_500, 0])
@pytest.mark.parametrize(("reason", "limit"), GIVES_UP)
def test_a_solver_without_an_answer_gives_no_plan_and_says_what_stays_in_force(
    monkeypatch, reason, limit, small
):
    world = a_town(1, quarters=1, people=40).under(NONE)
    answering(monkeypatch, without_a_plan(reason, limit))
    with pytest.raises(NoAnswer, match="het vorige plan blijft gelden"):
        chosen(world, small=small)


def test_a_night_whose_solver_gives_no_answer_has_no_plan_to_publish(monkeypatch):
    answering(monkeypatch, without_a_plan(*GIVES_UP[0]))
    assert published(lambda: matched_in(judged()).plan) == (None, "NoAnswer")


@pytest.mark.parametrize("small", [1_500, 0])
def test_that_the_conditions_are_impossible_is_said_only_when_a_solver_says_so(monkeypatch, small):
    world = a_world(0, "pinned")
    assert len(chosen(world, small=small).moves)
    answering(monkeypatch, without_a_plan(mathopt.TerminationReason.INFEASIBLE))
    with pytest.raises(ImpossibleConditions):
        chosen(world, small=small)


def test_without_a_relaxation_the_plan_is_still_the_best_and_its_bound_still_true(monkeypatch):
    answering(monkeypatch, without_a_plan(*GIVES_UP[0]), of=[RELAXED])
    for kind, seed in product(KINDS, range(6)):
        world = a_world(seed, kind)
        best = best_plan(world.options, world.openings, **world.for_brute_force())
        if best is not None:
            choice = chosen(world)
            assert choice.value == round(best[0]), (kind, seed)
            assert choice.certificate.bound >= best[0].__floor__(), (kind, seed)


def test_a_solver_that_breaks_is_not_hushed_up(monkeypatch):
    def breaking(*_):
        raise MemoryError

    monkeypatch.setattr(linear, "_solved", breaking)
    with pytest.raises(MemoryError):
        matched_in(judged())


# It lies about the plan


def columns_of_the_honest_night(monkeypatch):
    """How many columns the integer solver is asked about."""
    counts = []
    answering(
        monkeypatch,
        lambda result: counts.append(len(result.solutions[0].primal_solution.variable_values.ids)),
        of=[WHOLE],
    )
    matched_in(judged())
    monkeypatch.undo()
    (count,) = counts
    return count


def test_whatever_plan_a_solver_calls_the_best_what_passes_the_judge_tells_the_truth(monkeypatch):
    best, guards = honest().plan.receipt.value, set()
    count = columns_of_the_honest_night(monkeypatch)
    for answer in product([0, 1], repeat=count):
        answering(monkeypatch, claiming(lambda _, answer=answer: answer), of=[WHOLE])
        plan, guard = published(lambda: plan_under(honest(), honest().found.options, NONE))
        guards.add(guard)
        if plan is not None:
            assert plan.receipt.value <= best <= plan.receipt.bound
            assert (plan.receipt.status is Status.PROVEN) == (plan.receipt.value == best)
    assert guards >= {"", "BrokenChain"}


def test_a_worse_plan_that_is_called_the_optimum_is_published_as_bounded_only(monkeypatch):
    def all_but_the_first(count):
        return [0] + [1] * (count - 1)

    def nothing(count):
        return [0] * count

    for lie in (nothing, all_but_the_first):
        answering(monkeypatch, claiming(lie), of=[WHOLE])
        plan, _ = published(lambda: matched_in(judged()).plan)
        assert plan is None or plan.receipt.status is not Status.PROVEN


CONDITIONS = [
    Conditions(pinned=(("jong", "opgezegd"),), forbidden=(("mevrouw", "hofje"),)),
    Conditions(budgets=(Budget("uren", "minutes", 180),)),
    Conditions(mixes=(Mix("plein", "VRAGEND", now=2, least=2, most=2),)),
]


@pytest.mark.parametrize("conditions", CONDITIONS)
def test_whatever_a_solver_answers_no_plan_that_breaks_a_condition_is_published(
    monkeypatch, conditions
):
    options = told_apart(honest().found.options, judged())
    best = plan_under(honest(), options, conditions).receipt.value
    dice = np.random.default_rng(3)
    guards = set()
    for _ in range(60):
        lie = claiming(lambda count: dice.random(count) < 0.6)
        answering(monkeypatch, lie, of=[WHOLE])
        plan, guard = published(
            lambda: plan_under(honest(), options, conditions), options, conditions
        )
        guards.add(guard)
        if plan is not None:
            assert plan.receipt.value <= best <= plan.receipt.bound
    assert len(guards - {""}) >= 1
    assert guards & {"ImpossibleConditions", "keuring: samenstelling"}


# It lies about prices and bounds


LIES = {
    "nothing costs anything": lambda duals: 0 * duals,
    "all is ten times as dear": lambda duals: 10 * duals,
    "dear is cheap": lambda duals: duals.max(initial=0) - duals,
    "below nothing": lambda duals: -duals,
    "another order": lambda duals: duals[::-1],
    "beyond all counting": lambda duals: duals + 1e30,
    "no number": lambda duals: duals * np.nan,
}


@pytest.mark.parametrize("small", [1_500, 0])
@pytest.mark.parametrize("lie", LIES)
def test_no_prices_that_a_solver_makes_up_prove_a_bound_below_the_best_plan(
    monkeypatch, lie, small
):
    answering(monkeypatch, pricing(LIES[lie]), of=[RELAXED])
    for kind in KINDS:
        world = a_world(4, kind)
        best = best_plan(world.options, world.openings, **world.for_brute_force())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # as in production: what is no number is cast
                choice = chosen(world, small=small)
        except VerhuisketenError:
            continue
        assert choice.certificate.bound >= best[0].__floor__(), kind
        assert choice.value <= round(best[0]), kind


def test_a_bound_that_a_solver_claims_is_not_taken_over(monkeypatch):
    best = honest().plan.receipt.value
    for claimed in (0.0, best / 2, 1e30):

        def change(result, claimed=claimed):
            result.termination.objective_bounds.dual_bound = claimed
            result.solutions[0].dual_solution.objective_value = claimed

        answering(monkeypatch, change)
        plan, _ = published(lambda: matched_in(judged()).plan)
        assert plan.receipt.value == best <= plan.receipt.bound


def test_an_optimum_that_is_only_nearly_whole_is_counted_in_whole_moves(monkeypatch):
    def blurred(result):
        values = result.solutions[0].primal_solution.variable_values.values
        values[:] = [abs(v - 1e-4) for v in values]

    answering(monkeypatch, blurred, of=[WHOLE])
    plan = matched_in(judged()).plan
    assert (plan.chains, plan.receipt) == (honest().plan.chains, honest().plan.receipt)


def test_gains_beyond_what_a_solver_can_tell_apart_leave_a_true_value_and_bound():
    world = a_world(1, "pinned").under(NONE)
    rich = world.options.assign(gain=world.options["gain"] + 10**12)
    choice = choose(rich, world.openings, limits_of(world), seed=1)
    best, _ = best_plan(rich, world.openings, **world.for_brute_force())
    assert choice.value <= round(Fraction(best)) <= choice.certificate.bound
