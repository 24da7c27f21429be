"""Small plans for the tests of the store: chains of households that move in one direction."""

from datetime import date

from matching.model import Chain, Explanation, Move, Plan, Reason, Receipt, Status, Totals

REGION = "proefregio"
ON = date(2026, 6, 15)


def a_chain(*households, opens="leeg"):
    """Each household enters what the one before leaves; the first enters `opens`."""
    homes = [opens, *(f"thuis-{household}" for household in households)]
    return Chain(
        tuple(
            Move(household, to, leaves, 10)
            for household, to, leaves in zip(households, homes[:-1], homes[1:], strict=True)
        )
    )


def a_plan(*households, chains=None, on=ON):
    """A plan of one chain of these households (H1 unless said), or of these chains."""
    made = tuple(chains) if chains is not None else (a_chain(*(households or ("H1",))),)
    moves = [move for chain in made for move in chain.moves]
    reason = Reason("past", None, 10, "De woning past.", "beleid")
    return Plan(
        chains=made,
        reasons=tuple(Explanation(m.household, m.to, (reason,)) for m in moves),
        totals=Totals(moves=len(moves), chains=len(made)),
        receipt=Receipt(
            region=REGION,
            on=on,
            position=7,
            rules_year=2026,
            rules_hash="r",
            policy_hash="p",
            code_version="0",
            seed=1,
            longest_chain=4,
            longest_ring=0,
            acceptance_percent=100,
            openings=1,
            options=len(moves),
            options_hash="o",
            status=Status.PROVEN,
            value=10 * len(moves),
            bound=10 * len(moves),
        ),
    )
