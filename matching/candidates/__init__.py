"""Candidates: who could move where. Block by area, judge in stages, keep the best of each.

No table of all households by all homes is ever made: runs of seekers are blocked, judged and
scored one after another, and of each household only its best options stay.
"""

from matching.candidates.along import ALONG, between_seekers, moving_along
from matching.candidates.anew import Search, differs, search, search_again
from matching.candidates.demand import seekers
from matching.candidates.nearness import FacilityWalk, Nearness, TieWalk, Walk, nearness, nearnesses
from matching.candidates.search import Candidates, UnknownHere, candidates, one_pair, these_pairs
from matching.candidates.supply import every_home, homes, lived_in, openings

__all__ = [
    "ALONG",
    "Candidates",
    "FacilityWalk",
    "Nearness",
    "Search",
    "TieWalk",
    "UnknownHere",
    "Walk",
    "between_seekers",
    "candidates",
    "differs",
    "every_home",
    "homes",
    "lived_in",
    "moving_along",
    "nearness",
    "nearnesses",
    "one_pair",
    "openings",
    "search",
    "search_again",
    "seekers",
    "these_pairs",
]
