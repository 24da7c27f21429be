"""A small made-up plan with everything a hand-over must cope with, and its tables."""

from __future__ import annotations

from datetime import date

import pandas as pd

from data_contracts.words import Verdict
from matching.model import (
    Chain,
    Explanation,
    Move,
    Plan,
    Reason,
    Receipt,
    Status,
    Totals,
)
from pipelines.handover import HandoverFacts

ON = date(2026, 11, 22)
CANARY = "Kanarie-Zeldzaam"
NASTY = {
    "H-1": "=cmd|'/C calc'!A0",
    "H-2": "+31 6 00000000",
    "H-3": "-5",
    "H-4": '@SUM(1+1)*cmd|"x"',
    "H-5": f"{CANARY} =HYPERLINK(1)",
}


def a_receipt(status: Status = Status.BOUNDED, value: int = 1000, bound: int = 1004) -> Receipt:
    return Receipt(
        region="Proefregio",
        on=ON,
        position=42,
        rules_year=2026,
        rules_hash="r" * 16,
        policy_hash="p" * 16,
        code_version="0.1.0",
        seed=7,
        longest_chain=5,
        longest_ring=3,
        acceptance_percent=100,
        openings=3,
        options=99,
        options_hash="o" * 16,
        status=status,
        value=value,
        bound=bound,
    )


def _why(move: Move) -> Explanation:
    return Explanation(
        move.household,
        move.to,
        (
            Reason("toestemming", Verdict.YES, 0, "De toestemming is geldig.", "AVG artikel 6"),
            Reason("daeb_inkomen", Verdict.ASK, 0, "Vraag naar de toets van 2026.", "Woningwet"),
            Reason("nabijheid", None, 30, "De dochter komt dichterbij.", "beleid"),
            Reason("eigen_buurt", None, 0, "Andere buurt.", "beleid"),
        ),
    )


def a_plan(*, receipt: Receipt | None = None) -> Plan:
    """Two chains and a ring: W-1 ← H-1, H-2 and W-4 ← H-3 (a starter); H-4 and H-5 swap."""
    chains = (
        Chain((Move("H-1", "W-1", "W-2", 100), Move("H-2", "W-2", "W-3", 50))),
        Chain((Move("H-3", "W-4", None, 30),)),
        Chain((Move("H-4", "W-6", "W-5", 20), Move("H-5", "W-5", "W-6", 20)), ring=True),
    )
    moves = [move for chain in chains for move in chain.moves]
    return Plan(
        chains=chains,
        reasons=tuple(_why(move) for move in moves),
        totals=Totals(5, 2, 1, 1, 2, -17, 1, ((1, 1), (2, 2))),
        receipt=receipt or a_receipt(),
        shadow=Totals(3, 2, 0, 1, 1, 4, 0, ((1, 1), (2, 1))),
    )


def an_empty_plan() -> Plan:
    return Plan((), (), Totals(), a_receipt(Status.EMPTY, 0, 0))


def some_facts(**changes: object) -> HandoverFacts:
    homes = [f"W-{n}" for n in range(1, 7)]
    people = [f"H-{n}" for n in range(1, 6)]
    given: dict[str, object] = {
        "dwellings": pd.DataFrame(
            {
                "x": [140_012, 140_777, 141_234, 140_300, 140_900, 141_600],
                "y": [485_013, 485_555, 485_999, 486_100, 485_200, 486_400],
                "kind": ["POF", "TUS", "GAL", "BEN", "MAI", "HOE"],
                "rooms": pd.array([3, 5, 2, 2, 3, None], dtype="Int64"),
                "area": pd.array([70, 110, 50, 48, 66, None], dtype="Int64"),
                "floor": pd.array([0, 0, 3, 0, 1, 0], dtype="Int64"),
                "lift": pd.array([False, False, True, False, None, False], dtype="boolean"),
                "access": ["ROA", "ZON", "GNV", "NUL", "ZON", "ZON"],
                "rent": pd.array([61_245, 55_000, 48_000, 50_000, 52_000, 51_000], dtype="Int64"),
                "target_rent": pd.array(
                    [70_000, None, 60_000, 61_000, 62_000, 63_000], dtype="Int64"
                ),
                "neighbourhood": ["BU00340101"] * 3 + ["BU00340202"] * 3,
            },
            index=pd.Index(homes, name="dwelling"),
        ),
        "households": pd.DataFrame(
            {
                "persons": pd.array([1, 4, 2, 6, 2], dtype="Int64"),
                "aow": pd.array([True, False, False, False, True], dtype="boolean"),
                "mobility": ["ROLLATOR", "LOPEND", "LOPEND", "LOPEND", "STOK"],
                "coach": ["C/01", "C/01", None, "C-02", "C/01"],
                "registered": pd.to_datetime(["2018-03-01"] * 5),
            },
            index=pd.Index(people, name="household"),
        ),
        "openings": pd.DataFrame(
            {"free_on": pd.to_datetime(["2026-12-01", None]), "why": ["nieuwbouw", "leeg"]},
            index=pd.Index(["W-1", "W-4"], name="dwelling"),
        ),
        "region": "Proefregio",
        "on": ON,
        "coach_week": 2,
        "names": NASTY,
        "addresses": {home: f"{CANARY}straat {home[2:]}" for home in homes},
        "summary": {
            "steps": {"inlezen": 1.5},
            "deliveries": [
                {
                    "name": "woningen",
                    "records": 10,
                    "accepted": 6,
                    "rejected": 2,
                    "duplicates": 1,
                    "blank": 1,
                }
            ],
        },
    }
    return HandoverFacts(**(given | changes))  # type: ignore[arg-type]  # a test names what it changes
