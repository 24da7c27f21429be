"""What the coach's pages show, as plain values: built from the plan kept warm and the database.

    with reading(engine, viewer.corporation) as connection:
        view = desk.reading.proposal(connection, stand, viewer, "voorstel-…")

No name, telephone or address is in these: those come from `store.people`, with a line of access.
"""

from desk.problems import NotFound
from desk.reading.freshness import Freshness, freshness
from desk.reading.homes import Compared, HomeSide
from desk.reading.morning import Filter, Morning, MorningRow, morning
from desk.reading.near import NearRow, NearTable
from desk.reading.people import HouseholdSide
from desk.reading.proposal import Case, ProposalView, case, proposal, shown
from desk.reading.rent import RentChange, SchemeLine
from desk.reading.rules import RuleLine
from desk.reading.strip import Strip, StripLink
from desk.reading.whose import found, is_coach_of

__all__ = [
    "Case",
    "Compared",
    "Filter",
    "Freshness",
    "HomeSide",
    "HouseholdSide",
    "Morning",
    "MorningRow",
    "NearRow",
    "NearTable",
    "NotFound",
    "ProposalView",
    "RentChange",
    "RuleLine",
    "SchemeLine",
    "Strip",
    "StripLink",
    "case",
    "found",
    "freshness",
    "is_coach_of",
    "morning",
    "proposal",
    "shown",
]
