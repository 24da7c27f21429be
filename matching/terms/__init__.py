"""The terms of tonight's plan: from State, options, rules and policy to the side conditions.

`terms` reads what people said and what stands (groups, mixes, hours, proposals, norms, ties) and
writes it in the nouns of `matching.conditions`, with the columns of the options these read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from matching.candidates import moving_along
from matching.chains import unlink
from matching.conditions import Conditions
from matching.terms.agreed import Agreed, agree
from matching.terms.hours import hours
from matching.terms.instructed import Instructed, asked_of, instructed, with_pins
from matching.terms.loosened import loosened
from matching.terms.mixing import mixing
from matching.terms.moving_together import moving_together
from matching.terms.musts import musts
from matching.terms.norms import norms
from matching.terms.standing import standing, with_open_proposals
from matching.terms.table import Term, Tonight

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import pandas as pd

    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.candidates import Candidates
    from matching.model import Chain
    from matching.state import State
    from matching.walking import Network

__all__ = ["Agreed", "Instructed", "Terms", "agree", "loosened", "terms"]


@dataclass(frozen=True, slots=True)
class Terms:
    """The side conditions of tonight, and the options with every column that these read.

    `instructed`: what coaches ask of the plan; its pins are among the conditions.
    """

    options: pd.DataFrame
    conditions: Conditions
    instructed: Instructed = field(default_factory=Instructed)

    def as_made(self, chains: Iterable[Chain]) -> Conditions:
        """The conditions, without the pins of coaches that these chains do not have."""
        made = {(move.household, move.to) for move in unlink(chains)}
        left = {pair for pair in self.instructed.pinned if pair not in made}
        kept = tuple(pair for pair in self.conditions.pinned if pair not in left)
        return replace(self.conditions, pinned=kept) if left else self.conditions


def terms(
    state: State,
    found: Candidates,
    rules: Rules,
    policy: Policy,
    on: date,
    *,
    network: Network | None = None,
) -> Terms:
    """Say on what terms tonight's plan must be made. Without any, the options come back as is."""
    options = with_open_proposals(state, found.options, rules, policy, on, network=network)
    orders = asked_of(state, on)
    options, refused = with_pins(state, options, orders.pins, rules, policy, on, network=network)
    options = moving_along(state, options, rules, policy, on, network=network)
    tonight = Tonight.of(state, options, found.openings, rules=rules, policy=policy, on=on)
    stands = standing(state, options, found.openings, policy)
    told = instructed(orders, options, found.openings, stands, refused)
    pinned = tuple(sorted((*stands.pinned, *told.pinned)))
    asked: tuple[Term, ...] = (
        hours(tonight, pinned),
        norms(tonight),
        mixing(tonight),
        moving_together(tonight),
        musts(tonight, network),
        _fair(tonight),
    )
    # Whom a coach pins elsewhere, or what a coach forbids, is no longer held to what was shown.
    let_go = {household for household, _ in told.pinned}
    seen = tuple(
        pair for pair in stands.seen if pair[0] not in let_go and pair not in told.forbidden
    )
    shown = bool(stands.seen or pinned)
    conditions = Conditions(
        pinned=pinned,
        forbidden=tuple(
            dict.fromkeys((*told.forbidden, *(pair for term in asked for pair in term.forbidden)))
        ),
        seen=seen,
        change_cost=policy.change_cost if shown else 0,
        most_open=policy.most_open if shown else None,
        groups=tuple(group for term in asked for group in term.groups),
        mixes=tuple(mix for term in asked for mix in term.mixes),
        budgets=tuple(budget for term in asked for budget in term.budgets),
        together=tuple(asking for term in asked for asking in term.together),
    )
    columns = {name: column for term in asked for name, column in term.columns.items()}
    return Terms(options.assign(**columns) if columns else options, conditions, told)


def _fair(tonight: Tonight) -> Term:
    """The columns that a fair pool reads (`matching.pool`): whose household, and whose home."""
    if not tonight.policy.fair_pool or tonight.policy.pool != "region":
        return Term()
    own, let = tonight.of_household("corporation"), tonight.of_home("corporation")
    return Term({"corporation": own, "landlord": let})
