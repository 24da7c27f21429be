"""The story: State in, plan out, in five verbs. The same facts give the same plan, to the byte."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from matching.candidates import candidates
from matching.chains import link, moves_of
from matching.conditions import NONE, Conditions
from matching.explain import explain_plan
from matching.lookup import lines
from matching.model import Plan, Receipt, Status
from matching.optimise import Limits
from matching.passed_over import NOBODY, Earlier, by_themselves, passed_over
from matching.pool import alone, gain_of, shares_of, together
from matching.shadow import shadow, totals
from matching.terms import agree, terms

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.candidates import Candidates
    from matching.state import State
    from matching.terms import Agreed
    from matching.walking import Network

LEAST = -(2**63)
CHOSEN_BY = ("household", "dwelling", "leaves", "gain")
OF_TERMS = frozenset(
    {"coach", "coach_minutes", "complex", "corporation", "landlord", "leaves_complex"}
    | {"moves_along", "municipality", "resident", "x", "y"}
)
"""The columns that `matching.terms` may add to the options, besides `norm_` and a name."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a plan is made for: the region, the night, the place in the log, and the public seed."""

    region: str
    on: date
    position: int
    seed: int
    code_version: str


@dataclass(frozen=True, slots=True)
class Matched:
    """A plan, what it was chosen from, and the conditions it keeps: for other eyes to judge."""

    plan: Plan
    found: Candidates
    conditions: Conditions = NONE


def match(
    state: State,
    rules: Rules,
    policy: Policy,
    occasion: Occasion,
    *,
    network: Network | None = None,
    earlier: Earlier = NOBODY,
    progress: Callable[[str], None] = lambda _: None,
) -> Matched:
    """Match households to homes and link the moves into explained chains, with a proven bound.

    `earlier`: who had been passed over up to the night before (`matching.passed_over.earlier_of`).
    """
    progress("kandidaten zoeken en toetsen")
    found = candidates(state, rules, policy, occasion.on, network=network)
    asked = terms(state, found, rules, policy, occasion.on, network=network)
    found = replace(found, options=asked.options)
    progress("verhuisketens kiezen")
    limits = Limits(policy.longest_chain, policy.longest_ring, policy.acceptance_percent / 100)
    market = (found.options, found.openings, limits)
    apart = alone(*market, asked.conditions, seed=occasion.seed) if _pooled(policy) else ()
    conditions = replace(asked.conditions, shares=shares_of(apart))
    agreed = agree(*market, conditions, seed=occasion.seed, instructed=asked.instructed.pinned)
    progress("uitleggen en vergelijken")
    chains = link(moves_of(agreed.chosen.moves), openings=frozenset(found.openings))
    pooling = together(apart, chains, found.options, limits)
    plan = Plan(
        chains=chains,
        reasons=explain_plan(chains, found.options),
        totals=totals(chains, found.options),
        receipt=_receipt(occasion, rules, policy, found, agreed, network=network, earlier=earlier),
        shadow=shadow(by_themselves(found.options), found.openings, state),
        certificate=agreed.chosen.certificate,
        remarks=(
            *_remarks(found),
            *agreed.remarks,
            *asked.instructed.remarks(chains),
            *gain_of(pooling),
        ),
        passed_over=passed_over(
            chains, found.options, on=occasion.on, earlier=earlier, after=policy.passed_over_nights
        ),
        pooling=pooling,
    )
    return Matched(plan, found, agreed.conditions)


def _pooled(policy: Policy) -> bool:
    return policy.fair_pool and policy.pool == "region"


def _receipt(
    occasion: Occasion,
    rules: Rules,
    policy: Policy,
    found: Candidates,
    agreed: Agreed,
    *,
    network: Network | None,
    earlier: Earlier,
) -> Receipt:
    """Say what the plan rested on.

    What a solver claims but the certificate does not prove is not said: whoever holds the plan can
    check its bound and its status.
    """
    chosen = agreed.chosen
    bound = chosen.certificate.bound
    proven = chosen.status is Status.PROVEN and bound == chosen.value
    bounded = Status.EMPTY if chosen.status is Status.EMPTY else Status.BOUNDED
    return Receipt(
        region=occasion.region,
        on=occasion.on,
        position=occasion.position,
        rules_year=rules.year,
        rules_hash=rules.hash,
        policy_hash=policy.hash,
        code_version=occasion.code_version,
        seed=occasion.seed,
        longest_chain=policy.longest_chain,
        longest_ring=policy.longest_ring,
        acceptance_percent=policy.acceptance_percent,
        openings=len(found.openings),
        options=len(found.options),
        options_hash=options_hash(found.options),
        status=Status.PROVEN if proven else bounded,
        value=chosen.value,
        bound=bound,
        network=network.hash if network else "",
        conditions=agreed.conditions.hash,
        earlier=earlier.hash,
    )


def options_hash(options: pd.DataFrame) -> str:
    """Give the sha256 of what was chosen from, column by column, rows in order.

    Household, dwelling, leaves and gain, and the columns of `matching.terms` as far as there are,
    each after its name: text as lines (missing: empty), numbers as 64-bit little-endian integers
    (missing: the least there is).
    """
    of_terms = sorted(name for name in options.columns if name in OF_TERMS or name[:5] == "norm_")
    told = hashlib.sha256()
    for name in (*CHOSEN_BY, *of_terms):
        told.update(f"{name}\n".encode())
        told.update(_bytes_of(options[name]))
    return told.hexdigest()


def _bytes_of(column: pd.Series) -> bytes:
    if pd.api.types.is_string_dtype(column) or column.dtype == object:
        return lines(column)
    numbers: NDArray[np.int64] = column.to_numpy(dtype="<i8", na_value=LEAST)
    return numbers.tobytes()


def _remarks(found: Candidates) -> tuple[str, ...]:
    if not found.estimate:
        return ()
    return ("Loopminuten zijn geschat: hemelsbreed maal de omweg uit het beleid, zonder wegennet.",)
